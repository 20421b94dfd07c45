"""Calls at the same time: several connections, a start barrier, several rounds."""

import pytest

from suites.everruns.conftest import NewSession
from suites.everruns.randomized.races import Race
from suites.everruns.support.api import LiveSession
from tck.checking import Check
from tck.randomized import Tally, play_rounds, seed_of
from tck.run import Run

pytestmark = pytest.mark.races
ALWAYS = (
    "races.outcomes-have-an-order",
    "races.replies-show-own-session",
    "races.reads-show-what-was-sent",
    "races.replies-have-one-order",
    "races.calls-are-answered",
)
SESSIONS = 3
"""Sessions that are raced on at once, where the run may make them."""
ROUNDS, MIXED_ROUNDS = 16, 8


@pytest.fixture
def field(run: Run, session: LiveSession, new_session: NewSession) -> list[LiveSession]:
    """The sessions that are raced on: the shared or lent one, and others beside it."""
    more = 0 if run.options.own["session_id"] else run.allowance.sessions("races", SESSIONS - 1)
    return [session, *(new_session() for _ in range(more))]


@pytest.mark.requirement("races.title-and-tags-lose-neither", *ALWAYS)
def test_updates_of_title_and_tags_lose_neither(run: Run, check: Check, field: list[LiveSession]) -> None:
    play_rounds(run.allowance.some(ROUNDS), Race(field).title_and_tags, Tally(check))


@pytest.mark.requirement(*ALWAYS)
def test_mixed_updates_have_an_order(
    run: Run, check: Check, session: LiveSession, pytestconfig: pytest.Config
) -> None:
    play_rounds(
        run.allowance.some(MIXED_ROUNDS), Race([session], str(seed_of(pytestconfig))).mixed, Tally(check)
    )
