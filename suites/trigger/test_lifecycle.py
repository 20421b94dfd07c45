"""Calls in any order on several sessions at once: every answer is compared with that of the model."""

import pytest

from suites.trigger.randomized.walk_machine import PLAN
from suites.trigger.randomized.walker import Walker
from tck.checking import Check
from tck.randomized import explore_walks, seed_of
from tck.run import Run


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
    explore_walks(PLAN, run, check, seed_of(pytestconfig), Walker.runner(run, check))
