"""Figures of a run: outcomes by operation, and which statuses came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tck.recording.exchange import Exchange
from tck.reports.labels import ADDED, DEVIATING, OUTCOMES, by_operation
from tck.results.document import RequirementEntry
from tck.results.latency import by_exchange_operation

DEVIATES = "deviating"
KINDS: dict[str, str] = {
    "failed": OUTCOMES["failed"],
    DEVIATES: DEVIATING,
    **{name: label for name, label in OUTCOMES.items() if name not in ("failed", "passed", "not_applicable")},
    "passed": OUTCOMES["passed"],
    "not_applicable": OUTCOMES["not_applicable"],
}
"""What a reader is shown of each kind: an outcome, or that a SHOULD failed; the most pressing first."""
UNSCORED = "unscored"
SHARES = {**KINDS, UNSCORED: f"not scored ({ADDED})"}
"""What a reader is shown of the parts of a bar."""
PRESSING = ("failed", DEVIATES, "error", "indeterminate", "not_tested")


@dataclass(frozen=True)
class Share:
    """A part of a bar: its kind, a key of SHARES, how many requirements, and its place in percent."""

    kind: str
    number: int
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """The requirements of one operation by outcome."""

    operation: str
    number: int
    shares: tuple[Share, ...]

    @property
    def words(self) -> str:
        """The shares as text."""
        return ", ".join(f"{one.number} {SHARES[one.kind]}" for one in self.shares)


@dataclass(frozen=True)
class Statuses:
    """How often each status came for one operation, in the order of the table's columns."""

    operation: str
    numbers: tuple[int, ...]


def bars(requirements: Sequence[RequirementEntry]) -> list[Bar]:
    """A bar for each operation, those with most failures first, otherwise in the contract's order."""
    made = [_bar(name, group) for name, group in by_operation(requirements).items()]
    return sorted(made, key=_calm)


def kind_of(one: RequirementEntry) -> str:
    """The kind of a requirement: a key of KINDS."""
    return DEVIATES if one["level"] == "should" and one["outcome"] == "failed" else one["outcome"]


def statuses(exchanges: Sequence[Exchange]) -> tuple[tuple[str, ...], list[Statuses]]:
    """The columns, each a status or the word for none, and a row for each operation."""
    columns = tuple(dict.fromkeys(sorted(map(_status, exchanges))))
    rows = []
    for name, group in by_exchange_operation(exchanges):
        counted = Counter(map(_status, group))
        rows.append(Statuses(name, tuple(counted[one] for one in columns)))
    return columns, rows


def _bar(name: str, group: Sequence[RequirementEntry]) -> Bar:
    counted = Counter(UNSCORED if one["added_after_release"] else kind_of(one) for one in group)
    shares, start = [], 0.0
    for kind in (one for one in SHARES if counted[one]):
        width = 100 * counted[kind] / len(group)
        shares.append(Share(kind, counted[kind], round(start, 2), round(width, 2)))
        start += width
    return Bar(name, len(group), tuple(shares))


def _calm(bar: Bar) -> tuple[int, int]:
    """How little a bar presses: the place of its most pressing kind, then the fewer of it the calmer."""
    first = bar.shares[0]
    return (PRESSING.index(first.kind), -first.number) if first.kind in PRESSING else (len(PRESSING), 0)


def _status(one: Exchange) -> str:
    return "no reply" if one.status is None else str(one.status)
