"""A member is known by its exact name: what only resembles it is refused or ignored."""

from itertools import cycle

import pytest

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import OMITTED, Bodies, Body
from suites.trigger.support.create import Creates
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import FALSE, NULL, Check, NotApplicable, taken_or_refused

LIKE_TAGS = ("Tags", "TAGS", " tags", "tags ", "tag", "tags[]", "t\u0430gs", "tags\u200b")
LIKE_METADATA = ("Metadata", "METADATA", "metaData", "meta_data", "metadata ", "meta")
LONG_AGO = "2001-02-03T04:05:06.000Z"
NO_RUN = "run_0000000000000000000000"
REQUIRED = {
    "type": ("Type", "TYPE", " type", "kind"),
    "taskIdentifier": ("TaskIdentifier", "taskidentifier", "task_identifier", "task"),
    "triggerConfig": ("TriggerConfig", "triggerconfig", "trigger_config"),
}


def renamed(body: Body, member: str, name: str) -> Body:
    """The body with one member under another name."""
    return {name if key == member else key: value for key, value in body.items()}


@pytest.mark.parametrize(
    "member",
    [
        pytest.param("type", marks=pytest.mark.requirement("create.type-required")),
        pytest.param("taskIdentifier", marks=pytest.mark.requirement("create.task-identifier-required")),
        pytest.param("triggerConfig", marks=pytest.mark.requirement("create.trigger-config-required")),
    ],
)
def test_a_required_member_under_another_name_is_missing(
    creates: Creates, bodies: Bodies, member: str
) -> None:
    good = bodies.complete()
    creates.all_refused({f"{name!r} for {member}": renamed(good, member, name) for name in REQUIRED[member]})
    creates.control()


@pytest.mark.requirement("create.other-names-set-nothing")
def test_a_create_sets_nothing_by_another_name(sessions: Sessions, bodies: Bodies) -> None:
    name = bodies.new_name()
    others = {
        "ExternalId": name, "external_id": name, "externalid": name, "EXTERNALID": name, " externalId": name,
        "Tags": ["other"], "tags ": ["other"], "TAGS": ["other"],
        "Metadata": {"other": True}, "meta_data": {"other": True}, "metadata ": {"other": True},
        "ExpiresAt": "2097-03-02T01:00:59.000Z", "expires_at": "2097-03-02T01:00:59.000Z",
        "closedAt": LONG_AGO, "closedReason": "by a create", "id": f"session_{name}",
        "createdAt": LONG_AGO, "updatedAt": LONG_AGO, "runId": NO_RUN, "currentRunId": NO_RUN,
        "isCached": True, "publicAccessToken": "by a create",
    }  # fmt: skip
    reply = sessions.create({**bodies.minimal(externalId=OMITTED, tags=[bodies.run.tag]), **others})
    _not_refused(reply.refused)
    row = LiveSession(reply, sessions).eventually_shows_written(reply)
    for shown in (reply.row, row):
        assert shown["externalId"] == NULL
        assert shown["tags"] == [bodies.run.tag]
        assert shown["metadata"] == NULL
        assert shown["closedAt"] == NULL
        assert shown["closedReason"] == NULL
        assert shown["id"] != f"session_{name}"
        assert shown["createdAt"] != LONG_AGO
        assert shown["updatedAt"] != LONG_AGO
        assert shown["currentRunId"] != NO_RUN
    assert reply["runId"] != NO_RUN
    assert reply["isCached"] == FALSE
    assert reply["publicAccessToken"] != "by a create"
    assert row["expiresAt"] != "2097-03-02T01:00:59.000Z"
    assert sessions.retrieve(name).status == 404


@pytest.mark.requirement("update.other-names-change-nothing")
def test_an_update_changes_nothing_by_another_name(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    updated(check, session, {"tags": ["named rightly"], "metadata": {"named": "rightly"}})
    before = session.read().without_volatile()
    bodies: list[Body] = [
        *({name: [f"by {name}"]} for name in LIKE_TAGS),
        *({name: value} for name in LIKE_METADATA for value in (None, {"by": name})),
    ]
    replies = [
        session.sessions.update(address, body)
        for address, body in zip(cycle(session.addresses), bodies, strict=False)
    ]
    for reply in replies:
        taken_or_refused(reply)
    for reply in (one for one in replies if one.succeeded):
        assert reply.row.without_volatile() == before
    assert session.still(before).without_volatile() == before


@pytest.mark.requirement("update.other-names-change-nothing")
def test_an_update_does_what_it_names_rightly_beside_another_name(shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    reply = session.sessions.update(session.id, {"tags": ["by its name"], "Tags": ["another"], "TAGS": []})
    _not_refused(reply.refused)
    assert reply["tags"] == ["by its name"]
    assert session.eventually_shows_written(reply)["tags"] == ["by its name"]


def _not_refused(refused: bool) -> None:
    if refused:
        raise NotApplicable("the target refuses a body with a member that no page names")
