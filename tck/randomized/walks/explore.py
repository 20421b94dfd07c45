"""Going generated walks on a target: judging each, and replaying and shortening one that fails."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tck.randomized.failure_trace import Told, recorded, story_of
from tck.randomized.tally import Tally
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.unjudged import Unjudged
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome

Step = TypeVar("Step")
REPLAYS = 2
"""How often a failing case is sent again as it was."""
SHORTENINGS = 24
"""How many shorter walks are tried for a failing one, which bounds the sessions that it costs."""
CAREFUL_SHORTENINGS = 6
"""The same on a target on which the sessions of a run are limited."""
LONGEST_SHORTENING = 30.0
"""Seconds after which no further one is tried."""
MOST_FAILURES = 6
"""Failing walks after which no further one is gone."""


@dataclass(frozen=True)
class Breach:
    """What a walk showed to be broken, at its last call."""

    requirement: str
    problem: Mismatch


@dataclass(frozen=True)
class Gone(Generic[Step]):
    """How a walk went: the steps that were sent, as told, and where it stopped.

    `judged` counts the calls that held by requirement; `first_judged` is the exchange of the first of each.
    """

    steps: tuple[Step, ...]
    calls: tuple[Told, ...]
    judged: Counter[str] = field(default_factory=Counter)
    first_judged: Mapping[str, str] = field(default_factory=dict)
    breach: Breach | None = None
    lost: str = ""

    def breaks(self, requirement: str) -> bool:
        """Whether it showed that this requirement is broken."""
        return self.breach is not None and self.breach.requirement == requirement


Go = Callable[[Sequence[Step]], Gone[Step]]
Guess = Callable[[Sequence[Step]], Sequence[Step]]


@dataclass(frozen=True)
class Explorer(Generic[Step]):
    """Goes walks with `go`; `guess` leaves out of a failing walk what has likely nothing to do with it.

    `replay` is the option that generates the same walks again.
    """

    run: Run
    tally: Tally
    go: Go[Step]
    guess: Guess[Step]
    replay: str

    def explore(self, walks: Sequence[Sequence[Step]]) -> None:
        """Go every walk and settle the tally."""
        failures = 0
        try:
            for number, walk in enumerate(walks, 1):
                failures += self._explored(number, walk)
                if failures == MOST_FAILURES:
                    break
        except Unjudged as reason:
            self.tally.stops(str(reason))
        self.tally.settle(len(walks))

    def _explored(self, number: int, walk: Sequence[Step]) -> bool:
        gone = self.go(walk)
        gone = self.go(walk) if gone.lost else gone
        for requirement, times in gone.judged.items():
            first = gone.first_judged.get(requirement)
            self.tally.holds(requirement, times, (first,) if first else ())
        if gone.lost:
            self.tally.loses(gone.lost)
        if gone.breach is not None and gone.breach.requirement not in self.tally.broken:
            self.tally.breaks(self._investigated(gone, f"walk {number} of {self.replay}"))
        return gone.breach is not None

    def _investigated(self, first: Gone[Step], name: str) -> Finding:
        """The finding of a failing walk: replayed on fresh sessions, and as short as the tries allow."""
        assert first.breach is not None
        again = [_tried(first.steps, self.go) for _ in range(REPLAYS)]
        seen = 1 + sum(one is not None and one.breaks(first.breach.requirement) for one in again)
        tries = SHORTENINGS if self.run.options.max_sessions is None else CAREFUL_SHORTENINGS
        best = shortened(first, self.go, self.guess, tries) if seen > 1 else first
        return _finding(best, self.tally.check.node, self.run, f"seen {seen} of {1 + REPLAYS}, {name}")


def _finding(gone: Gone[Step], node: str, run: Run, note: str) -> Finding:
    assert gone.breach is not None
    breach, ids = gone.breach, tuple(one.exchange for one in gone.calls)
    problem = breach.problem
    ending = [f"   wrong: {problem}"]
    judged = tuple(one for one in ids if one in (*problem.exchanges, ids[-1]))
    return Finding(
        breach.requirement, Outcome.FAILED, node, f"call {len(gone.calls)}: {problem} ({note})",
        problem.expected, problem.seen, ids, judged=judged,
        story=story_of(gone.calls, recorded(run, ids), ending),
    )  # fmt: skip


def shortened(gone: Gone[Step], go: Go[Step], guess: Guess[Step], tries: int = SHORTENINGS) -> Gone[Step]:
    """The shortest walk found in so many tries that breaks the same requirement."""
    assert gone.breach is not None
    best, size = gone, max(1, len(gone.steps) // 2)
    guessed = tuple(guess(gone.steps))
    candidates = [guessed] if len(guessed) < len(gone.steps) else []
    deadline = time.monotonic() + LONGEST_SHORTENING
    while tries and (candidates or size) and time.monotonic() < deadline:
        if not candidates:
            candidates, size = _without_a_part(best.steps, size), size // 2
            continue
        tries -= 1
        found = _tried(candidates.pop(0), go)
        if found is not None and found.breaks(gone.breach.requirement):
            size = max(1, min(2 * size, len(found.steps) // 2))
            best, candidates = found, []
    return best


def _tried(steps: Sequence[Step], go: Go[Step]) -> Gone[Step] | None:
    """How a walk went, None when the budget of the run does not allow it."""
    try:
        return go(steps)
    except Unjudged:
        return None


def _without_a_part(steps: Sequence[Step], size: int) -> list[tuple[Step, ...]]:
    """The steps without some that stand together, late ones first; the last one always stays."""
    end = len(steps) - 1
    parts = ((steps[:start], steps[min(start + size, end) : end]) for start in range(0, end, size))
    return [(*before, *after, steps[-1]) for before, after in parts][::-1]
