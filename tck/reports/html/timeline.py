"""Calls that were under way at the same time, drawn by when they began and ended."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tck.recording.exchange import Exchange
from tck.recording.har import begun_at, took
from tck.reports.exchange_view import answer, path_of, shown_line
from tck.values.texts import printable

MOST_CALLS = 40
INEXACT = 1
"""Milliseconds by which the recorded begin of a call may be too early."""
LONGEST_PATH = 20
"""Characters of a path that are shown."""
LEAST_WIDTH = 0.6
"""Percent of the drawing that a call takes at least, so that it can be seen."""


@dataclass(frozen=True)
class Call:
    """One call: where it is drawn, in percent, and when it began and ended, in ms from the first on.

    `status` is the first digit of its status.
    """

    id: str
    method: str
    path: str
    answer: str
    status: str
    judged: bool
    start: float
    width: float
    began: float
    ended: float


@dataclass(frozen=True)
class Timeline:
    """The calls by the time they began, and how long all of it took, in milliseconds."""

    calls: tuple[Call, ...]
    length: float


def timeline(exchanges: Iterable[Exchange], judged: Collection[str]) -> Timeline | None:
    """The group of overlapping calls to which most judged ones belong; None where none does."""
    groups = _groups(sorted(exchanges, key=lambda one: (begun_at(one), one.id)))
    several = (group for group in groups if len(group) > 1)
    most = max(several, key=lambda group: sum(one.id in judged for one in group), default=[])[:MOST_CALLS]
    if not any(one.id in judged for one in most):
        return None
    first, last = begun_at(most[0]), max(map(_end, most))
    length = max(last - first, 0.001)
    return Timeline(tuple(_call(one, first, length, judged) for one in most), round(length, 1))


def _groups(ordered: Iterable[Exchange]) -> list[list[Exchange]]:
    """Calls that overlap directly or by way of others are one group."""
    groups: list[list[Exchange]] = []
    end = 0.0
    for one in ordered:
        if groups and begun_at(one) < end - INEXACT:
            groups[-1].append(one)
        else:
            groups.append([one])
            end = 0.0
        end = max(end, _end(one))
    return groups


def _end_of(path: str) -> str:
    """The end of a path, as calls at one time mostly share its beginning."""
    return path if len(path) <= LONGEST_PATH else f"…{path[-LONGEST_PATH:]}"


def _end(one: Exchange) -> float:
    return begun_at(one) + took(one)


def _call(one: Exchange, first: float, length: float, judged: Collection[str]) -> Call:
    began, ended = begun_at(one) - first, _end(one) - first
    width = max(100 * (ended - began) / length, LEAST_WIDTH)
    start = min(100 * began / length, 100 - width)
    return Call(
        id=one.id,
        method=printable(one.method),
        path=_end_of(printable(path_of(one.url))),
        answer=shown_line(answer(one)),
        status=str(one.status or 0)[0],
        judged=one.id in judged,
        start=round(start, 2),
        width=round(width, 2),
        began=round(float(began), 1),
        ended=round(ended, 1),
    )
