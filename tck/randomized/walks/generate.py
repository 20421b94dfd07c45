"""Walks: sequences of calls that a Hypothesis state machine makes up, before any of them is sent."""

import hashlib
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import Generic, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tck.randomized.seeding import only_the_seed_decides, seeded, settings_for

Step = TypeVar("Step")
Walk = tuple[Step, ...]


class WalkMachine(RuleBasedStateMachine, Generic[Step]):
    """A state machine whose rules note steps; the walk is complete at its teardown."""

    def __init__(self, finished: Callable[[Walk[Step]], None]) -> None:
        self._finished = finished
        self.steps: list[Step] = []
        super().__init__()

    def closing_steps(self) -> list[Step]:
        """What every walk ends with."""
        return []

    def teardown(self) -> None:
        """Hand over the walk."""
        if self.steps:
            self._finished((*self.steps, *self.closing_steps()))


@cache
def walks_of(
    machine: Callable[[Callable[[Walk[Step]], None]], WalkMachine[Step]],
    examples: int, steps: int, seed: int | str, stream: str,
) -> tuple[Walk[Step], ...]:  # fmt: skip
    """The walks of this seed, no two alike; the same in every process."""
    found: dict[Walk[Step], None] = {}
    make = seeded(lambda: machine(lambda walk: found.update({walk: None})), seed, stream)
    with only_the_seed_decides():
        run_state_machine_as_test(make, settings=settings_for(examples, stateful_step_count=steps))  # type: ignore[arg-type]
    return tuple(found)


def digest_of(walks: Sequence[Walk[Step]]) -> str:
    """What tells whether two runs have gone the same walks."""
    return hashlib.sha256(repr(walks).encode()).hexdigest()


def most_telling(
    walks: Sequence[Walk[Step]], most: int, sessions: int,
    made_by: Callable[[Walk[Step]], int], told_by: Callable[[Walk[Step]], frozenset[Hashable]],
) -> list[Walk[Step]]:  # fmt: skip
    """At most so many walks, making at most so many sessions, that together tell the most."""
    chosen: list[Walk[Step]] = []
    told: frozenset[Hashable] = frozenset()
    rest = [(walk, made_by(walk), told_by(walk)) for walk in walks]
    while len(chosen) < most:
        affordable = [one for one in rest if one[1] <= sessions and one[2] - told]
        if not affordable:
            break
        best = max(affordable, key=lambda one: len(one[2] - told) / max(1, one[1]))
        rest.remove(best)
        chosen.append(best[0])
        sessions -= best[1]
        told |= best[2]
    return chosen
