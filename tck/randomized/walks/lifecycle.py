"""The check that compares every answer of generated walks with that of a model."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tck.checking.check import Check
from tck.randomized.seeding import replay_option
from tck.randomized.tally import Tally
from tck.randomized.walks.explore import Explorer, GoWalk, Guess
from tck.randomized.walks.generate import Walk, WalkMachine, digest_of, most_telling, walks_of
from tck.run.context import Run

Step = TypeVar("Step")


@dataclass(frozen=True)
class WalkPlan(Generic[Step]):
    """How a contract's walks are made up, and how many of them are gone.

    The machine makes up `examples` walks of at most so many steps; of these the `most` most telling ones are
    gone, fewer on a target on which sessions are limited, but `least` of them. `sessions` are the most that
    one walk makes.
    """

    machine: Callable[[Callable[[Walk[Step]], None]], WalkMachine[Step]]
    examples: int
    steps: int
    most: int
    least: int
    sessions: int
    sessions_made: Callable[[Walk[Step]], int]
    """The sessions that a walk makes."""
    told_by: Callable[[Walk[Step]], frozenset[Hashable]]
    """What a walk shows, to choose walks that differ."""
    guess: Guess[Step]
    """The steps of a failing walk that may have to do with its last one."""


def explore_walks(plan: WalkPlan[Step], run: Run, check: Check, seed: int | str, go: GoWalk[Step]) -> None:
    """Go the walks of a seed, settle the requirements of the check, and note in the result what was done."""
    sessions = run.allowance.sessions("lifecycle", plan.most * plan.sessions)
    made_up = walks_of(plan.machine, plan.examples, plan.steps, seed, "lifecycle")
    wanted = run.allowance.some(plan.most, plan.least)
    walks = most_telling(made_up, wanted, sessions, plan.sessions_made, plan.told_by)
    tally, replay = Tally(check), replay_option(seed)
    tally.notes_that(f"{len(walks)} of {plan.most} walks, {replay}" + run.allowance.words)
    facts = {"walks": len(walks), "walks_wanted": plan.most, "calls": sum(map(len, walks))}
    run.note("lifecycle", {**facts, "digest": digest_of(walks)})
    Explorer(run, tally, go, plan.guess, replay).explore(walks)
