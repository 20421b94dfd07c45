"""Sessions that are made and updated first of all, for checks that look at them late in the run."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from suites.everruns.support.api import Body, LiveSession, Sessions, path_of
from suites.everruns.support.ids import every_malformed
from tck.checking import Broken, Call, Check, Indeterminate, NotTested, Reply, Row, encoded
from tck.run import Run, in_order

PURPOSE = "the sessions that are looked at late"
"""What the exchanges that make them are recorded for."""
KEPT = "early-sessions"
UPDATES: tuple[Body, ...] = (
    {"title": "Written early \U0001f600 e\u0301"},
    {"tags": ["written", "early", "\U0001f600", "e\u0301"]},
    {"title": "Written early", "tags": ["written early", "and only once"]},
)


REFUSED_TITLE, REFUSED_TAGS = "Refused early", ["refused", "early"]
REFUSED: tuple[bytes, ...] = (
    encoded({"title": REFUSED_TITLE, "tags": 5}),
    encoded({"title": 5, "tags": REFUSED_TAGS}),
    encoded({"title": REFUSED_TITLE, "tags": REFUSED_TAGS})[:-1],
)
"""Updates that are refused early, and that must not have taken effect late."""
FOR_ANOTHER: Body = {"title": "Meant for another early", "tags": ["another", "early"]}
"""What is sent early to ids that only resemble a session's."""


@dataclass(frozen=True)
class EarlySession:
    """One of them, and the row as it was read after its update."""

    session: LiveSession
    row: Row = field(repr=False)


@dataclass(frozen=True)
class Early:
    """All of them, as one check sees them; `made_at` is in seconds since 1970 by this machine's clock."""

    every: tuple[EarlySession, ...]
    made_at: float


def early_of(run: Run, sessions: Sessions) -> Early:
    """The sessions, made by the first process that asks; raises NotTested when that failed."""
    kept: Mapping[str, Any] = run.once(KEPT, lambda: _made(run))
    every = [
        EarlySession(LiveSession(one["id"], sessions), _read(run, sessions, one)) for one in kept["sessions"]
    ]
    return Early(tuple(every), kept["made_at"])


@pytest.fixture
def early(run: Run, sessions: Sessions) -> Early:
    """The sessions that were made and updated first of all."""
    return early_of(run, sessions)


@pytest.fixture(scope="session", autouse=True)
def made_early(request: pytest.FixtureRequest, run: Run) -> None:
    """Make them before all others when a check of this run asks for them and sessions may be made."""
    asked = any("early" in getattr(item, "fixturenames", ()) for item in request.session.items)
    if asked and not run.options.own["session_id"]:
        with suppress(NotTested, Indeterminate, Broken):
            early_of(run, _asking(run))


def _asking(run: Run) -> Sessions:
    return Sessions(run, Check(PURPOSE, ()), run.authorization("key"))


def _made(run: Run) -> dict[str, Any]:
    sessions = _asking(run)
    made = [LiveSession(str(sessions.create()["id"].value), sessions) for _ in UPDATES]
    alike = every_malformed(made[0].id)
    list(in_order(run.lanes, (partial(sessions.update, near, FOR_ANOTHER) for near in alike)))
    found = []
    for session, body in zip(made, UPDATES, strict=True):
        session.arranged(session.update(body), judged_by="update.answers-200")
        _refused(session, body)
        reply = sessions.read(session.id)
        found.append({"id": session.id, "exchange": reply.exchange, "row": reply.text})
    return {"sessions": found, "made_at": time.time()}


def _refused(session: LiveSession, body: Body) -> None:
    """Send what is refused to the session; what was taken all the same is written over."""
    replies = [session.update(raw=raw) for raw in REFUSED]
    if not all(reply.refused for reply in replies):
        over = {"title": "Written over", "tags": ["written", "over"], **body}
        session.arranged(session.update(over), judged_by="update.answers-200")


def _read(run: Run, sessions: Sessions, kept: Mapping[str, Any]) -> Row:
    """The row as it was kept."""
    call = Call("", "GET", path_of(kept["id"]), run.authorization("key"), "key")
    headers = (("content-type", "application/json"),)
    reply = Reply(call, kept["exchange"], 200, headers, kept["row"].encode(), run.client.shape)
    return reply.noted_by(sessions.check.note).row
