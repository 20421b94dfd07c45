"""What is stored comes back as it was sent: nothing trimmed, folded, escaped, cut, normalised or coerced."""

import pytest

from suites.trigger.support.addresses import reached
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.doors.array_sessions import Array
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.round_trip_values import (
    PROTO,
    THEMES,
    Theme,
    base_payload,
    digits_of,
    trigger_tags,
)
from suites.trigger.support.update import written
from tck.checking import Check, NotApplicable

every_theme = pytest.mark.parametrize("theme", [pytest.param(theme, id=theme.name) for theme in THEMES])
CONTROLS = ("bell\u0007 and escape\u001b", "delete\u007f", "next line\u0085")
SCRIPTS = ("<script>alert('x')</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)")


@pytest.mark.requirement(
    "create.values-keep-tags",
    "create.values-keep-external-id",
    "create.values-keep-type",
    "create.values-keep-metadata",
    "create.values-keep-base-payload",
    "create.values-keep-trigger-tags",
    "close.values-keep-reason",
)
@every_theme
def test_a_session_keeps_its_values(check: Check, sessions: Sessions, bodies: Bodies, theme: Theme) -> None:
    body = theme.body(bodies)
    created = sessions.create(body)
    session = LiveSession(created, sessions)
    with check.judging("create.values-keep-tags"):
        check.accepted(created)
        assert created["tags"] == body["tags"]
        assert row_now(session)["tags"] == body["tags"]
    with check.judging("create.values-keep-external-id"):
        check.accepted(created)
        assert created["externalId"] == body["externalId"]
        assert row_now(session)["externalId"] == body["externalId"]
    with check.judging("create.values-keep-type"):
        check.accepted(created)
        assert created["type"] == body["type"]
        assert row_now(session)["type"] == body["type"]
    with check.judging("create.values-keep-metadata"):
        check.accepted(created)
        assert created["metadata"] == theme.json
        assert row_now(session)["metadata"] == theme.json
    with check.judging("create.values-keep-base-payload"):
        check.accepted(created)
        assert base_payload(row_now(session)) == theme.json
    with check.judging("create.values-keep-trigger-tags"):
        check.accepted(created)
        assert trigger_tags(row_now(session)) == body["triggerConfig"]["tags"]
    with check.judging("close.values-keep-reason"):
        check.control(created, judged_by="create.values-keep-external-id")
        closed = check.accepted(sessions.close(session.id, {"reason": theme.reason}))
        assert closed["closedReason"] == theme.reason
        assert session.eventually_shows_written(closed)["closedReason"] == theme.reason


@pytest.mark.requirement("create.values-keep-tags", "create.values-keep-metadata", "close.values-keep-reason")
def test_control_characters_are_kept_where_they_are_taken(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    tags, metadata = [bodies.run.tag, *CONTROLS, *SCRIPTS], {"scripts": list(SCRIPTS)}
    created = sessions.create(bodies.minimal(tags=tags, metadata=metadata))
    if not created.succeeded:
        created = check.control(sessions.create(bodies.minimal()), judged_by="create.new-session-answers-201")
        tags = []
    session = LiveSession(created, sessions)
    with check.judging("create.values-keep-tags"):
        _taken(bool(tags))
        assert created["tags"] == tags
        assert row_now(session)["tags"] == tags
    with check.judging("create.values-keep-metadata"):
        _taken(bool(tags))
        assert created["metadata"] == metadata
        assert row_now(session)["metadata"] == metadata
    with check.judging("close.values-keep-reason"):
        closed = sessions.close(session.id, {"reason": " ".join(CONTROLS)})
        _taken(closed.succeeded)
        assert closed["closedReason"] == " ".join(CONTROLS)
        assert session.eventually_shows_written(closed)["closedReason"] == " ".join(CONTROLS)


def _taken(is_taken: bool) -> None:
    if not is_taken:
        raise NotApplicable("the target takes no control characters, or no scripts")


@pytest.mark.requirement("create.values-keep-external-id")
def test_external_ids_that_differ_only_a_little_are_kept(array: Array) -> None:
    similar = array.having("name")
    for one in similar:
        assert one.session.created["externalId"] == one.body["externalId"]
        assert one.read["externalId"] == one.body["externalId"]
    assert len({one.session.id for one in similar}) == len(similar)


@pytest.mark.requirement(
    "create.values-keep-external-id",
    "create.values-keep-type",
    "retrieve.near-miss-is-not-found",
    "update.different-external-id-answers-422",
    "close.values-keep-reason",
)
def test_texts_of_digits_alone_are_no_numbers(check: Check, sessions: Sessions, bodies: Bodies) -> None:
    digits = digits_of(bodies)
    created = sessions.create(bodies.minimal(externalId=f"00{digits}", type="0000"))
    session = LiveSession(created, sessions)
    with check.judging("create.values-keep-external-id"):
        check.accepted(created)
        assert created["externalId"] == f"00{digits}"
        assert row_now(session)["externalId"] == f"00{digits}"
    check.control(created, judged_by="create.values-keep-external-id")
    with check.judging("create.values-keep-type"):
        assert created["type"] == "0000"
        assert row_now(session)["type"] == "0000"
    with check.judging("retrieve.near-miss-is-not-found"):
        reached(session, f"00{digits}")
        assert [sessions.retrieve(name).status for name in (digits, f"0{digits}")] == [404, 404]
    with check.judging("update.different-external-id-answers-422"):
        assert sessions.update(session.id, {"externalId": digits}).status == 422
    with check.judging("close.values-keep-reason"):
        closed = check.accepted(sessions.close(session.id, {"reason": "0000"}))
        assert closed["closedReason"] == "0000"
        assert session.eventually_shows_written(closed)["closedReason"] == "0000"


@pytest.mark.requirement("create.values-keep-proto-keys")
def test_a_session_keeps_proto_keys(check: Check, sessions: Sessions, bodies: Bodies) -> None:
    body = bodies.minimal(metadata=PROTO, triggerConfig={"basePayload": PROTO})
    created = check.accepted(sessions.create(body))
    row = LiveSession(created, sessions).read()
    assert row["metadata"] == PROTO
    assert base_payload(row) == PROTO


@pytest.mark.requirement("update.values-keep-tags", "update.values-keep-metadata")
@every_theme
def test_an_update_keeps_its_values(check: Check, workbench: LiveSession, theme: Theme) -> None:
    row = written(check, workbench, workbench.id, {"tags": list(theme.texts), "metadata": theme.json})
    with check.judging("update.values-keep-tags"):
        assert row.told["tags"] == list(theme.texts)
        assert row.read["tags"] == list(theme.texts)
    with check.judging("update.values-keep-metadata"):
        assert row.told["metadata"] == theme.json
        assert row.read["metadata"] == theme.json


@pytest.mark.requirement("update.values-keep-tags")
def test_an_update_keeps_an_empty_tag(check: Check, workbench: LiveSession) -> None:
    row = written(check, workbench, workbench.id, {"tags": ["", "after an empty one"]})
    assert row.told["tags"] == ["", "after an empty one"]
    assert row.read["tags"] == ["", "after an empty one"]


@pytest.mark.requirement("update.values-keep-proto-keys")
def test_an_update_keeps_proto_keys(check: Check, workbench: LiveSession) -> None:
    row = written(check, workbench, workbench.id, {"metadata": PROTO})
    assert row.told["metadata"] == PROTO
    assert row.read["metadata"] == PROTO
