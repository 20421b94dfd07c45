"""Members that update does not document: naming one may be refused or ignored, but never changes it."""

import pytest

from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import Body
from suites.trigger.support.update import arranged, in_turn, untouched
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


UNLISTED: tuple[Body, ...] = (
    {"id": "session_0000000000000000000000"},
    {"type": "another.type"},
    {"taskIdentifier": "another-task"},
    {"createdAt": LONG_AGO},
    {"expiresAt": None},
    {"expiresAt": FAR_OFF},
    {"closedAt": None},
    {"closedReason": "by an update"},
    {"triggerConfig": None},
    {"triggerConfig": {"basePayload": {"changed": True}}},
    {"isCached": True, "publicAccessToken": "changed", "runId": NO_RUN},
    {"closedAt": LONG_AGO},
    {"closedAt": LONG_AGO, "closedReason": "by an update"},
)
"""Members that update does not document, in an order in which none puts back what one before it changed."""


@pytest.mark.requirement("update.unlisted-members-never-change")
@alone_and_along
def test_an_unlisted_member_never_changes(workbench: LiveSession, at: int, along: Body) -> None:
    before = arranged(workbench)
    replies = in_turn(workbench, [{**along, **members} for members in UNLISTED], [workbench.addresses[at]])
    taken = [reply for reply in replies if reply.succeeded]
    after = workbench.after((taken or replies)[-1], before)
    for reply in replies:
        taken_or_refused(reply)
    assert untouched(after) == untouched(before)
    assert after["triggerConfig"] == before["triggerConfig"]


@pytest.mark.requirement("update.unlisted-members-never-change")
@alone_and_along
def test_a_member_that_moves_by_itself_is_not_set(workbench: LiveSession, at: int, along: Body) -> None:
    before = arranged(workbench)
    for member, value in (("updatedAt", FAR_OFF), ("updatedAt", LONG_AGO), ("currentRunId", NO_RUN)):
        reply = workbench.sessions.update(workbench.addresses[at], {**along, member: value})
        before = workbench.after(reply, before)
        taken_or_refused(reply)
        assert before[member] != value


@pytest.mark.requirement("update.unlisted-members-never-change")
def test_the_first_run_is_not_set(check: Check, workbench: LiveSession) -> None:
    workbench.sessions.update(workbench.id, {"runId": NO_RUN})
    again = workbench.sessions.create(workbench.sent)
    check.control(again, judged_by="create.same-external-id-answers-200")
    assert again["id"] == workbench.id
    assert again["runId"] != NO_RUN
