"""Which exchanges a script sends again: those that the judged one needs, from an empty target on."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from tck.recording.exchange import Exchange, begun
from tck.reports.reproduce.known_values import TAG, texts_in
from tck.results.document import CheckEntry

UNCLEAR = re.compile(r"removed\]|\[redacted[\] ][a-z]")
"""Marks behind which credentials that look the same may differ."""
Makers = Mapping[str, Exchange]
"""The creates of a run by the addresses that they made."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
FEW = 16
"""Requests of a check up to which all that may have changed something are sent again."""
LEAST = 10
POLLS = 3
"""Equal requests in a row from which further ones are left out."""
PAUSE = 2.0
"""Seconds between two requests from which a script waits as long."""
REFUSED = 400


@dataclass(frozen=True)
class Step:
    """One exchange to be sent again; `pause` seconds after the one before, or beside it."""

    exchange: Exchange
    judged: bool
    pause: int = 0
    beside: bool = False

    @property
    def prepares(self) -> bool:
        """Whether the script cannot go on unless it is accepted, as it was."""
        return not self.judged and self.exchange.status is not None and self.exchange.status < REFUSED


def steps_of(check: CheckEntry, exchanges: Mapping[str, Exchange], makers: Makers) -> list[Step]:
    """The steps in the order of sending; empty when a judged exchange is not kept."""
    judged = [exchanges[name] for name in check["judged"] if name in exchanges]
    if not judged or len(judged) < len(check["judged"]):
        return []
    leading = [exchanges[name] for name in check["exchanges"] if name in exchanges]
    own = sorted({one.id: one for one in (*leading, *judged)}.values(), key=begun)
    kept = _without_repeats(_needed(own, judged, makers, exchanges.values()), judged)
    return list(_timed(kept, {one.id for one in judged}))


def _needed(
    own: Sequence[Exchange], judged: Sequence[Exchange], makers: Makers, every: Iterable[Exchange]
) -> list[Exchange]:
    """Of the check's own exchanges those that matter, and those of others that made what these name."""
    names = {one.id: _named(one, makers) for one in own}
    wanted = {name for one in judged for name in names[one.id]}
    writes = [one for one in own if one.method not in READING]
    if len(writes) > FEW:
        before = {_last_before(one, writes) for one in judged}
        writes = [one for one in writes if names[one.id] & wanted or one.id in before]
    chosen = {one.id: one for one in (*writes, *judged)}
    wanted |= {name for one in chosen.values() for name in names.get(one.id, set())}
    for one in own:
        read = len(chosen) <= FEW and one.method in READING and (one.status or REFUSED) < REFUSED
        if read and names[one.id] & wanted:
            chosen[one.id] = one
    last = max(map(begun, judged))
    todo = list(chosen.values())
    while todo:
        for name in _named(todo.pop(), makers):
            maker = makers[name]
            if maker.id not in chosen and begun(maker) < last:
                chosen[maker.id] = maker
                todo.append(maker)
    shared: dict[str, set[str]] = {}
    for name in wanted | {name for one in chosen.values() for name in _named(one, makers)}:
        if makers[name].id in chosen and makers[name].check != judged[-1].check:
            shared.setdefault(makers[name].check, set()).add(name)
    chosen |= {one.id: one for one in _prepared(every, shared, last)}
    return sorted(chosen.values(), key=begun)


def _prepared(
    every: Iterable[Exchange], shared: Mapping[str, Collection[str]], last: tuple[float, str, int]
) -> Iterator[Exchange]:
    """What those who made sessions for other checks went on to write to these, by who they are."""
    for one in every:
        if one.method in READING or one.check not in shared or begun(one) >= last:
            continue
        accepted = one.status is not None and one.status < REFUSED
        if accepted and any(name in urlsplit(one.url).path for name in shared[one.check]):
            yield one


def makers_in(every: Iterable[Exchange]) -> Makers:
    """The create whose reply first showed an address, by the address; an address that a caller chose, too."""
    makers: dict[str, Exchange] = {}
    for one in sorted(every, key=begun):
        if one.method == "POST" and one.status is not None and one.status < REFUSED:
            sent = one.request_body.decode("utf-8", "replace")
            for _, text in texts_in(one.response_body):
                fresh = len(text) >= LEAST and text not in sent and text not in one.url
                if (fresh or _is_name(text)) and any(map(str.isdigit, text)):
                    makers.setdefault(text, one)
    return makers


def _is_name(text: str) -> bool:
    """Whether it is a name that the run chose for one session, not the tag of all."""
    found = TAG.match(text)
    return found is not None and len(text) > found.end()


def _named(one: Exchange, makers: Makers) -> set[str]:
    """The addresses that stand in a request or, of what it made, in its reply."""
    path = urlsplit(one.url).path
    asked = f"{path}\n{one.request_body.decode('utf-8', 'replace')}\n{_authorization(one)}"
    lower = asked.lower()
    pieces = {lower[start : start + LEAST] for start in range(len(lower) - LEAST + 1)}
    maybe = (name for name in makers if len(name) < LEAST or name[:LEAST].lower() in pieces)
    named = {name for name in maybe if name in asked}
    cut = {name for name in makers if not pieces.isdisjoint(_probes(name))}
    return named | cut | {name for name, maker in makers.items() if maker.id == one.id}


@cache
def _probes(name: str) -> tuple[str, ...]:
    """Pieces by which an address is known that was cut or changed."""
    random_part = name[max(name.rfind("_"), name.rfind("-")) + 1 :].lower()
    starts = range(0, len(random_part) - LEAST + 1, LEAST // 2)
    return tuple(random_part[start : start + LEAST] for start in starts)


def _last_before(judged: Exchange, writes: Sequence[Exchange]) -> str:
    """The id of the last write before an exchange; empty for none."""
    return next((one.id for one in reversed(writes) if begun(one) < begun(judged)), "")


def is_unsteady(judged: Exchange, exchanges: Iterable[Exchange]) -> bool:
    """Whether the same read was answered with another status as well, so that it must be tried often."""
    alone = not UNCLEAR.search(_authorization(judged))
    return (
        alone
        and judged.method in READING
        and any(
            _sent(one) == _sent(judged) and one.check == judged.check and one.status != judged.status
            for one in exchanges
        )
    )


def _authorization(one: Exchange) -> str:
    return next((value for name, value in one.request_headers if name.lower() == "authorization"), "")


def _without_repeats(found: Sequence[Exchange], judged: Sequence[Exchange]) -> list[Exchange]:
    """The exchanges without reads that showed the same as the read before: polls."""
    kept: list[Exchange] = []
    for one in found:
        last = kept[-POLLS:]
        repeats = len(last) == POLLS and all(_sent(one) == _sent(before) for before in last)
        if not repeats or one.method not in READING or one in judged:
            kept.append(one)
    return kept


def _sent(one: Exchange) -> tuple[str, str, bytes, str]:
    return one.method, one.url, one.request_body, _authorization(one)


def _timed(found: Sequence[Exchange], judged: set[str]) -> Iterator[Step]:
    ended = 0.0
    for index, one in enumerate(found):
        waited = one.started_at - ended if index else 0.0
        same_check = index > 0 and found[index - 1].check == one.check
        beside = (
            index > 0
            and same_check
            and one.started_at < found[index - 1].started_at + found[index - 1].duration * 0.9
        )
        pause = round(waited) if same_check and waited >= PAUSE else 0
        yield Step(one, one.id in judged, pause, beside)
        ended = one.started_at + one.duration
