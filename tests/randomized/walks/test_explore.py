"""Failing walks: shortened, replayed, told once; lost ones and spent budgets."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from reference.trigger import TriggerReference
from tck.checking.check import Check
from tck.randomized.failure_trace import TracedCall
from tck.randomized.tally import Tally
from tck.randomized.walks.explore import Explorer, Violation, WalkResult, shortened
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.unjudged import NotTested
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome
from tests.support.lifecycle_harness import kit_on

BREACH = Violation("a.rule", Mismatch("it is wrong", "right", "wrong"))
Goes = Callable[[Sequence[int]], WalkResult[int]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    with kit_on(TriggerReference, tmp_path) as run:
        return run


def gone(steps: Sequence[int], violation: Violation | None = None, lost: str = "") -> WalkResult[int]:
    calls = tuple(TracedCall(f"step {step}", "200") for step in steps)
    return WalkResult(
        tuple(steps), calls, Counter({"a.rule": len(steps)}), {"a.rule": "main-1"}, violation, lost
    )


def breaks_after(*needed: int) -> Goes:
    """Breaks at the step 9 when all the needed steps came before it."""

    def go(steps: Sequence[int]) -> WalkResult[int]:
        sent = list(steps[: steps.index(9) + 1]) if 9 in steps else list(steps)
        return gone(sent, BREACH if 9 in sent and set(needed) <= set(sent) else None)

    return go


def explored(run: Run, go: Goes, walks: Sequence[Sequence[int]]) -> Finding:
    check = Check("test_it", ("a.rule",))
    Explorer(run, Tally(check), go, lambda steps: steps, "--hypothesis-seed=0").explore(walks)
    [finding] = check.findings
    return finding


def test_a_failing_walk_is_cut_down_to_what_it_needs(run: Run) -> None:
    walk = [*range(20, 40), 1, *range(40, 50), 2, 9, 50]
    finding = explored(run, breaks_after(1, 2), [[20, 21], walk])
    assert finding.outcome is Outcome.FAILED
    assert finding.story[:3] == ("1. step 1: 200", "2. step 2: 200", "3. step 9: 200")
    assert finding.reason == "call 3: it is wrong (seen 3 of 3, walk 2 of --hypothesis-seed=0)"
    assert (finding.expected, finding.seen) == ("right", "wrong")


def test_shortening_is_bounded() -> None:
    tries: list[int] = []

    def go(steps: Sequence[int]) -> WalkResult[int]:
        tries.append(len(steps))
        return breaks_after(*range(20, 40))(steps)

    whole = gone([*range(20, 60), 9], BREACH)
    shortened(whole, go, lambda steps: steps, tries=7)
    assert len(tries) == 7


def test_the_guess_is_tried_first() -> None:
    best = shortened(gone([5, 6, 1, 7, 9], BREACH), breaks_after(1), lambda steps: [1, 9], tries=1)
    assert best.steps == (1, 9)


def test_what_happens_once_is_failed_all_the_same(run: Run) -> None:
    left = [BREACH]
    finding = explored(run, lambda steps: gone(steps, left.pop() if left else None), [[1], [2]])
    assert finding.outcome is Outcome.FAILED
    assert "seen 1 of 3" in finding.reason


def test_a_lost_walk_is_gone_once_more(run: Run) -> None:
    lost = ["timeout"]
    finding = explored(run, lambda steps: gone(steps, lost=lost.pop() if lost else ""), [[1], [2]])
    assert finding.outcome is Outcome.PASSED
    assert finding.judged == ("main-1",)


def test_walks_that_are_all_lost_say_nothing(run: Run) -> None:
    finding = explored(run, lambda steps: gone(steps, lost="timeout"), [[1], [2]])
    assert finding.outcome is Outcome.INDETERMINATE
    assert finding.reason == "2 of 2 cases were lost: timeout"


def test_a_spent_budget_is_no_pass(run: Run) -> None:
    def go(steps: Sequence[int]) -> WalkResult[int]:
        if 2 in steps:
            raise NotTested("the budget is spent")
        return gone(steps)

    finding = explored(run, go, [[1], [2]])
    assert (finding.outcome, finding.reason) == (Outcome.NOT_TESTED, "the budget is spent")


def test_a_budget_that_is_spent_by_replays_leaves_the_failure(run: Run) -> None:
    left = [BREACH]

    def go(steps: Sequence[int]) -> WalkResult[int]:
        if not left:
            raise NotTested("the budget is spent")
        return gone(steps, left.pop())

    assert explored(run, go, [[1], [2]]).outcome is Outcome.FAILED


def test_what_no_walk_came_to_is_not_tested(run: Run) -> None:
    finding = explored(run, lambda steps: WalkResult(tuple(steps), ()), [[1]])
    assert finding.outcome is Outcome.NOT_TESTED


def test_walks_side_by_side_come_to_the_same_end(run: Run) -> None:
    """They are judged in their order, however long each takes: the second breaks, and later ones too."""
    walks = [[20, 21], [1, 9], [2, 9], [30]]

    def go(steps: Sequence[int]) -> WalkResult[int]:
        time.sleep(0.05 if steps == walks[1] else 0)
        return breaks_after()(steps)

    alone = explored(run, go, walks)
    run.target = replace(run.target, workers=4)
    beside = explored(run, go, walks)
    assert "walk 2 of" in alone.reason
    assert (beside.reason, beside.story) == (alone.reason, alone.story)


def test_walks_are_gone_at_the_same_time(run: Run) -> None:
    met = threading.Barrier(3)

    def go(steps: Sequence[int]) -> WalkResult[int]:
        met.wait(30)
        return gone(steps)

    run.target = replace(run.target, workers=3)
    assert explored(run, go, [[1], [2], [3]]).outcome is Outcome.PASSED
