"""Calls in any order on several sessions at once: every answer is compared with that of the model."""

import pytest

from suites.trigger.randomized.walk_machine import (
    EXAMPLES,
    MOST_SESSIONS,
    STEPS,
    WALKS,
    SessionWalk,
    of_the_same_session,
    sessions_made,
    told_by,
)
from suites.trigger.randomized.walker import Walker
from tck.checking.check import Check
from tck.randomized.seeding import replay_option, seed_of
from tck.randomized.tally import Tally
from tck.randomized.walks.explore import Explorer
from tck.randomized.walks.generate import digest_of, most_telling, walks_of
from tck.run.context import Run

LEAST_WALKS = 6
"""Walks that any limit leaves."""


@pytest.mark.lifecycle
@pytest.mark.requirement(
    "lifecycle.model-create",
    "lifecycle.model-retrieve",
    "lifecycle.model-update",
    "lifecycle.model-close",
    "lifecycle.model-tokens",
)
def test_every_answer_is_the_one_that_the_calls_before_it_demand(
    run: Run, check: Check, pytestconfig: pytest.Config
) -> None:
    sessions = run.allowance.sessions("lifecycle", WALKS * MOST_SESSIONS)
    seed, tally = seed_of(pytestconfig), Tally(check)
    made_up = walks_of(SessionWalk, EXAMPLES, STEPS, seed, "lifecycle")
    walks = most_telling(made_up, run.allowance.some(WALKS, LEAST_WALKS), sessions, sessions_made, told_by)
    tally.notes_that(f"{len(walks)} of {WALKS} walks, {replay_option(seed)}" + run.allowance.words)
    facts = {"walks": len(walks), "walks_wanted": WALKS, "calls": sum(map(len, walks))}
    run.note("lifecycle", {**facts, "digest": digest_of(walks)})
    explorer = Explorer(run, tally, Walker.going(run, check), of_the_same_session, replay_option(seed))
    explorer.explore(walks)
