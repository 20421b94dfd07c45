"""The fixtures that the suites of this contract speak in."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from suites.trigger.support.access.public_tokens import takes_minted_tokens
from suites.trigger.support.access.two_environments import Environments
from suites.trigger.support.api import LiveSession, NewSession, Sessions, made
from suites.trigger.support.bodies import Bodies, Body
from suites.trigger.support.channels.api import Channels
from suites.trigger.support.channels.expired import expired_log, log_made_to_expire  # noqa: F401 - fixtures
from suites.trigger.support.channels.logs import Log
from suites.trigger.support.channels.made import NewLog, SharedLogs
from suites.trigger.support.create import Creates, UnusedName
from suites.trigger.support.doors.array_sessions import (
    Array,
    array_made_early,  # noqa: F401 - a fixture
    array_of,
)
from suites.trigger.support.expiry import expiring_early  # noqa: F401 - a fixture
from suites.trigger.support.known_sessions import KnownSessions, left_over
from suites.trigger.support.lists.lists import Lists
from suites.trigger.support.lists.population import listed_early, population  # noqa: F401 - a fixture
from suites.trigger.support.replies.group_replies import CHANNELS, LIST, GroupMonitor
from suites.trigger.support.replies.monitors import ReplyMonitor
from suites.trigger.support.replies.sample_calls import Samples
from suites.trigger.support.replies.shared_replies import SharedReplies
from suites.trigger.support.shared_sessions import SharedSessions, in_view, shared
from tck.checking import Check, Reply
from tck.run import Run

NOT_ITS_OWN = ("type", "taskIdentifier", "expiresAt")
"""Members of a create that are the same in each session which may be closed in place of a new one."""
NAMED_BY_OPTIONS = {
    "machine": "machine", "queue": "queue", "region": "region", "lockToVersion": "lock_to_version"
}  # fmt: skip
"""The options that name something of the target, by the member of triggerConfig that it is for."""


@pytest.fixture(scope="session", autouse=True)
def monitored(run: Run) -> None:
    """Every reply of the run is judged by the monitor, whatever the check is about."""
    run.monitors.append(ReplyMonitor(run.api, run.target.credentials, run.options.own["task_identifier"]))
    run.monitors.append(KnownSessions())
    for group in (LIST, CHANNELS):
        run.group_monitors[group] = [GroupMonitor(group, run.target.credentials)]


@pytest.fixture
def bodies(run: Run) -> Bodies:
    """Makes create bodies."""
    return Bodies(run)


@pytest.fixture
def sessions(run: Run, check: Check) -> Sessions:
    """The operations with the secret key."""
    return Sessions(run, check, run.authorization("key"))


@pytest.fixture
def other_sessions(run: Run, check: Check) -> Sessions:
    """The operations with the secret key of the second environment."""
    return Sessions(run, check, run.authorization("other"), "other")


@pytest.fixture
def new_session(sessions: Sessions, bodies: Bodies) -> NewSession:
    """Makes a session of the minimal body with changes, or of a whole body; a precondition."""

    def make(body: Body | None = None, **changes: Any) -> LiveSession:
        return made(sessions, bodies.minimal(**changes) if body is None else body)

    return make


@pytest.fixture(scope="session")
def unused_name(run: Run) -> UnusedName:
    """The externalId that refused creates share."""
    return UnusedName(run)


@pytest.fixture
def creates(run: Run, check: Check, sessions: Sessions, bodies: Bodies, unused_name: UnusedName) -> Creates:
    """Creates that are judged by one part of their body."""
    return Creates(run, check, sessions, bodies, unused_name)


@pytest.fixture
def session(new_session: NewSession, bodies: Bodies) -> LiveSession:
    """A new open session with every documented member set."""
    return new_session(bodies.complete())


@pytest.fixture
def to_close(
    sessions: Sessions,
    bodies: Bodies,
    rack: dict[str, LiveSession],
    shelf: dict[str, LiveSession],
    log_shelf: dict[str, Log],
) -> LiveSession:
    """An open session with an externalId and every documented member, for a check that closes it.

    It is one that an earlier check has left open, where there is one.
    """
    shared = (*rack.values(), *shelf.values(), *(log.session for log in log_shelf.values()))
    complete, in_use = bodies.complete(), {one.id for one in shared}
    return left_over(sessions, in_use, partial(may_be_closed, complete)) or made(sessions, complete)


def may_be_closed(complete: Body, sent: Body) -> bool:
    """Whether a session that was made with `sent` may be closed in place of one with a complete body."""
    return sent.keys() == complete.keys() and all(sent[name] == complete[name] for name in NOT_ITS_OWN)


@pytest.fixture(scope="module")
def shelf() -> dict[str, LiveSession]:
    """Where a module keeps the sessions that its checks share."""
    return {}


@pytest.fixture(scope="session")
def rack() -> dict[str, LiveSession]:
    """Where the checks of all modules keep the sessions that they share."""
    return {}


@pytest.fixture
def workbench(rack: dict[str, LiveSession], sessions: Sessions, bodies: Bodies) -> LiveSession:
    """An open session with every documented member set, shared by checks that leave it open."""
    return shared(rack, "workbench", lambda: made(sessions, bodies.complete()), sessions)


@pytest.fixture
def shared_sessions(rack: dict[str, LiveSession], sessions: Sessions, bodies: Bodies) -> SharedSessions:
    """Sessions that checks share, open and closed, with an externalId and without."""
    return SharedSessions(rack, sessions, bodies, lambda body: in_view(made(sessions, body)))


@pytest.fixture(scope="session")
def reply_rack() -> dict[str, list[Reply]]:
    """Where the checks of all modules keep the replies that they share."""
    return {}


@pytest.fixture
def shared_replies(reply_rack: dict[str, list[Reply]], sessions: Sessions) -> SharedReplies:
    """Replies that checks share, asked for once a process."""
    return SharedReplies(reply_rack, sessions)


@pytest.fixture
def samples(shared_replies: SharedReplies, shared_sessions: SharedSessions) -> Samples:
    """Replies of every kind."""
    return Samples(shared_replies, shared_sessions)


@pytest.fixture(params=["from-the-other-key", "from-the-first-key"])
def environments(
    request: pytest.FixtureRequest, run: Run, sessions: Sessions, other_sessions: Sessions, bodies: Bodies
) -> Environments:
    """Two environments, each in turn the one that the other must not reach into."""
    home, abroad = (sessions, other_sessions)[:: 1 if request.param == "from-the-other-key" else -1]
    return Environments(run, home, abroad, bodies, lambda keyed, body: in_view(made(keyed, body)))


@pytest.fixture
def array(run: Run, sessions: Sessions) -> Array:
    """The sessions of the create array, made once a run for checks that leave them as they are."""
    found = array_of(run, sessions)
    run.show(sessions.check, [one.session.created for one in found.every])
    return found


@pytest.fixture
def lists(run: Run, sessions: Sessions) -> Lists:
    """Lists with the secret key, and the sessions that are looked for in them."""
    return Lists(sessions, population(run))


@pytest.fixture
def has_minted_tokens(run: Run, shared_sessions: SharedSessions) -> bool:
    """Whether the target takes public tokens that the kit has signed; looked for once a run."""
    return bool(run.once("minted-tokens", lambda: takes_minted_tokens(run, shared_sessions.open())))


@pytest.fixture
def existing_names(run: Run) -> Mapping[str, str]:
    """The machine, queue, region and version that options name, by their members in triggerConfig."""
    given = {member: run.options.own[option] for member, option in NAMED_BY_OPTIONS.items()}
    return {member: name for member, name in given.items() if name}


@pytest.fixture
def has_existing_names(existing_names: Mapping[str, str]) -> bool:
    """Whether an option names one that exists there."""
    return bool(existing_names)


@pytest.fixture
def channels(run: Run, check: Check) -> Channels:
    """The operations on channels with the secret key."""
    return Channels(run, check, run.authorization("key"))


@pytest.fixture
def new_log(new_session: NewSession, channels: Channels) -> NewLog:
    """Makes a channel of a new session; a precondition."""

    def make(io: str = "in", **changes: Any) -> Log:
        return Log(in_view(new_session(**changes)), channels, io)

    return make


@pytest.fixture(scope="session")
def log_shelf() -> dict[str, Log]:
    """Where the checks of all modules keep the logs that they share."""
    return {}


@pytest.fixture
def filled_logs(
    log_shelf: dict[str, Log], sessions: Sessions, channels: Channels, new_session: NewSession
) -> SharedLogs:
    """Logs with some records, for checks that append nothing to them."""
    return SharedLogs(log_shelf, sessions, channels, lambda: in_view(new_session()))


@pytest.fixture
def filled_log(filled_logs: SharedLogs) -> Log:
    """The channel `in` of a session, with some records."""
    return filled_logs.filled()
