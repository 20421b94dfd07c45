"""What a script judges a reply by: derived from what a finding says, and tried on what was recorded."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tck.recording.exchange import Exchange, header
from tck.reports.reproduce import compare
from tck.reports.reproduce.compare import ABSENT
from tck.results.document import CheckEntry
from tck.results.leading import READING, Path
from tck.values.origin import BEGINNING
from tck.vocabulary import NO_SUCH_RECORD

STATUS = re.compile(r"\d{3}\b")
MEMBER = r'(?:\.?[A-Za-z_]\w*|\["(?:[^"\\]|\\.)*"\]|\[\d+\])'
PLACE = re.compile(rf"(?P<path>(?:[A-Za-z_]\w*|\[\"(?:[^\"\\]|\\.)*\"\]){MEMBER}*): ", re.ASCII)
PART = re.compile(r'\.?(?P<name>[A-Za-z_]\w*)|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]|\[(?P<index>\d+)\]', re.ASCII)
ORDER = {
    "at least": ">=", "not before": ">=", "at most": "<=", "not after": "<=",
    "more than": ">", "after": ">", "less than": "<", "before": "<",
}  # fmt: skip
INSTANT = r"\d{4}-\d\d-\d\dT[\d:.]+Z?"
ORDERED = re.compile(
    rf"(?P<words>{'|'.join(ORDER)}) (?P<value>\"[^\"]*\"|{INSTANT}|[\d.-]+)(?: \((?P<other>\w+)\))?"
)
REDACTED_KEY = re.compile(r"\[redacted (?P<env>[A-Z][A-Z0-9_]*)\]")
TRACE = re.compile(
    r'Traceback \(most recent call last\)|\bat [\w.$<>]+ ?\(|File \\?"[^"]*", line \d+|goroutine \d+'
)
LOST = re.compile(r'the record (?P<text>"(?:[^"\\…]|\\.)*")')
LASTS = re.compile(r"(?P<middle>\d+) ± (?P<within>\d+) seconds from (?P<start>\w+) to exp")
CHANGED = re.compile(rf"(?P<path>[A-Za-z_]\w*{MEMBER}*) was ", re.ASCII)
SAME_ROW = ("the same row", "200 and the row")
HELD, BROKEN = "held", "broken"
REPLY_WAS = "reply was"
"""The kind of comparison in which the whole reply counts, but for what a server makes anew."""


@dataclass(frozen=True)
class ByStatus:
    """Patterns for the shell's `case`, in order, each with whether the rule is then held."""

    cases: Sequence[tuple[str, str]]
    expected: str

    def is_broken_by(self, exchange: Exchange) -> bool:
        """Whether the recorded status shows the fault."""
        for pattern, ends in self.cases:
            if re.fullmatch(
                "|".join(pattern.replace("?", ".").replace("*", ".*").split("|")), str(exchange.status)
            ):
                return ends == BROKEN
        return False


@dataclass(frozen=True)
class ByMediaType:
    """The media type that the reply must have."""

    expected: str

    def is_broken_by(self, exchange: Exchange) -> bool:
        given = header(exchange.response_headers, "content-type")
        return given.partition(";")[0].strip().lower() != self.expected


@dataclass(frozen=True)
class ByBody:
    """A kind of compare.broken with the path and the value; `other` is the member a value comes from."""

    kind: str
    path: Path = ()
    wanted: Any = None
    other: str = ""
    secret: str = ""
    """The variable whose text the body must not hold; then nothing else counts."""

    def is_broken_by(self, exchange: Exchange) -> bool:
        wanted = f"[redacted {self.secret}]" if self.secret else self.wanted
        return bool(compare.broken(self.kind, exchange.response_body, self.path, wanted))


@dataclass(frozen=True)
class ByHeaders:
    """The variable whose text no header of the reply may hold."""

    secret: str

    def is_broken_by(self, exchange: Exchange) -> bool:
        return any(f"[redacted {self.secret}]" in value for _, value in exchange.response_headers)


@dataclass(frozen=True)
class ByOther:
    """A place that must show the same in the reply to an earlier exchange."""

    path: Path
    other: Exchange

    def is_broken_by(self, exchange: Exchange) -> bool:
        return not compare.same(_at(exchange, self.path), _at(self.other, self.path))


@dataclass(frozen=True)
class ByReplies:
    """Each of these replies must show the fault, or be as it was, as none shows the fault alone."""

    read: Sequence[Exchange]
    shown: ByBody | None = None

    def on(self, exchange: Exchange) -> ByBody:
        """What is compared of one of them."""
        return self.shown or reply_of(exchange)

    def is_broken_by(self, exchange: Exchange) -> bool:
        return all(self.on(one).is_broken_by(one) for one in (*self.read, exchange))


