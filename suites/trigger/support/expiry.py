"""The session that expires while other checks run: made early, with a deadline by the target's own clock."""

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import Bodies, Body
from suites.trigger.support.close import is_closed
from tck.checking import (
    CLOCKS_DIFFER,
    LONGEST_WAIT,
    Broken,
    Check,
    Indeterminate,
    Instant,
    NotApplicable,
    NotTested,
    Reply,
    parse_instant,
    pause,
    weeks_ahead,
)
from tck.run import Run

EXPIRED = "create.expired-external-id-answers-409"
LEAST = 2.0
"""Seconds from the target's clock to the deadline on a target that answers at once."""
NOTICE = 65.0
"""The same where that is refused: some servers ask for a minute's notice."""
ATTEMPTS = 3
FAR_EAST = timezone(timedelta(hours=5, minutes=30))


NO_NEAR_DEADLINE = "the target takes no expiresAt that comes while a run lasts"
GONE = frozenset({404, 410})
"""Statuses that say that nothing is there any more: targets need not retain what has expired."""


@dataclass(frozen=True)
class Expiring:
    """A session with a near deadline, which is in seconds since 1970 by the target's clock."""

    body: Body
    id: str
    deadline: int
    due: float
    """When the deadline has passed, by this machine's monotonic clock."""
    closed: str = ""
    """The externalId of another one with this deadline, which was closed before it; empty without one."""

    @property
    def name(self) -> str:
        """Its externalId."""
        return str(self.body["externalId"])

    def passed(self, sessions: Sessions, bodies: Bodies) -> None:
        """Wait until the deadline is over by every clock of the target; each look is a control as well."""
        pause(min(self.due + CLOCKS_DIFFER - time.monotonic(), LONGEST_WAIT))
        for _ in range(ATTEMPTS):
            fresh = sessions.create(
                {**self.body, "externalId": bodies.new_name(), "expiresAt": weeks_ahead()}
            )
            sessions.check.control(fresh, judged_by="create.new-session-answers-201")
            lacking = float(self.deadline - created_at(fresh).seconds) + CLOCKS_DIFFER
            if lacking < 0:
                return
            pause(lacking + LEAST / ATTEMPTS)
        raise NotTested("by the target's clock the deadline did not pass while the check waited")


@pytest.fixture(scope="session", autouse=True)
def expiring_early(request: pytest.FixtureRequest, run: Run) -> None:
    """Make the session that expires first of all, if its check is to run; that check tells of failures."""
    marks = (mark for item in request.session.items for mark in item.iter_markers("requirement"))
    if any(EXPIRED in mark.args for mark in marks):
        with suppress(NotTested, NotApplicable, Indeterminate, Broken):
            expiring_session(run)


def expiring_session(run: Run) -> Expiring:
    """The run's one session with a near deadline.

    Raises NotApplicable where the target takes none that near, NotTested when it cannot be had.
    """
    kept: Mapping[str, Any] | None = run.once("expiring-session", lambda: _facts(made_to_expire(run)))
    if kept is None:
        raise NotApplicable(NO_NEAR_DEADLINE)
    return Expiring(**kept)


def is_closed_or_gone(reply: Reply) -> bool:
    """Whether a reply shows a closed row, or nothing any more: targets need not retain what has expired."""
    return reply.status in GONE or (reply.succeeded and reply.is_object and is_closed(reply.row))


def created_at(reply: Reply) -> Instant:
    """The target's clock at a create; raises NotTested when its reply does not tell."""
    try:
        return parse_instant(str(reply["createdAt"].value))
    except ValueError:
        reason = "create showed no time in createdAt"
        raise NotTested(reason, judged_by="create.success-matches-schema") from None


def made_to_expire(run: Run) -> Expiring | None:
    """A session with a near deadline; None where one a minute ahead is refused. Raises NotTested."""
    sessions = Sessions(run, Check("the session that expires", ()), run.authorization("key"))
    bodies = Bodies(run)
    return _made_with_notice(sessions, bodies, LEAST) or _made_with_notice(sessions, bodies, NOTICE)


def _facts(expiring: Expiring | None) -> dict[str, Any] | None:
    return None if expiring is None else vars(expiring)


def _made_with_notice(sessions: Sessions, bodies: Bodies, least: float) -> Expiring | None:
    """A session whose deadline is at least so many seconds ahead; None when such a deadline is refused."""
    reply, took = _timed_create(sessions, bodies.minimal())
    _was_made(reply, "a minimal body")
    allowance = least + 3 * took
    for _ in range(ATTEMPTS):
        deadline = math.ceil(created_at(reply).seconds + min(allowance, LONGEST_WAIT))
        body = bodies.minimal(expiresAt=_text(deadline))
        reply, took = _timed_create(sessions, body)
        if reply.refused:
            return None
        _was_made(reply, "a near expiresAt")
        made = created_at(reply)
        if made.seconds + made.precision < deadline:
            due = time.monotonic() + float(deadline - made.seconds)
            return Expiring(body, str(reply["id"].value), deadline, due, _closed(sessions, bodies, deadline))
        allowance = 2 * allowance + 3 * took
    raise NotTested("the target was too slow to make a session before the near expiresAt that it was given")


def _closed(sessions: Sessions, bodies: Bodies, deadline: int) -> str:
    """The externalId of a session that was closed before its deadline; empty when that could not be had."""
    body = bodies.minimal(expiresAt=_text(deadline))
    made = sessions.create(body)
    done = sessions.close(body["externalId"], {"reason": "closed in time"}) if made.succeeded else made
    return str(body["externalId"]) if done.succeeded and done.is_object and is_closed(done.row) else ""


def _timed_create(sessions: Sessions, body: Body) -> tuple[Reply, float]:
    started = time.monotonic()
    return sessions.create(body), time.monotonic() - started


def _was_made(reply: Reply, what: str) -> None:
    if not reply.succeeded or not reply.is_object:
        raise NotTested(f"a create with {what} was answered with {reply.status}")


def _text(seconds: int) -> str:
    """An instant in a zone far east, in which it sorts as a text behind the same hour of UTC."""
    return datetime.fromtimestamp(seconds, FAR_EAST).isoformat(timespec="milliseconds")
