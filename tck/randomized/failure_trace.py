"""A failing generated case as a short story: its calls numbered, each with the curl line that sends it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tck.recording.curl import curl_line
from tck.recording.exchange import Exchange
from tck.run.context import Run

LONGEST_LINE = 300
"""Characters of one line of a story; curl lines are whole."""


@dataclass(frozen=True)
class TracedCall:
    """One call of a story: what was asked, what was answered, and under which id it was recorded."""

    asked: str
    answered: str
    exchange: str = ""


def story_of(
    calls: Sequence[TracedCall], exchanges: Mapping[str, Exchange], ending: Sequence[str] = ()
) -> tuple[str, ...]:
    """The calls as numbered lines, then what is wrong, then the curl lines in the same numbers."""
    lines = [_cut(f"{number}. {one.asked}: {one.answered}") for number, one in enumerate(calls, 1)]
    curls = [
        f"{number}. {curl_line(exchanges[one.exchange])}"
        for number, one in enumerate(calls, 1)
        if one.exchange in exchanges
    ]
    return (*lines, *map(_cut, ending), *curls)


def recorded(run: Run, ids: Iterable[str]) -> dict[str, Exchange]:
    """The exchanges of these ids that this process has recorded."""
    return run.recorded(frozenset(ids))


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
