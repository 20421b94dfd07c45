"""What a history shows of each requirement and of the runs themselves; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from tck.history.digest import Digest
from tck.history.store import Night
from tck.reports.labels import VERDICTS

SOURCE = "source of the contract"
NO_RESULT, ABSENT = "no_result", "absent"
"""What a requirement has in a run that left no result, and in one whose contract does not have it."""
BAD = frozenset({"failed", "deviating", "waived"})
GOOD = frozenset({"passed"})
CALM = frozenset({"passed", "not_applicable", ABSENT, NO_RESULT})
"""A requirement that had nothing else is told of in one number."""
UNTESTED = frozenset({"not_tested", ABSENT, NO_RESULT})
PARTIAL_FAILED = "partial_failed"
STATES = {**VERDICTS, PARTIAL_FAILED: "partial, with failures"}
"""What a reader is shown of the verdict of a run."""
UNDECIDED = frozenset({"error", "indeterminate", "not_tested"})
PRESSING = ("failed", "error", "indeterminate", "not_tested", "deviating", "waived")


@dataclass(frozen=True)
class Span:
    """Runs in a row with the same outcome of a requirement: its kind, the first of them, and how many."""

    kind: str
    start: int
    length: int


@dataclass(frozen=True)
class Row:
    """One requirement over all runs; `since` is the number of the run with which its present state began.

    `flips` counts how often it went from held to broken or back, `failed` in how many runs it was broken, and
    `undecided` in how many runs nothing of it is known; `unrepeated` in how many of those in which it was
    broken it did not fail each time that it was judged.
    """

    id: str
    level: str
    now: str
    since: int
    spans: tuple[Span, ...]
    flips: int
    failed: int
    undecided: int
    unrepeated: int
    repeats: str = ""
    flaky: bool = False

    @property
    def begins_broken(self) -> bool:
        """Whether it has been broken in all runs that there are."""
        return self.now in BAD and self.since == 0


@dataclass(frozen=True)
class Turn:
    """Something about the runs that differs from the one before: the number of the run, and what."""

    at: int
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Series:
    """The runs by one contract: all of them, and of these, rows and turns."""

    contract: str
    nights: tuple[Night, ...]
    rows: tuple[Row, ...]
    steady: int
    """Requirements that held, or did not apply, in every run."""
    untested: int
    """Requirements that were tested in no run."""
    turns: tuple[Turn, ...]

    @property
    def last(self) -> Digest:
        """The newest result."""
        return [one.digest for one in self.nights if one.digest is not None][-1]

    @property
    def broken_now(self) -> list[Row]:
        """What fails or deviates in the newest result, the failures first."""
        return [row for row in self.rows if row.now in BAD]


def series_of(nights: Sequence[Night]) -> list[Series]:
    """One series for each contract; runs that left no result are in each."""
    contracts = dict.fromkeys(one.digest.contract for one in nights if one.digest is not None)
    return [_series(name, nights) for name in sorted(contracts)]


def _series(contract: str, nights: Sequence[Night]) -> Series:
    mine = tuple(one for one in nights if one.digest is None or one.digest.contract == contract)
    digests = [one.digest for one in mine if one.digest is not None]
    names: dict[str, None] = {}
    for digest in reversed(digests):
        names.update(dict.fromkeys(digest.kinds))
    every = [_row(name, mine) for name in names]
    untested = [row for row in every if _kinds(row) <= UNTESTED and "not_tested" in _kinds(row)]
    steady = [row for row in every if _kinds(row) <= CALM]
    rows = [row for row in every if row not in untested and row not in steady]
    rows.sort(key=_pressing)
    return Series(contract, mine, tuple(rows), len(steady), len(untested), tuple(_turns(mine)))


def _kinds(row: Row) -> set[str]:
    return {span.kind for span in row.spans}


def state_of(digest: Digest) -> str:
    """The verdict of a run, a key of STATES: a partial one in which a MUST failed is told apart."""
    return PARTIAL_FAILED if digest.partial and digest.counts["must"]["failed"] else digest.verdict


def _row(name: str, nights: Sequence[Night]) -> Row:
    kinds = [one.digest.kinds.get(name, ABSENT) if one.digest is not None else NO_RESULT for one in nights]
    last = next(one.digest for one in reversed(nights) if one.digest is not None)
    now = last.kinds.get(name, ABSENT)
    seen = [kind in BAD for kind in kinds if kind in BAD | GOOD]
    known = [one.digest for one in nights if one.digest is not None and name in one.digest.kinds]
    return Row(
        id=name,
        level="should" if name in known[-1].should else "must",
        now=now,
        since=_since(kinds, now),
        spans=tuple(_spans(kinds)),
        flips=sum(one != other for one, other in pairwise(seen)),
        failed=sum(kind in BAD for kind in kinds),
        undecided=sum(kind in UNDECIDED for kind in kinds),
        unrepeated=sum(one.digest is not None and name in one.digest.flaky for one in nights),
        repeats=last.repeats.get(name, ""),
        flaky=name in last.flaky,
    )


def _spans(kinds: Sequence[str]) -> Iterator[Span]:
    start = 0
    for kind, group in groupby(kinds):
        length = len(list(group))
        yield Span(kind, start, length)
        start += length


def _since(kinds: Sequence[str], now: str) -> int:
    """The first run after the last one that showed otherwise; runs that showed nothing do not count."""
    others = BAD | GOOD if now not in BAD | GOOD else GOOD if now in BAD else BAD
    first = len(kinds) - 1
    for number in range(len(kinds) - 1, -1, -1):
        if kinds[number] in others:
            break
        if kinds[number] == now or (now in BAD and kinds[number] in BAD):
            first = number
    return first


def _pressing(row: Row) -> tuple[int, int, int, str]:
    """What is broken now first, then what was broken oftener."""
    rank = PRESSING.index(row.now) if row.now in PRESSING else len(PRESSING)
    return rank, row.level != "must", -row.failed, row.id


def _turns(nights: Iterable[Night]) -> Iterator[Turn]:
    before: Digest | None = None
    source: bool | None = None
    for number, night in enumerate(nights):
        now = night.digest
        if now is not None and before is not None:
            yield from _changes(number, before, now)
        before = now or before
        moved = night.note.source_moved if night.note is not None else None
        if moved is not None and source is not None and moved != source:
            words = {True: "moved", False: "unchanged"}
            yield Turn(number, SOURCE, words[source], words[moved])
        source = source if moved is None else moved


def _changes(number: int, before: Digest, now: Digest) -> Iterator[Turn]:
    pairs = {
        "kit": (_kit(before), _kit(now)),
        "contract": (_contract(before), _contract(now)),
        "target": ("", "") if before.embedded and now.embedded else (before.target, now.target),
    }
    for what, (was, is_now) in pairs.items():
        if was != is_now:
            yield Turn(number, what, was, is_now)


def _kit(one: Digest) -> str:
    return f"{one.kit} ({one.kit_digest[:8]})"


def _contract(one: Digest) -> str:
    return f"{one.revision} ({one.requirements_digest[:8]})"
