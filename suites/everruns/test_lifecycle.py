"""Calls in any order on several sessions at once: every answer is compared with that of the model."""

import pytest

from suites.everruns.randomized.walks import (
    EXAMPLES,
    NAMES,
    STEPS,
    WALKS,
    SessionWalk,
    Walker,
    of_the_same_session,
    sessions_made,
    told_by,
)
from tck.checking.check import Check
from tck.randomized.seeding import replay_option, seed_of
from tck.randomized.tally import Tally
from tck.randomized.walks.explore import Explorer
from tck.randomized.walks.generate import most_telling, walks_of
from tck.run.context import Run

LEAST_WALKS = 3
"""Walks that any limit leaves."""


@pytest.mark.lifecycle
@pytest.mark.requirement("lifecycle.model-update", "lifecycle.model-read")
def test_every_answer_is_the_one_that_the_calls_before_it_demand(
    run: Run, check: Check, pytestconfig: pytest.Config
) -> None:
    sessions = run.allowance.sessions("lifecycle", WALKS * len(NAMES))
    seed, tally = seed_of(pytestconfig), Tally(check)
    made_up = walks_of(SessionWalk, EXAMPLES, STEPS, seed, "lifecycle")
    walks = most_telling(made_up, run.allowance.some(WALKS, LEAST_WALKS), sessions, sessions_made, told_by)
    tally.notes_that(f"{len(walks)} walks of {replay_option(seed)}" + run.allowance.words)
    Explorer(run, tally, Walker.going(run, check), of_the_same_session, replay_option(seed)).explore(walks)
