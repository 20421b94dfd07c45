"""Calls at the same time: several connections, a start barrier, several rounds."""

from collections.abc import Callable

import pytest

from suites.trigger.randomized.race_rounds import (
    PAIRS,
    CloseAndUpdateRace,
    CloseRace,
    CreateRace,
    MixedRace,
    UpdateRace,
)
from suites.trigger.randomized.racer import Racer
from tck.checking import Check
from tck.randomized import CONNECTIONS, Play, Tally, play_rounds, replay_option, seed_of
from tck.run import Run

pytestmark = pytest.mark.races
ALWAYS = (
    "races.outcomes-have-an-order",
    "races.replies-show-own-session",
    "races.reads-show-written-rows",
    "races.replies-have-one-order",
    "races.calls-are-answered",
)
ROUNDS = {"creates": 24, "closes": 20, "closes and updates": 14, "mixed": 10}
"""Rounds of the contests that make a session in each, when nothing limits them."""
UPDATE_ROUNDS = 20
Hold = Callable[[str, int, Play], None]


@pytest.fixture
def racer(run: Run, check: Check) -> Racer:
    """Sends calls at the same time."""
    return Racer(run, check)


@pytest.fixture
def sessions(run: Run) -> dict[str, int]:
    """How many sessions each contest may make; updates, which reuse theirs, get what the others leave."""
    wanted = sum(ROUNDS.values()) + PAIRS
    granted = run.allowance.sessions("races", wanted)
    rounds = {name: run.allowance.some(number * granted // wanted) for name, number in ROUNDS.items()}
    return {**rounds, "updates": min(PAIRS, granted - sum(rounds.values()))}


@pytest.fixture
def hold(run: Run, check: Check, pytestconfig: pytest.Config) -> Hold:
    """Holds a contest of so many rounds, and notes in the result how many there were."""

    def hold(race: str, rounds: int, play: Play) -> None:
        played = play_rounds(rounds, play, Tally(check), replay_option(seed_of(pytestconfig)))
        run.note(f"races {race}", {"rounds": played, "connections": CONNECTIONS})

    return hold


@pytest.mark.requirement("races.creates-converge-on-one-session", "races.one-create-is-not-cached", *ALWAYS)
def test_creates_with_one_external_id_make_one_session(
    hold: Hold, racer: Racer, sessions: dict[str, int]
) -> None:
    hold("creates", sessions["creates"], CreateRace(racer).play)


@pytest.mark.requirement("races.closes-return-one-row", *ALWAYS)
def test_closes_return_one_row(hold: Hold, racer: Racer, sessions: dict[str, int]) -> None:
    hold("closes", sessions["closes"], CloseRace(racer).play)


@pytest.mark.requirement("races.updates-lose-nothing", *ALWAYS)
def test_updates_lose_nothing(hold: Hold, run: Run, racer: Racer, sessions: dict[str, int]) -> None:
    pairs, rounds = sessions["updates"], run.allowance.some(UPDATE_ROUNDS)
    hold("updates", rounds if pairs else 0, UpdateRace(racer, pairs).play)


@pytest.mark.requirement("races.close-beats-update", *ALWAYS)
def test_a_close_beats_updates(hold: Hold, racer: Racer, sessions: dict[str, int]) -> None:
    hold("closes and updates", sessions["closes and updates"], CloseAndUpdateRace(racer).play)


@pytest.mark.requirement(*ALWAYS)
def test_mixed_calls_have_an_order(
    hold: Hold, racer: Racer, sessions: dict[str, int], pytestconfig: pytest.Config
) -> None:
    hold("mixed", sessions["mixed"], MixedRace(racer, str(seed_of(pytestconfig))).play)
