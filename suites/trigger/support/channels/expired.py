"""The log of a session that expires while other checks run: made and filled early."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.channels.api import IN, TEXT, Channels
from suites.trigger.support.channels.logs import ACCEPTED_BY, Log
from suites.trigger.support.expiry import NO_NEAR_DEADLINE, Expiring, made_to_expire
from tck.checking import Append, Broken, Check, Fate, Indeterminate, NotApplicable, NotTested
from tck.run import Run

REFUSED = "append.expired-session-is-refused"
BEFORE = "before the deadline"


@pytest.fixture(scope="session", autouse=True)
def log_made_to_expire(request: pytest.FixtureRequest, run: Run) -> None:
    """Make the log first of all, if its check is to run; that check tells of failures."""
    marks = (mark for item in request.session.items for mark in item.iter_markers("requirement"))
    if any(REFUSED in mark.args for mark in marks):
        with suppress(NotTested, NotApplicable, Indeterminate, Broken):
            _early(run)


def _early(run: Run) -> Expiring:
    kept: Mapping[str, Any] | None = run.once("expiring-log", lambda: _filled(run))
    if kept is None:
        raise NotApplicable(NO_NEAR_DEADLINE)
    return Expiring(**kept)


def _filled(run: Run) -> Mapping[str, Any] | None:
    check = Check("the log of a session that expires", ())
    expiring = made_to_expire(run)
    if expiring is None:
        return None
    channels = Channels(run, check, run.authorization("key"))
    check.control(channels.append(expiring.id, IN, BEFORE, media=TEXT), judged_by=ACCEPTED_BY)
    return vars(expiring)


@pytest.fixture
def expired_log(run: Run, sessions: Sessions, bodies: Bodies, channels: Channels) -> Log:
    """The log of a session that has expired, with one record from before."""
    expiring = _early(run)
    expiring.passed(sessions, bodies)
    return Log(Named(expiring, sessions), channels, appends=[Append(BEFORE, Fate.KEPT, 0.0, 0.0)])


class Named(LiveSession):
    """A session of which a check knows the addresses alone."""

    def __init__(self, expiring: Expiring, sessions: Sessions) -> None:
        self.known = expiring
        super().__init__(sessions.retrieve(expiring.id), sessions)

    @property
    def id(self) -> str:
        """The id that the target gave."""
        return self.known.id

    @property
    def sent(self) -> Mapping[str, Any]:
        """The body that the create sent."""
        return self.known.body
