"""Which exchanges lead to a judged one: those about the same sessions, and those that made these."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tck.recording.exchange import Exchange, begun, header

TAG = re.compile(r"tck-[0-9a-f]{20}")
"""What every name that a run chose begins with."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
WORD = re.compile(r"[\w-]{8,}", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")
LEAST = 10
"""Characters of a name, or of a piece of one, that tell it from others."""
DEEPEST = 2
"""Members within members of a reply in which names are looked for."""
FEW_READS = 3
"""Reads of other checks that a path holds besides what it needs."""
LONGEST_BODY = 5000
"""Bytes of a body in which names are looked for."""
REFUSED, NOT_FOUND = 400, 404
Path = tuple[str | int, ...]


def texts_in(body: bytes, deepest: int = 1000) -> Iterator[tuple[Path, str]]:
    """Every text in a JSON body with its path, down to members within as many members."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    todo: list[tuple[Path, Any]] = [((), value)]
    for path, one in todo:
        if isinstance(one, str):
            yield path, one
        elif len(path) >= deepest:
            continue
        elif isinstance(one, dict):
            todo += [((*path, name), item) for name, item in one.items()]
        elif isinstance(one, list):
            todo += [((*path, place), item) for place, item in enumerate(one)]


def accepted(one: Exchange) -> bool:
    """Whether a request was neither refused nor lost."""
    return one.status is not None and one.status < REFUSED


@dataclass(frozen=True)
class Leading:
    """What leads to what among the exchanges of a run."""

    exchanges: Mapping[str, Exchange]
    _concerned: dict[str, frozenset[str]] = field(default_factory=dict)

    def to(self, judged: Sequence[str], led: Sequence[str]) -> list[str]:
        """Of the ids that a check sent up to what it judged those that matter, and what others sent for it.

        All are kept when it is not known what the judged ones are about; so is what went on at the same time.
        """
        known = [self.exchanges[name] for name in judged if name in self.exchanges]
        if not known or len(known) < len(judged):
            return list(led)
        own = [self.exchanges[name] for name in led if name in self.exchanges]
        before = [one for one in own if one.method not in READING and begun(one) < begun(known[-1])]
        chosen = {one.id: one for one in (*known, *before[-1:])}
        about = frozenset().union(*map(self.about, chosen.values()))
        if not any(map(self.about, known)):
            return list(led)
        chosen |= {one.id: one for one in own if self.about(one) & about or _at_once(one, known)}
        chosen |= {one.id: one for one in self.prepared(chosen.values(), known[-1])}
        *others, last = judged
        order = sorted((one for one in chosen.values() if one.id != last), key=begun)
        earlier = [one for one in order if one.id in others or begun(one) < begun(known[-1])]
        unknown = [name for name in led if name not in self.exchanges]
        return [*unknown, *(one.id for one in earlier), last]

    def about(self, one: Exchange) -> frozenset[str]:
        """The ids of the exchanges that made what a request names, itself included when it made something."""
        if one.id not in self._concerned:
            self._concerned[one.id] = frozenset(self._makers_of(one))
        return self._concerned[one.id]

    def prepared(self, chosen: Iterable[Exchange], last: Exchange) -> Iterator[Exchange]:
        """What made the things that these name, before the last one; and what their makers wrote to them.

        So do lookups of these names that found nothing, as somebody may have remembered that.
        """
        shared: defaultdict[str, set[str]] = defaultdict(set)
        todo, done = list(chosen), set[str]()
        while todo:
            for name in self.about(todo.pop()) - done:
                done.add(name)
                maker = self.exchanges[name]
                if begun(maker) < begun(last):
                    yield maker
                    yield from self._early_looks(maker)
                    todo.append(maker)
                    if maker.check != last.check:
                        shared[maker.check].add(name)
        for check, names in shared.items():
            for one in self.writes_of(check, last):
                if self.about(one) & names:
                    yield one

    def _early_looks(self, maker: Exchange) -> Iterator[Exchange]:
        """The lookups that a check sent for a name before it made something of that name."""
        for one in self._lookups.get(maker.check, ()):
            if begun(one) < begun(maker) and maker.id in self.about(one):
                yield one

    @cached_property
    def _lookups(self) -> Mapping[str, Sequence[Exchange]]:
        """The lookups that found nothing, by the check that sent them."""
        lookups: defaultdict[str, list[Exchange]] = defaultdict(list)
        for one in self.exchanges.values():
            if one.method in READING and one.status == NOT_FOUND:
                lookups[one.check].append(one)
        return lookups

    def read_on_condition(self, last: Exchange) -> list[Exchange]:
        """Before a read on a condition, such as If-None-Match: those of the same thing by other checks."""
        if not _has_condition(last):
            return []
        found = [
            one
            for one in self.exchanges.values()
            if one.check != last.check
            and begun(one) < begun(last)
            and _has_condition(one)
            and self.about(one) & self.about(last)
        ]
        return sorted(found, key=begun)[:FEW_READS]

    def making(self, first: Exchange, last: Exchange) -> list[Exchange]:
        """What made something between two exchanges, in order."""
        made = {maker: self.exchanges[maker] for maker in self._makers[0].values()}
        between = (one for one in made.values() if begun(first) < begun(one) < begun(last))
        return sorted(between, key=begun)

    def writes_of(self, check: str, last: Exchange) -> Iterator[Exchange]:
        """What a check, or the kit for a purpose, sent before the last one that was no read."""
        return (one for one in self._writes.get(check, ()) if begun(one) < begun(last))

    @cached_property
    def _writes(self) -> Mapping[str, Sequence[Exchange]]:
        writes: defaultdict[str, list[Exchange]] = defaultdict(list)
        for one in self.exchanges.values():
            if one.method not in READING:
                writes[one.check].append(one)
        return writes

    @cached_property
    def _makers(self) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]]]:
        """The ids of those that first showed a name, by the name; and by pieces of it, as it may be cut."""
        makers: dict[str, str] = {}
        for one in sorted(self.exchanges.values(), key=begun):
            if one.method == "POST" and accepted(one):
                for word in names_in(one):
                    makers.setdefault(word.lower(), one.id)
        pieces: defaultdict[str, set[str]] = defaultdict(set)
        for word, maker in makers.items():
            for piece in _pieces(word):
                pieces[piece].add(maker)
        return makers, {piece: frozenset(found) for piece, found in pieces.items()}

    @cached_property
    def _brought(self) -> Mapping[str, Sequence[str]]:
        """By a text that the run chose, such as a tag, the ids of those that made something with it."""
        brought: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.exchanges.values():
            if one.method == "POST" and accepted(one) and TAG.search(body := _body(one)):
                for text in {text for _, text in texts_in(body.encode()) if TAG.match(text)}:
                    brought[text].append(one.id)
        return brought

    def _makers_of(self, one: Exchange) -> Iterator[str]:
        makers, pieces = self._makers
        for _, asked in parse_qsl(urlsplit(one.url).query):
            for text in (asked, *asked.split(",")):
                yield from self._brought.get(text, ())
                yield from (makers[word] for word in map(str.lower, WORD.findall(text)) if word in makers)
        url = urlsplit(one.url).path
        authorization = header(one.request_headers, "authorization")
        for text in (url, unquote(url), authorization, _body(one)):
            yield from (makers[word] for word in map(str.lower, WORD.findall(text)) if word in makers)
        low = unquote(url).lower()
        for start in range(len(low) - LEAST + 1):
            yield from pieces.get(low[start : start + LEAST], ())
        if one.method == "POST" and accepted(one):
            yield from (one.id for word in names_in(one) if makers.get(word.lower()) == one.id)


def _has_condition(one: Exchange) -> bool:
    return one.method in READING and any(name.lower().startswith("if-") for name, _ in one.request_headers)


def _at_once(one: Exchange, judged: Iterable[Exchange]) -> bool:
    """Whether an exchange went on while a judged one did."""
    end = one.started_at + one.duration
    return any(
        one.started_at < other.started_at + other.duration and other.started_at < end for other in judged
    )


def names_in(one: Exchange) -> Collection[str]:
    """The words by which later requests name what a reply shows anew, or what the run named itself."""
    sent = f"{one.url}\n{_body(one)}"
    words = set()
    for path, text in texts_in(one.response_body, DEEPEST):
        if not all(isinstance(part, str) for part in path):
            continue
        own = TAG.match(text) is not None
        fresh = len(text) >= LEAST and text not in sent and not INSTANT.match(text)
        if (own or fresh) and any(map(str.isdigit, text)):
            words.add(max(WORD.findall(text), key=len, default=""))
    return {word for word in words if word and not TAG.fullmatch(word)}


def _body(one: Exchange) -> str:
    return one.request_body[:LONGEST_BODY].decode("utf-8", "replace")


def _pieces(word: str) -> Iterator[str]:
    """Pieces of the random part of a name."""
    random_part = word[max(word.rfind("_"), word.rfind("-")) + 1 :].lower()
    for start in range(0, len(random_part) - LEAST + 1, LEAST // 2):
        yield random_part[start : start + LEAST]
