"""What a process keeps of the replies that it hears, whatever a faulty target says."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.known_sessions import KnownSessions, left_over, row_now
from tck.checking import Check
from tck.waiting import ReadPatience
from tests.support.fabricated import MADE, reply

NEW = {**MADE, "id": "session_1", "externalId": "name", "isCached": False}
SENT = b'{"externalId": "name", "tags": []}'


def heard(*replies, node="suites/a.py::test_a"):
    known = KnownSessions()
    for number, one in enumerate(replies, 1):
        known(Check(node, (), exchanges=[f"main-{number}"]), replace(one, exchange=f"main-{number}"))
    return known


def created(body=SENT, shown=NEW):
    one = reply("createSession", 201, shown)
    return replace(one, call=replace(one.call, body=body, authorization="Bearer key"))


def retrieved(row=NEW):
    one = reply("retrieveSession", 200, row)
    path = "/api/v1/sessions/session_1"
    return replace(one, call=replace(one.call, path=path, authorization="Bearer key", credential="key"))


class Reading(Sessions):
    """Operations of which a retrieve is heard by the monitors of the run."""

    def retrieve(self, address, **sending):  # noqa: ARG002 - the form of operations
        one = replace(retrieved(), exchange="main-9")
        self.check.exchanges.append("main-9")
        for monitor in self.run.monitors:
            monitor(self.check, one)
        return one


def sessions(known, lag=0.0):
    run = SimpleNamespace(monitors=[known], patience=ReadPatience(lag=lag))
    return Reading(cast("Any", run), Check("suites/b.py::test_b", ()), "Bearer key")


def test_an_open_session_of_an_earlier_check_is_left_over_once():
    asked = sessions(heard(created()))
    session = left_over(asked, (), lambda sent: "tags" in sent)
    assert session is not None
    assert session.id == "session_1"
    assert left_over(asked, (), lambda sent: True) is None


@pytest.mark.parametrize(
    ("known", "in_use", "lag"),
    [
        pytest.param(heard(created()), ("session_1",), 0.0, id="in-use"),
        pytest.param(heard(created()), (), 0.5, id="reads-lag"),
        pytest.param(heard(created(), node="made for several"), (), 0.0, id="made-for-several"),
        pytest.param(
            heard(created(), replace(reply("closeSession", 404, {}), call=replace(
                reply("closeSession", 404, {}).call, path="/api/v1/sessions/name/close"))), (), 0.0, id="closed",
        ),
    ],
)  # fmt: skip
def test_others_are_not(known, in_use, lag):
    assert left_over(sessions(known, lag), in_use, lambda sent: True) is None


@pytest.mark.parametrize(
    "one",
    [
        created(b'{"externalId": "name"'),
        created(b"\xff"),
        created(b"[]"),
        created(None),
        created(b'{"externalId": 5}', {"isCached": False}),
        replace(reply("retrieveSession", 200, {"isCached": False})),
    ],
)
def test_what_a_faulty_target_takes_or_shows_breaks_nothing(one):
    asked = sessions(heard(one))
    assert left_over(asked, (), lambda sent: "tags" in sent) is None


def test_a_row_is_known_until_something_is_sent():
    known = heard(created(), retrieved())
    asked = sessions(known)
    session = LiveSession(created(), asked)
    assert row_now(session)["id"] == "session_1"
    assert asked.check.exchanges == []
    known(
        Check("x::y", (), exchanges=["main-7"]), replace(reply("updateSession", 422, {}), exchange="main-7")
    )
    assert row_now(session)["id"] == "session_1"
    assert asked.check.exchanges == ["main-9"]
