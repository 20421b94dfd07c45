"""Calls at the same time: several connections, a start barrier, several rounds."""

from collections.abc import Callable

import pytest

from suites.trigger.contests import PAIRS, Closes, ClosesAndUpdates, Creates, Mixed, Updates
from suites.trigger.racing import CONNECTIONS, Racer
from tck.budget import sessions_for
from tck.check import Check
from tck.generation import seed_of
from tck.rounds import Play, play_rounds
from tck.run import Run
from tck.tally import Tally

pytestmark = pytest.mark.races
ALWAYS = ("races.history-is-linearizable", "races.reads-show-written-rows", "races.calls-are-answered")
SESSIONS = {"creates": 12, "closes": 10, "updates": PAIRS, "closes and updates": 12, "mixed": 8}
"""Sessions that each contest makes when nothing limits them; rounds are as many, but for updates."""
UPDATE_ROUNDS = 16
Hold = Callable[[str, int, Play], None]


@pytest.fixture
def racer(run: Run, check: Check) -> Racer:
    """Sends calls at the same time."""
    return Racer(run, check)


@pytest.fixture
def sessions(run: Run) -> dict[str, int]:
    """How many sessions each contest may make."""
    wanted = sum(SESSIONS.values())
    share = sessions_for("races", wanted, run.options.max_sessions) / wanted
    return {contest: int(number * share) for contest, number in SESSIONS.items()}


@pytest.fixture
def hold(run: Run, check: Check) -> Hold:
    """Holds a contest of so many rounds, and notes in the result how many there were."""

    def hold(contest: str, rounds: int, play: Play) -> None:
        played = play_rounds(rounds, play, Tally(check))
        run.note(f"races {contest}", {"rounds": played, "connections": CONNECTIONS})

    return hold


@pytest.mark.requirement("races.creates-converge-on-one-session", "races.one-create-is-not-cached", *ALWAYS)
def test_creates_with_one_external_id_make_one_session(
    hold: Hold, racer: Racer, sessions: dict[str, int]
) -> None:
    hold("creates", sessions["creates"], Creates(racer).play)


@pytest.mark.requirement("races.closes-return-one-row", *ALWAYS)
def test_closes_return_one_row(hold: Hold, racer: Racer, sessions: dict[str, int]) -> None:
    hold("closes", sessions["closes"], Closes(racer).play)


@pytest.mark.requirement("races.updates-lose-nothing", *ALWAYS)
def test_updates_lose_nothing(hold: Hold, racer: Racer, sessions: dict[str, int]) -> None:
    pairs = sessions["updates"]
    hold("updates", UPDATE_ROUNDS if pairs else 0, Updates(racer, pairs).play)


@pytest.mark.requirement("races.close-beats-update", *ALWAYS)
def test_a_close_beats_updates(hold: Hold, racer: Racer, sessions: dict[str, int]) -> None:
    hold("closes and updates", sessions["closes and updates"], ClosesAndUpdates(racer).play)


@pytest.mark.requirement(*ALWAYS)
def test_mixed_calls_have_an_order(
    hold: Hold, racer: Racer, sessions: dict[str, int], pytestconfig: pytest.Config
) -> None:
    hold("mixed", sessions["mixed"], Mixed(racer, str(seed_of(pytestconfig))).play)
