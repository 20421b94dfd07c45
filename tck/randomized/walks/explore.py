"""Going generated walks on a target: judging each, and replaying and shortening one that fails."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from tck.randomized.failure_trace import TracedCall, recorded, story_of
from tck.randomized.tally import REPLAYS, Tally
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.run.side_by_side import in_order
from tck.unjudged import Unjudged
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome

Step = TypeVar("Step")
SHORTENINGS = 24
"""How many shorter walks are tried for a failing one, which bounds the sessions that it costs."""
CAREFUL_SHORTENINGS = 6
"""The same on a target on which the sessions of a run are limited."""
LONGEST_SHORTENING = 30.0
"""Seconds after which no further one is tried."""
MOST_FAILED_WALKS = 6
"""Failing walks after which no further one is gone."""


@dataclass(frozen=True)
class Violation:
    """What a walk showed to be broken, at its last call."""

    requirement: str
    problem: Mismatch


@dataclass(frozen=True)
class WalkResult(Generic[Step]):
    """The result of a walk: the steps sent, as text, and where it stopped.

    `judged` counts the calls that held by requirement; `first_judged` is the exchange of the first of each.
    """

    steps: tuple[Step, ...]
    calls: tuple[TracedCall, ...]
    judged: Counter[str] = field(default_factory=Counter)
    first_judged: Mapping[str, str] = field(default_factory=dict)
    violation: Violation | None = None
    lost: str = ""

    def breaks(self, requirement: str) -> bool:
        """Whether it showed that this requirement is broken."""
        return self.violation is not None and self.violation.requirement == requirement


GoWalk = Callable[[Sequence[Step]], WalkResult[Step]]
Guess = Callable[[Sequence[Step]], Sequence[Step]]


@dataclass(frozen=True)
class Explorer(Generic[Step]):
    """Goes walks with `go`; `guess` leaves out of a failing walk what has likely nothing to do with it.

    `replay` is the option that generates the same walks again.
    """

    run: Run
    tally: Tally
    go: GoWalk[Step]
    guess: Guess[Step]
    replay: str

    def explore(self, walks: Sequence[Sequence[Step]]) -> None:
        """Go every walk, as many side by side as the run allows, and settle the tally."""
        failures = 0
        results = in_order(self.run.lanes, (partial(self._gone, walk) for walk in walks))
        try:
            for number, result in enumerate(results, 1):
                failures += self._explored(number, result)
                if failures == MOST_FAILED_WALKS:
                    break
        except Unjudged as reason:
            self.tally.stops(str(reason))
        finally:
            results.close()
        self.tally.settle(len(walks))

    def _gone(self, walk: Sequence[Step]) -> WalkResult[Step]:
        result = self.go(walk)
        return self.go(walk) if result.lost else result

    def _explored(self, number: int, result: WalkResult[Step]) -> bool:
        for requirement, times in result.judged.items():
            first = result.first_judged.get(requirement)
            self.tally.holds(requirement, times, (first,) if first else ())
        if result.lost:
            self.tally.loses(result.lost)
        if result.violation is not None and result.violation.requirement not in self.tally.broken:
            self.tally.breaks(self._investigated(result, f"walk {number} of {self.replay}"))
        return result.violation is not None

    def _investigated(self, first: WalkResult[Step], name: str) -> Finding:
        """The finding of a failing walk: replayed on fresh sessions, and as short as the tries allow."""
        assert first.violation is not None
        again = [_tried(first.steps, self.go) for _ in range(REPLAYS)]
        seen = 1 + sum(one is not None and one.breaks(first.violation.requirement) for one in again)
        tries = SHORTENINGS if self.run.options.max_sessions is None else CAREFUL_SHORTENINGS
        best = shortened(first, self.go, self.guess, tries) if seen > 1 else first
        return _finding(best, self.tally.check.node, self.run, f"seen {seen} of {1 + REPLAYS}, {name}")


def _finding(result: WalkResult[Step], node: str, run: Run, note: str) -> Finding:
    assert result.violation is not None
    violation, ids = result.violation, tuple(one.exchange for one in result.calls)
    problem = violation.problem
    ending = [f"   wrong: {problem}"]
    judged = tuple(one for one in ids if one in (*problem.exchanges, ids[-1]))
    return Finding(
        violation.requirement, Outcome.FAILED, node, f"call {len(result.calls)}: {problem} ({note})",
        problem.expected, problem.seen, ids, judged=judged,
        story=story_of(result.calls, recorded(run, ids), ending),
    )  # fmt: skip


def shortened(
    result: WalkResult[Step], go: GoWalk[Step], guess: Guess[Step], tries: int = SHORTENINGS
) -> WalkResult[Step]:
    """The shortest walk found in so many tries that breaks the same requirement."""
    assert result.violation is not None
    best, size = result, max(1, len(result.steps) // 2)
    guessed = tuple(guess(result.steps))
    candidates = [guessed] if len(guessed) < len(result.steps) else []
    deadline = time.monotonic() + LONGEST_SHORTENING
    while tries and (candidates or size) and time.monotonic() < deadline:
        if not candidates:
            candidates, size = _without_a_part(best.steps, size), size // 2
            continue
        tries -= 1
        found = _tried(candidates.pop(0), go)
        if found is not None and found.breaks(result.violation.requirement):
            size = max(1, min(2 * size, len(found.steps) // 2))
            best, candidates = found, []
    return best


def _tried(steps: Sequence[Step], go: GoWalk[Step]) -> WalkResult[Step] | None:
    """The result of a walk; None if the run's limits do not allow it."""
    try:
        return go(steps)
    except Unjudged:
        return None


def _without_a_part(steps: Sequence[Step], size: int) -> list[tuple[Step, ...]]:
    """The steps without some that stand together, late ones first; the last one always stays."""
    end = len(steps) - 1
    parts = ((steps[:start], steps[min(start + size, end) : end]) for start in range(0, end, size))
    return [(*before, *after, steps[-1]) for before, after in parts][::-1]
