"""Members that update does not document: naming one may be refused or ignored, but never changes it."""

import pytest

from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import Body
from suites.trigger.support.update import arranged, untouched
from tck.checking import Check, taken_or_refused

LONG_AGO = "2001-02-03T04:05:06.000Z"
FAR_OFF = "2097-05-04T03:02:01.000Z"
"""An expiresAt that no session of the run has."""
NO_RUN = "run_0000000000000000000000"

alone_and_along = pytest.mark.parametrize(
    ("at", "along"),
    [
        pytest.param(0, {"tags": ["along"], "metadata": {"along": 1}}, id="by-id-with-others"),
        pytest.param(1, {}, id="by-external-id-alone"),
    ],
)


@pytest.mark.requirement("update.unlisted-members-never-change")
@alone_and_along
@pytest.mark.parametrize(
    "member",
    [
        pytest.param({"id": "session_0000000000000000000000"}, id="id"),
        pytest.param({"type": "another.type"}, id="type"),
        pytest.param({"taskIdentifier": "another-task"}, id="task-identifier"),
        pytest.param({"createdAt": LONG_AGO}, id="created-at"),
        pytest.param({"expiresAt": FAR_OFF}, id="expires-at"),
        pytest.param({"expiresAt": None}, id="no-expires-at"),
        pytest.param({"closedAt": LONG_AGO}, id="closed-at"),
        pytest.param({"closedReason": "by an update"}, id="closed-reason"),
        pytest.param({"closedAt": LONG_AGO, "closedReason": "by an update"}, id="closed-at-and-reason"),
        pytest.param({"closedAt": None}, id="closed-at-null"),
        pytest.param({"triggerConfig": {"basePayload": {"changed": True}}}, id="trigger-config"),
        pytest.param({"triggerConfig": None}, id="no-trigger-config"),
        pytest.param(
            {"isCached": True, "publicAccessToken": "changed", "runId": NO_RUN}, id="create-reply-members"
        ),
    ],
)
def test_an_unlisted_member_never_changes(
    workbench: LiveSession, at: int, along: Body, member: dict[str, object]
) -> None:
    before = arranged(workbench)
    reply = workbench.sessions.update(workbench.addresses[at], {**along, **member})
    after = workbench.after(reply, before)
    taken_or_refused(reply)
    assert untouched(after) == untouched(before)
    assert after["triggerConfig"] == before["triggerConfig"]


@pytest.mark.requirement("update.unlisted-members-never-change")
@alone_and_along
@pytest.mark.parametrize(
    ("member", "value"),
    [
        pytest.param("updatedAt", FAR_OFF, id="updated-at-to-come"),
        pytest.param("updatedAt", LONG_AGO, id="updated-at-long-ago"),
        pytest.param("currentRunId", NO_RUN, id="current-run-id"),
    ],
)
def test_a_member_that_moves_by_itself_is_not_set(
    workbench: LiveSession, at: int, along: Body, member: str, value: str
) -> None:
    before = arranged(workbench)
    reply = workbench.sessions.update(workbench.addresses[at], {**along, member: value})
    after = workbench.after(reply, before)
    taken_or_refused(reply)
    assert after[member] != value


@pytest.mark.requirement("update.unlisted-members-never-change")
def test_the_first_run_is_not_set(check: Check, workbench: LiveSession) -> None:
    workbench.sessions.update(workbench.id, {"runId": NO_RUN})
    again = workbench.sessions.create(workbench.sent)
    check.control(again, judged_by="create.same-external-id-answers-200")
    assert again["id"] == workbench.id
    assert again["runId"] != NO_RUN
