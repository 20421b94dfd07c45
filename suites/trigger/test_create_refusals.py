"""Create: what is missing, empty or reserved is refused, and a refusal leaves nothing behind."""

import pytest

from suites.trigger.support.addresses import found
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import ELEVEN_TAGS, OMITTED, Bodies, Body, changed, with_trigger
from suites.trigger.support.create import FITS_AN_UNKNOWN_NAME, Creates, first_of, with_each
from tck.checking import FALSE, Check, NotApplicable, NotTested, Reply, shown


@pytest.mark.parametrize(
    "member",
    [
        pytest.param("type", marks=pytest.mark.requirement("create.type-required")),
        pytest.param("taskIdentifier", marks=pytest.mark.requirement("create.task-identifier-required")),
        pytest.param("triggerConfig", marks=pytest.mark.requirement("create.trigger-config-required")),
    ],
)
def test_a_body_without_a_required_member_is_refused(creates: Creates, bodies: Bodies, member: str) -> None:
    creates.all_refused({f"no {member}": bodies.complete(**{member: OMITTED})})
    creates.control()


@pytest.mark.requirement("create.base-payload-required")
def test_a_trigger_config_without_a_base_payload_is_refused(creates: Creates, bodies: Bodies) -> None:
    configs: list[Body] = [{"maxAttempts": 3, "maxDuration": 300}, {}]
    creates.all_refused(with_each(bodies.complete(), ("triggerConfig",), configs))
    creates.control()


@pytest.mark.requirement("create.task-identifier-empty-refused")
def test_an_empty_task_identifier_is_refused(creates: Creates, bodies: Bodies) -> None:
    empty = bodies.complete(taskIdentifier="")
    creates.all_refused({"an empty taskIdentifier": empty}, FITS_AN_UNKNOWN_NAME)
    creates.control()


@pytest.mark.requirement("create.external-id-empty-refused")
def test_an_empty_external_id_is_refused(creates: Creates, bodies: Bodies) -> None:
    creates.refused(bodies.complete(externalId=""))
    creates.control()


RESERVED = (
    ("session_", ""), ("session_", "lower"), ("session_", "UPPER"), ("session_", "0123456789"),
    ("session_", "-.:!"), ("session_", "_"), ("session_", " a b"), ("session_", "\n"),
    ("session_", "\u00e9\u5b57"), ("session_session_", "x"),
)  # fmt: skip
"""Beginnings of externalIds with the reserved prefix, and what follows it before a name of the run."""


@pytest.mark.requirement("create.reserved-prefix-refused")
def test_the_reserved_prefix_is_refused_whatever_follows(
    check: Check, creates: Creates, bodies: Bodies
) -> None:
    for prefix, rest in RESERVED:
        name = _reserved(prefix, rest, bodies)
        reply = creates.sessions.create(bodies.complete(externalId=name))
        about = f"a create with the externalId {shown(name)}"
        check.refused(reply, 422, "create.reserved-prefix-answers-422", request=about)
    creates.control()


@pytest.mark.requirement("create.reserved-prefix-refused")
def test_the_reserved_prefix_is_no_better_behind_a_blank(creates: Creates, bodies: Bodies) -> None:
    reply = creates.sessions.create(bodies.minimal(externalId=f" session_{bodies.new_name()}"))
    _a_blank_is_not_judged(reply)
    assert first_of(reply["externalId"], 8) != "session_"


def _a_blank_is_not_judged(reply: Reply) -> None:
    if not reply.succeeded:
        raise NotApplicable("the target takes no externalId with a blank before the reserved prefix")


@pytest.mark.requirement(
    "create.reserved-prefix-is-exact",
    "retrieve.session-prefix-is-id-only",
    "update.by-external-id",
    "close.by-external-id",
)
@pytest.mark.parametrize(
    "prefix",
    [
        pytest.param("session-", id="another-last-character"),
        pytest.param("Session_", id="a-capital"),
        pytest.param("my-session_", id="not-at-the-beginning"),
    ],
)
def test_what_only_resembles_the_reserved_prefix_is_accepted(
    check: Check, creates: Creates, bodies: Bodies, prefix: str
) -> None:
    name = prefix + bodies.new_name()
    sessions = creates.sessions
    reply = sessions.create(bodies.minimal(externalId=name))
    with check.judging("create.reserved-prefix-is-exact"):
        check.accepted(reply)
        assert reply["externalId"] == name
    check.control(reply, judged_by="create.reserved-prefix-is-exact")
    with check.judging("retrieve.session-prefix-is-id-only"):
        assert check.last_look(lambda: sessions.retrieve(name), found)["id"] == reply["id"]
    with check.judging("update.by-external-id"):
        assert check.accepted(sessions.update(name, {}))["id"] == reply["id"]
    with check.judging("close.by-external-id"):
        assert check.accepted(sessions.close(name, {}))["id"] == reply["id"]


@pytest.mark.requirement("create.refused-create-leaves-no-row")
def test_a_corrected_create_makes_a_new_session(sessions: Sessions, bodies: Bodies) -> None:
    body = bodies.complete()
    deep_inside = {"basePayload": {}, "idleTimeoutInSeconds": 3601}
    for spoilt in ({"tags": ELEVEN_TAGS}, {"triggerConfig": deep_inside}):
        _was_refused(sessions.create(changed(body, **spoilt)))
    corrected = sessions.create(body)
    assert corrected.status == 201
    assert corrected["isCached"] == FALSE
    assert LiveSession(corrected, sessions).eventually_shows_written(corrected)["tags"] == body["tags"]


@pytest.mark.requirement("create.invalid-body-answers-422")
def test_a_body_that_breaks_the_schema_is_answered_with_422(creates: Creates, bodies: Bodies) -> None:
    reply = creates.sessions.create(with_trigger(bodies.complete(tags=7), maxAttempts=0))
    assert reply.status == 422
    creates.control()


@pytest.mark.requirement("create.reserved-prefix-answers-422")
def test_the_reserved_prefix_is_answered_with_422(creates: Creates, bodies: Bodies) -> None:
    reply = creates.sessions.create(bodies.complete(externalId=f"session_{bodies.new_name()}"))
    assert reply.status == 422
    creates.control()


def _reserved(prefix: str, rest: str, bodies: Bodies) -> str:
    return prefix + rest + (bodies.new_name() if rest else "")


def _was_refused(reply: Reply) -> None:
    if not reply.refused:
        raise NotTested("a spoilt body was accepted, which the requirements on its members judge")
