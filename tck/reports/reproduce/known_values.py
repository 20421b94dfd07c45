"""Values of earlier replies that later requests hold: a script takes them from its own replies."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tck.recording.exchange import Exchange
from tck.reports.reproduce.compare import CHANGES, MADE_UP
from tck.results.leading import TAG, Path, texts_in

TAKEN = re.compile(r"[\w.:~-]{8,200}", re.ASCII)
TOKEN = re.compile(r"eyJ[\w-]*\.[\w-]*\.\[signature removed\]")
LEAST = 10
"""Characters that a piece of a value has at least."""
LEAST_RANDOM = 6
"""Characters of these that stand in its random part."""
LONGEST_TEXT = 40_000
ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")


@dataclass(frozen=True)
class Variable:
    """A variable of the script, or a piece of what it holds, perhaps changed."""

    name: str
    change: str = ""
    start: int = 0
    end: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is what a reply showed, as it stood there."""
        return not self.end


Piece = str | Variable
Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Origin:
    """The step whose reply shows a value first, and where in it."""

    step: int
    path: Path


@dataclass
class KnownValues:
    """The values that are known after some steps; `used` are those that something asked for, by name."""

    tags: tuple[str, ...]
    used: dict[str, Origin] = field(default_factory=dict)
    _origins: dict[str, list[Origin]] = field(default_factory=dict)
    _cuts: dict[str, set[str]] = field(default_factory=dict)
    _names: dict[tuple[str, Origin], str] = field(default_factory=dict)
    _sent: list[str] = field(default_factory=list)

    def learn(self, step: int, exchange: Exchange) -> None:
        """Take in what a step sent, and what its reply showed that no request had brought."""
        body = exchange.request_body.decode("utf-8", "replace")
        self._sent += [exchange.url, body, ESCAPED.sub(lambda match: chr(int(match[1], 16)), body)]
        for path, value in texts_in(exchange.response_body):
            if not _is_taken(value) or any(value in sent for sent in self._sent):
                continue
            if not any(tag in value for tag in self.tags):
                self._origins.setdefault(value, []).append(Origin(step, path))
                self._cuts.setdefault(value, _cut(value))

    def tokens(self) -> list[str]:
        """The tokens that replies have shown, without their signatures."""
        return [value for value in self._origins if TOKEN.fullmatch(value)]

    def pieces(self, text: str, member: str = "") -> Pieces:
        """The text with variables where known values stand; `member` is preferred as a value's origin."""
        found: list[tuple[int, int, Variable]] = []
        if len(text) > LONGEST_TEXT:
            return (text,)
        for tag in self.tags:
            found += _whole(tag, "RUN", text)
        near = sorted(self._near(text), key=len, reverse=True)
        for value in near:
            found += _whole(value, self._name(value, member), text)
        for value in near:
            if not MADE_UP.fullmatch(value) or "T" not in value:
                found += _parts(value, self._name(value, member), text)
        for tag in self.tags:
            found += _parts(tag, "RUN", text)
        return tuple(self._laid(found, text))

    def _near(self, text: str) -> list[str]:
        """The values of which a piece may stand in a text: looked up before it is looked for closely."""
        here = _cut(text)
        return [
            value
            for value, cut in self._cuts.items()
            if "%" in text or "\\u" in text or not here.isdisjoint(cut)
        ]

    def _laid(self, found: Iterable[tuple[int, int, Variable]], text: str) -> Iterator[Piece]:
        taken: list[tuple[int, int, Variable]] = []
        for start, end, variable in found:
            if all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end, variable))
        done = 0
        for start, end, variable in sorted(taken, key=lambda one: one[0]):
            if text[done:start]:
                yield text[done:start]
            self._use(variable.name)
            yield variable
            done = end
        if text[done:] or not text:
            yield text[done:]

    def _use(self, name: str) -> None:
        for (_, origin), known in self._names.items():
            if known == name:
                self.used[name] = origin

    def _name(self, value: str, member: str) -> str:
        origins = self._origins[value]
        origin = next((one for one in origins if one.path[-1:] == (member,)), origins[0])
        key = (value, origin)
        if key not in self._names:
            words = [part for part in origin.path if isinstance(part, str)] or ["value"]
            self._names[key] = f"{re.sub(r'[^A-Za-z0-9]', '_', words[-1])}_{len(self._names) + 1}"
        return self._names[key]


def tags_in(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    """The tags of the run in what was sent."""
    sent = (f"{one.url}\n{one.request_body.decode('utf-8', 'replace')}" for one in exchanges)
    return tuple(dict.fromkeys(tag for text in sent for tag in TAG.findall(text)))


def _is_taken(value: str) -> bool:
    if TOKEN.fullmatch(value):
        return True
    return bool(TAKEN.fullmatch(value)) and any(map(str.isdigit, value))


def _cut(text: str) -> set[str]:
    """All pieces of a text that may be the random part of a value."""
    low = text.lower()
    return {low[start : start + LEAST_RANDOM] for start in range(len(low) - LEAST_RANDOM + 1)}


def _whole(value: str, name: str, text: str) -> Iterator[tuple[int, int, Variable]]:
    for change, make in CHANGES.items():
        made = make(value)
        if change and made == value:
            continue
        variable = Variable(name, change, 0, len(made)) if change else Variable(name)
        start = text.find(made)
        while start >= 0:
            yield start, start + len(made), variable
            start = text.find(made, start + len(made))


def _parts(value: str, name: str, text: str) -> Iterator[tuple[int, int, Variable]]:
    """Long pieces of a value that stand in a text; each as long as it goes."""
    if len(value) < LEAST or "[" in value:
        return
    random_part = max(value.rfind("_"), value.rfind("-"), 0)
    if random_part > len(value) - LEAST_RANDOM:
        random_part = 0
    for change in ("", "upper", "lower", "swapcase"):
        made = CHANGES[change](value)
        start = 0
        while start <= len(made) - LEAST:
            end = start + LEAST
            place = text.find(made[start:end])
            if place < 0:
                start += 1
                continue
            while end < len(made) and text[place : place + end + 1 - start] == made[start : end + 1]:
                end += 1
            if end - max(start, random_part) >= LEAST_RANDOM:
                yield place, place + end - start, Variable(name, change, start, end)
            start = end