Comparison = ByStatus | ByMediaType | ByHeaders | ByOther | ByBody | ByReplies


def _at(one: Exchange, path: Path) -> Any:
    return compare.at(compare.parsed(one.response_body.decode("utf-8", "replace")), path)


def comparison_of(check: CheckEntry, judged: Sequence[Exchange]) -> tuple[Comparison, Exchange] | None:
    """The first comparison that calls what was recorded broken, and the exchange that it looks at."""
    if not judged:
        return None
    *others, last = judged
    for place in _places(check["expected"]):
        path, told = path_of(place["path"]), _value(check["expected"][place.end() :])
        for other in reversed(others):
            if told is None:
                break
            sides = [compare.same(_at(one, path), told[0]) for one in (other, last)]
            if any(sides) and not all(sides):
                return ByOther(path, other), last
    for one in reversed(judged):
        for comparison in _by_words(check, one):
            if comparison.is_broken_by(one):
                return comparison, one
    return _together(check, others, last), last


def _together(check: CheckEntry, others: Sequence[Exchange], last: Exchange) -> Comparison:
    """What all judged replies show together, as none shows the fault alone: no such record, or as before."""
    read = [one for one in others if one.method in READING]
    lost = LOST.fullmatch(check["expected"])
    if lost and check["seen"].startswith(NO_SUCH_RECORD):
        nowhere = ByReplies(read, ByBody("shown nowhere", (), json.loads(lost["text"])))
        if nowhere.is_broken_by(last):
            return nowhere
    return ByReplies(read) if read else reply_of(last)


def reply_of(one: Exchange) -> ByBody:
    """That the whole reply is as it was, but for what a server makes anew."""
    return ByBody(REPLY_WAS, (), compare.parsed(one.response_body.decode("utf-8", "replace")))


def _by_words(check: CheckEntry, one: Exchange) -> Iterator[Comparison]:
    expected, seen = check["expected"], check["seen"]
    if expected.startswith("the status: ") or STATUS.match(expected) or re.search(r"\b[2-5]xx\b", expected):
        yield ByStatus(_cases(expected.removeprefix("the status: "), one.status), expected)
    if expected.startswith("Content-Type: "):
        yield ByMediaType(expected.removeprefix("Content-Type: "))
    text = one.response_body.decode("utf-8", "replace")
    if expected == "no secret key in any header":
        held = (REDACTED_KEY.search(value) for _, value in one.response_headers)
        yield from (ByHeaders(match["env"]) for match in held if match)
    yield from _by_texts(expected, seen, text)
    if expected.startswith("a body that is ") and not expected.endswith("schema"):
        yield ByBody("no JSON")
    if expected.startswith("a body that matches"):
        yield from _by_form(seen, text)
    yield from _by_places(expected, seen, text)
    changed = CHANGED.match(seen) if expected in SAME_ROW else None
    was = _value(seen[changed.end() :], " and is ") if changed else None
    if changed and was:
        yield ByBody("must be", path_of(changed["path"]), was[0])
    lasts = LASTS.match(expected)
    if lasts and "token" in check["reason"]:
        middle, within = (float(lasts[name]) for name in ("middle", "within"))
        yield ByBody(f"lasts from {lasts['start']}", wanted=[middle - within, middle + within])
    if ("token" in expected or "token" in check["reason"]) and compare.claims(text) != ABSENT:
        yield ByBody("token", wanted=compare.relative(compare.claims(text), text))


def _by_texts(expected: str, seen: str, text: str) -> Iterator[Comparison]:
    """By a text that must not be there."""
    if expected.startswith("no secret key"):
        for match in REDACTED_KEY.finditer(text):
            yield ByBody("text", secret=match["env"])
    if expected.startswith("an id line and data"):
        yield ByBody("framed", wanted=compare.frame(text))
    if expected.startswith("three parts of base64url"):
        yield ByBody("no token")
    if expected.startswith("no stack trace"):
        for match in TRACE.finditer(text):
            yield ByBody("text", wanted=match[0])
    if expected.startswith("nothing of "):
        yield ByBody("text", wanted=re.split(" in |, ", seen)[0])


