"""Calls at the same time: several connections, a start barrier, several rounds."""

import pytest

from suites.trigger.contests import PAIRS, Closes, ClosesAndUpdates, Creates, Mixed, Updates
from suites.trigger.racing import Racer
from tck.budget import sessions_for
from tck.check import Check
from tck.generation import seed_of
from tck.rounds import play_rounds
from tck.run import Run
from tck.tally import Tally

pytestmark = pytest.mark.races
ALWAYS = ("races.history-is-linearizable", "races.reads-show-written-rows", "races.calls-are-answered")
SESSIONS = {"creates": 12, "closes": 10, "updates": PAIRS, "closes-and-updates": 12, "mixed": 8}
"""Sessions that each contest makes when nothing limits them; rounds are as many, but for updates."""
UPDATE_ROUNDS = 16


@pytest.fixture
def racer(run: Run, check: Check) -> Racer:
    """Sends calls at the same time."""
    return Racer(run, check)


@pytest.fixture
def tally(check: Check) -> Tally:
    """Settles what the rounds show."""
    return Tally(check)


@pytest.fixture
def sessions(run: Run) -> dict[str, int]:
    """How many sessions each contest may make."""
    wanted = sum(SESSIONS.values())
    share = sessions_for("races", wanted, run.options.max_sessions) / wanted
    return {contest: int(number * share) for contest, number in SESSIONS.items()}


@pytest.mark.requirement("races.creates-converge-on-one-session", "races.one-create-is-not-cached", *ALWAYS)
def test_creates_with_one_external_id_make_one_session(
    racer: Racer, tally: Tally, sessions: dict[str, int]
) -> None:
    play_rounds(sessions["creates"], Creates(racer).play, tally)


@pytest.mark.requirement("races.closes-return-one-row", *ALWAYS)
def test_closes_return_one_row(racer: Racer, tally: Tally, sessions: dict[str, int]) -> None:
    play_rounds(sessions["closes"], Closes(racer).play, tally)


@pytest.mark.requirement("races.updates-lose-nothing", *ALWAYS)
def test_updates_lose_nothing(racer: Racer, tally: Tally, sessions: dict[str, int]) -> None:
    play_rounds(UPDATE_ROUNDS, Updates(racer, sessions["updates"]).play, tally)


@pytest.mark.requirement("races.close-beats-update", *ALWAYS)
def test_a_close_beats_updates(racer: Racer, tally: Tally, sessions: dict[str, int]) -> None:
    play_rounds(sessions["closes-and-updates"], ClosesAndUpdates(racer).play, tally)


@pytest.mark.requirement(*ALWAYS)
def test_mixed_calls_have_an_order(
    racer: Racer, tally: Tally, sessions: dict[str, int], pytestconfig: pytest.Config
) -> None:
    play_rounds(sessions["mixed"], Mixed(racer, str(seed_of(pytestconfig))).play, tally)
