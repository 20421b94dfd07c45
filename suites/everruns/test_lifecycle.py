"""Calls in any order on several sessions at once: every answer is compared with that of the model."""

import pytest

from suites.everruns.randomized.walks import PLAN, Walker
from tck.checking import Check
from tck.randomized import explore_walks, seed_of
from tck.run import Run


@pytest.mark.lifecycle
@pytest.mark.requirement("lifecycle.model-update", "lifecycle.model-read")
def test_every_answer_is_the_one_that_the_calls_before_it_demand(
    run: Run, check: Check, pytestconfig: pytest.Config
) -> None:
    explore_walks(PLAN, run, check, seed_of(pytestconfig), Walker.runner(run, check))
