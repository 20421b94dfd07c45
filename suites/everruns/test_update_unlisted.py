"""Members that update does not document: naming one may be refused or ignored, but never changes it."""

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.rows import untouched
from suites.everruns.support.update import arranged
from tck.checking import taken_or_refused

OTHER = "0badc0de" * 4
LONG_AGO = "2001-02-03T04:05:06.000Z"
TO_COME = "2097-05-04T03:02:01.000Z"
RESTING = ("waitingfortoolresults", "idle")
"""Statuses of which a session has at most one, and to which no update moves it."""
USED = {"input_tokens": 123456, "output_tokens": 654321}

alone_and_along = pytest.mark.parametrize(
    "along",
    [pytest.param({}, id="alone"), pytest.param({"title": "Along", "tags": ["along"]}, id="with-others")],
)


@pytest.mark.requirement("update.unlisted-members-never-change")
@alone_and_along
@pytest.mark.parametrize(
    "member",
    [
        pytest.param({"id": f"session_{OTHER}"}, id="id"),
        pytest.param({"organization_id": f"org_{OTHER}"}, id="organization-id"),
        pytest.param({"harness_id": f"harness_{OTHER}"}, id="harness-id"),
        pytest.param({"agent_id": f"agent_{OTHER}"}, id="agent-id"),
        pytest.param({"model_id": f"model_{OTHER}"}, id="model-id"),
        pytest.param({"created_at": LONG_AGO}, id="created-at"),
        pytest.param({"capabilities": [{"ref": "web_fetch"}]}, id="capabilities"),
        pytest.param(
            {"tools": [{"type": "client_side", "name": "n", "description": "d", "parameters": {}}]},
            id="tools",
        ),
        pytest.param({"is_pinned": True}, id="is-pinned"),
    ],
)
def test_an_unlisted_member_never_changes(
    session: LiveSession, along: dict[str, object], member: dict[str, object]
) -> None:
    before = arranged(session)
    reply = session.update({**along, **member})
    row = session.after(reply, before)
    taken_or_refused(reply)
    assert untouched(row) == untouched(before)


@pytest.mark.requirement("update.unlisted-members-never-change")
@alone_and_along
@pytest.mark.parametrize(
    ("member", "value"),
    [
        pytest.param("updated_at", TO_COME, id="updated-at-to-come"),
        pytest.param("updated_at", LONG_AGO, id="updated-at-long-ago"),
        pytest.param("started_at", LONG_AGO, id="started-at"),
        pytest.param("finished_at", LONG_AGO, id="finished-at"),
        pytest.param("usage", USED, id="usage"),
        pytest.param("preview", "named by an update", id="preview"),
        pytest.param("output_preview", "named by an update", id="output-preview"),
        pytest.param("features", ["named by an update"], id="features"),
        pytest.param("active_schedule_count", 4711, id="active-schedule-count"),
    ],
)
def test_a_member_that_moves_by_itself_is_not_set(
    session: LiveSession, along: dict[str, object], member: str, value: object
) -> None:
    before = arranged(session)
    reply = session.update({**along, member: value})
    row = session.after(reply, before)
    taken_or_refused(reply)
    assert row[member] != value


@pytest.mark.requirement("update.unlisted-members-never-change")
@alone_and_along
def test_the_status_is_not_set(session: LiveSession, along: dict[str, object]) -> None:
    before = arranged(session)
    other = next(status for status in RESTING if before["status"] != status)
    row = session.after(session.update({**along, "status": other}), before)
    assert row["status"] != other