def _cases(expected: str, status: int | None) -> list[tuple[str, str]]:
    """The statuses that hold, and all else; of words that are not known, the status that was seen."""
    rest = [("*", BROKEN)]
    but = re.search(r"any 4xx but ([\d, ]+)", expected)
    if but:
        return [("|".join(STATUS.findall(but[1])), BROKEN), ("4??", HELD), *rest]
    if expected.startswith("anything but"):
        return [("|".join(STATUS.findall(expected)), BROKEN), ("*", HELD)]
    if expected.startswith(("no 5xx", "no server error")):
        return [("5??", BROKEN), ("*", HELD)]
    classes = [f"{digit}??" for digit in re.findall(r"\b([1-5])xx\b", expected)]
    numbers = STATUS.findall(expected)
    between = re.fullmatch(r"one of (\d)00 to \d99", expected)
    held = [f"{between[1]}??"] if between else [*numbers, *classes]
    if re.match(r"none of", expected):
        return [("|".join(held), BROKEN), ("*", HELD)]
    return [("|".join(held), HELD), *rest] if held else [(str(status), BROKEN), ("*", HELD)]


def _by_form(seen: str, text: str) -> Iterator[Comparison]:
    """By what the members that a schema forbids look like; by those that are missing."""
    value = compare.parsed(text)
    for place, name in re.findall(r"(?:`([^`]+)`: )?'([^']+)' is a required property", seen):
        yield ByBody("was", (*path_of(place), name), ABSENT)
    for path in (*map(path_of, re.findall(r"`([^`]+)`: ", seen)), *_paths(seen)):
        if compare.at(value, path) != ABSENT:
            yield _looked_like(path, compare.at(value, path))
    if isinstance(value, dict):
        for name, item in value.items():
            if name in re.findall(r"\w+", seen) or (isinstance(item, str) and item and item in seen):
                yield _looked_like((name,), item)
    yield ByBody("no JSON")


def _looked_like(path: Path, value: Any) -> ByBody:
    """The type and the form of a value alone count, not which one it is."""
    return ByBody("looked like", path, compare.form(value))


def _paths(text: str) -> Iterator[Path]:
    for match in re.finditer(rf"(?:^|; |: )(?P<path>[A-Za-z_]\w*{MEMBER}*)(?=: )", text, re.ASCII):
        yield path_of(match["path"])


def _by_places(expected: str, seen: str, text: str) -> Iterator[Comparison]:
    """By the first place that the finding names: what must stand there, or what stood there."""
    value = compare.parsed(text)
    begun = PLACE.match(expected, len(BEGINNING)) if expected.startswith(BEGINNING) else None
    told = _value(expected[begun.end() :]) if begun else None
    if begun and told:
        yield ByBody("must begin", path_of(begun["path"]), told[0])
    for match in _places(expected):
        path, rest = path_of(match["path"]), expected[match.end() :]
        was = compare.at(value, path)
        ordered = ORDERED.match(rest)
        if ordered:
            bound, order, other = _bound(ordered["value"]), ORDER[ordered["words"]], ordered["other"]
            if other and compare.same(compare.at(value, (other,)), bound):
                yield ByBody(f"own {order}", path, other)
            yield ByBody(order, path, bound, other or "")
            continue
        if rest.startswith("anything but "):
            told = _value(rest.removeprefix("anything but "))
            if told is not None:
                yield ByBody("was", path, told[0])
            continue
        told = _value(rest)
        if was == ABSENT and f"{match['path']}: absent" not in seen:
            continue  # the place is not one in the body
        if told is not None:
            yield ByBody("must be", path, told[0])
        elif was != ABSENT:
            yield _looked_like(path, was) if rest.startswith(("a ", "an ")) else ByBody("was", path, was)


def _bound(text: str) -> Any:
    """A number, or a text such as an instant, with quotation marks or without."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _places(expected: str) -> Iterator[re.Match[str]]:
    """Where a place is named: at the beginning, and after what is said of the one before."""
    start = 0
    while start >= 0:
        match = PLACE.match(expected, start)
        if match:
            yield match
        found = expected.find("; ", start)
        start = found + 2 if found >= 0 else -1


def _value(text: str, after: str = "; ") -> tuple[Any] | None:
    """The JSON value at the beginning of a text, which may be followed by `after`; None for none."""
    if text.startswith("absent"):
        return (ABSENT,)
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return (value,) if not text[end:] or text.startswith(after, end) else None


def path_of(place: str) -> Path:
    """The names and positions in a path such as `metadata.kept[1]`."""
    parts = PART.finditer(place)
    return tuple(
        int(part["index"])
        if part["index"]
        else json.loads(part["quoted"])
        if part["quoted"]
        else part["name"]
        for part in parts
    )
