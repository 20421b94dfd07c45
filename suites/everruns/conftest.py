"""The fixtures that the suites of this contract speak in."""

from collections.abc import Callable, Iterator

import pytest

from suites.everruns.support.api import LiveSession, Sessions
from suites.everruns.support.early import early, made_early  # noqa: F401 - fixtures
from suites.everruns.support.monitors import ReplyMonitor
from tck.checking import Check, NotTested, Reply
from tck.run import Run

LARGEST_ROW = 65_536
"""Characters of a row after which a session is no longer shared."""
NewSession = Callable[[], LiveSession]


@pytest.fixture(scope="session", autouse=True)
def monitored(run: Run) -> None:
    """Every reply of the run is judged by the monitor, whatever the check is about."""
    run.monitors.append(ReplyMonitor(run.api, run.target.credentials))


@pytest.fixture(scope="session")
def has_own_sessions() -> bool:
    """Sessions may be made; --session-id takes that away."""
    return True


@pytest.fixture
def sessions(run: Run, check: Check) -> Sessions:
    """The update and its preconditions, with the key."""
    return Sessions(run, check, run.authorization("key"))


@pytest.fixture
def new_session(sessions: Sessions) -> NewSession:
    """Makes a session; a precondition."""
    return lambda: LiveSession(str(sessions.create()["id"].value), sessions)


@pytest.fixture(scope="session")
def shelf() -> dict[str, str]:
    """Where a process keeps the ids of the sessions that its checks share."""
    return {}


@pytest.fixture
def session(run: Run, sessions: Sessions, shelf: dict[str, str]) -> Iterator[LiveSession]:
    """The session that the checks of this process share, or the one that the operator lent to all."""
    lent = run.options.own["session_id"]
    if lent:
        with run.alone("lent-session"):
            run.once("lent-session", lambda: _can_be_put_back(LiveSession(lent, sessions)))
            yield LiveSession(lent, sessions)
        return
    if "shared" not in shelf or not _is_of_use(sessions.read(shelf["shared"])):
        shelf["shared"] = str(sessions.create()["id"].value)
    yield LiveSession(shelf["shared"], sessions)


@pytest.fixture
def fresh_session(request: pytest.FixtureRequest, run: Run, new_session: NewSession) -> LiveSession:
    """A session that was never updated, where sessions may be made; else the lent one."""
    lent: LiveSession | None = request.getfixturevalue("session") if run.options.own["session_id"] else None
    return lent or new_session()


@pytest.fixture
def full_session(request: pytest.FixtureRequest, run: Run, sessions: Sessions) -> LiveSession:
    """A session with capabilities and tools, as far as the target takes them; else the lent one."""
    lent: LiveSession | None = request.getfixturevalue("session") if run.options.own["session_id"] else None
    return lent or LiveSession(str(sessions.create_full()["id"].value), sessions)


def _is_of_use(row: Reply) -> bool:
    """Whether the shared session can be read, and has not grown with updates that should have replaced."""
    return row.succeeded and len(row.text) < LARGEST_ROW


def _can_be_put_back(lent: LiveSession) -> bool:
    if lent.read()["title"].is_null:
        raise NotTested("the session that --session-id names has no title, and none could be given back")
    return True
