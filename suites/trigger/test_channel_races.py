"""Many callers and readers of one log at once: a log is one order, and every reader is shown it."""

import pytest

from suites.trigger.randomized.log_rounds import JUDGED, LogRound, log_round  # noqa: F401 - a fixture
from tck.checking import Check
from tck.randomized import Tally, play_rounds, replay_option, seed_of
from tck.run import Run

pytestmark = pytest.mark.races
ROUNDS = 3
"""Rounds, each on a session of its own."""


@pytest.mark.requirement(*JUDGED)
def test_appenders_and_readers_at_once_see_one_log(
    run: Run,
    check: Check,
    pytestconfig: pytest.Config,
    log_round: LogRound,  # noqa: F811
) -> None:
    rounds = run.allowance.some(ROUNDS)
    played = play_rounds(rounds, log_round.play, Tally(check), replay_option(seed_of(pytestconfig)))
    run.note("races logs", {"rounds": played, "appenders": log_round.appenders, "readers": log_round.readers})
