"""Create with an externalId that is in use: by an open session, a closed one, an expired one."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from suites.trigger.support.api import LiveSession, NewSession, Sessions
from suites.trigger.support.bodies import ELEVEN_TAGS, OMITTED, Bodies, Body, changed
from suites.trigger.support.close import OF_THE_ENDING, Address, by_external_id, by_id, is_closed
from suites.trigger.support.closed_rows import still_whole
from suites.trigger.support.create import CONFLICT, FITS_AN_UNKNOWN_NAME, first_of, id_at
from suites.trigger.support.deadlines import keeps_deadline
from suites.trigger.support.expiry import GONE, expiring_session, is_closed_or_gone
from suites.trigger.support.shared_sessions import WITHOUT_NAME, SharedSessions, shared, updated
from tck.checking import (
    FITS_A_BAD_BODY,
    NULL,
    SUCCESS,
    TRUE,
    Check,
    NotApplicable,
    NotTested,
    Reply,
    Row,
    eventually,
    exchanges_of,
    taken_or_refused,
    weeks_ahead,
)
from tck.run import Run

NONE: Body = {"tags": OMITTED, "metadata": OMITTED, "expiresAt": OMITTED}
OTHERS: Body = {
    "type": "other.kind",
    "tags": ["third"],
    "metadata": {"kept": {"shallow": True}, "added": 1},
    "expiresAt": weeks_ahead(3),
    "triggerConfig": {"basePayload": {"chatId": "c-2"}},
}
MAY_BE_REFRESHED = ("triggerConfig", "updatedAt", "currentRunId")
"""Members of a closed row that a create with its externalId may write anew, and the run, which may end."""
EMPTY: Body = {"tags": [], "metadata": {}}
LATE_REASON = "after the deadline"
TWICE = [*"abcdefgh", "twice", "twice"]
"""Ten tags of which two are the same."""


@pytest.mark.requirement(
    "create.same-external-id-answers-200",
    "create.same-external-id-is-cached",
    "create.same-external-id-returns-same-id",
    "create.run-id-has-run-prefix",
    "create.cached-keeps-type",
    "create.cached-keeps-tags",
    "create.cached-keeps-metadata",
    "create.cached-keeps-expires-at",
    "create.cached-keeps-created-at",
    "replies.every-reader-sees-the-same-row",
)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({}, {}, id="the-same-body"),
        pytest.param({}, OTHERS, id="other-values"),
        pytest.param({}, EMPTY, id="empty-values"),
        pytest.param({}, NONE, id="values-left-out"),
        pytest.param(NONE, {}, id="values-where-there-were-none"),
    ],
)
def test_the_external_id_of_an_open_session_finds_it_as_it_was(
    check: Check,
    sessions: Sessions,
    shelf: dict[str, LiveSession],
    new_session: NewSession,
    bodies: Bodies,
    *,
    first: Body,
    second: Body,
) -> None:
    body = bodies.complete(**first)
    session = shared(shelf, f"found again {[*first]}", lambda: new_session(body), sessions)
    before = session.read()
    again = sessions.create(changed(bodies.complete(externalId=session.external_id), **second))
    with check.judging("create.same-external-id-answers-200"):
        assert again.status == 200
    _found(again)
    with check.judging("create.same-external-id-is-cached"):
        assert again["isCached"] == TRUE
    with check.judging("create.same-external-id-returns-same-id"):
        assert again["id"] == session.id
        assert id_at(sessions, session.external_id) in (None, session.id)
    with check.judging("create.run-id-has-run-prefix"):
        assert first_of(again["runId"], 4) == "run_"
    _is_the_same_session(again, session)
    after = session.still(before)
    for requirement, member in (
        ("create.cached-keeps-type", "type"),
        ("create.cached-keeps-tags", "tags"),
        ("create.cached-keeps-metadata", "metadata"),
        ("create.cached-keeps-created-at", "createdAt"),
    ):
        with check.judging(requirement):
            assert again[member] == before[member]
            assert after[member] == before[member]
    with check.judging("create.cached-keeps-expires-at"):
        keeps_deadline(session, again.row, before)
        keeps_deadline(session, after, before)
    with check.judging("replies.every-reader-sees-the-same-row"):
        told = _config_alone(again.row)
        assert _config_alone(session.eventually_shows(lambda row: _config_alone(row) == told)) == told
    refreshed = after["triggerConfig"] != before["triggerConfig"]
    check.differs("create.cached-refreshes-trigger-config", refreshed, exchanges_of(after))


@pytest.mark.requirement(
    "create.cached-keeps-tags", "create.cached-keeps-metadata", "create.cached-keeps-expires-at"
)
def test_null_takes_nothing_from_an_open_session(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    updated(check, session, {"tags": ["kept"], "metadata": {"kept": True}})
    before, good = session.read(), dict(session.sent)
    nothing: Body = {"tags": None, "metadata": None, "expiresAt": None}
    replies = [session.sessions.create({**good, name: None}) for name in nothing]
    after = session.still(before)
    for requirement, member in (
        ("create.cached-keeps-tags", "tags"),
        ("create.cached-keeps-metadata", "metadata"),
        ("create.cached-keeps-expires-at", "expiresAt"),
    ):
        with check.judging(requirement):
            for reply in replies:
                taken_or_refused(reply)
            assert after[member] == before[member]


@pytest.mark.requirement("create.cached-keeps-task-identifier", "create.same-external-id-returns-same-id")
def test_another_task_identifier_does_not_move_an_open_session(
    check: Check, sessions: Sessions, new_session: NewSession, bodies: Bodies
) -> None:
    session = new_session()
    task = session.sent["taskIdentifier"]
    body = bodies.minimal(externalId=session.external_id, taskIdentifier=f"{task}-other")
    again = sessions.create(body)
    _refusal_of_a_name_is_not_judged(sessions, again, {**body, "externalId": bodies.new_name()})
    check.accepted(again)
    with check.judging("create.same-external-id-returns-same-id"):
        assert again["id"] == session.id
    _is_the_same_session(again, session)
    assert again["taskIdentifier"] == task
    assert session.read()["taskIdentifier"] == task


def _configured(**members: Any) -> Body:
    """A triggerConfig with these members beside its basePayload."""
    return {"triggerConfig": {"basePayload": {}, **members}}


FAULTS: Mapping[str, Body] = {
    "create.type-too-long-refused": {"type": "t" * 65},
    "create.eleven-tags-refused": {"tags": ELEVEN_TAGS},
    "create.trigger-config-required": {"triggerConfig": OMITTED},
    "create.max-attempts-too-high-refused": {"triggerConfig": {"basePayload": {}, "maxAttempts": 11}},
    "create.base-payload-required": {"triggerConfig": {"maxAttempts": 3}},
    "create.six-trigger-tags-refused": {"triggerConfig": {"basePayload": {}, "tags": [*"abcdef"]}},
    "create.type-required": {"type": OMITTED},
    "create.task-identifier-required": {"taskIdentifier": OMITTED},
    "create.metadata-wrong-type-refused": {"metadata": [1]},
    "create.tags-wrong-type-refused": {"tags": "words"},
    "create.tag-too-long-refused": {"tags": ["x" * 129]},
    "create.tag-wrong-type-refused": {"tags": ["words", 7]},
    "create.type-empty-refused": {"type": ""},
    "create.type-wrong-type-refused": {"type": 7},
    "create.task-identifier-empty-refused": {"taskIdentifier": ""},
    "create.task-identifier-too-long-refused": {"taskIdentifier": "t" * 129},
    "create.task-identifier-wrong-type-refused": {"taskIdentifier": 7},
    "create.trigger-config-wrong-type-refused": {"triggerConfig": ["words"]},
    "create.base-payload-wrong-type-refused": {"triggerConfig": {"basePayload": ["words"]}},
    "create.machine-wrong-type-refused": _configured(machine=7),
    "create.queue-wrong-type-refused": _configured(queue=7),
    "create.queue-too-long-refused": _configured(queue="q" * 129),
    "create.region-wrong-type-refused": _configured(region=7),
    "create.lock-to-version-wrong-type-refused": _configured(lockToVersion=7),
    "create.trigger-tags-wrong-type-refused": _configured(tags=["words", 7]),
    "create.trigger-tag-too-long-refused": _configured(tags=["x" * 129]),
    "create.max-attempts-too-low-refused": _configured(maxAttempts=0),
    "create.max-attempts-wrong-type-refused": _configured(maxAttempts="3"),
    "create.max-duration-too-low-refused": _configured(maxDuration=0),
    "create.max-duration-wrong-type-refused": _configured(maxDuration="300"),
    "create.idle-timeout-too-low-refused": _configured(idleTimeoutInSeconds=0),
    "create.idle-timeout-too-high-refused": _configured(idleTimeoutInSeconds=3601),
    "create.idle-timeout-wrong-type-refused": _configured(idleTimeoutInSeconds="60"),
}
"""Faults of a body, by the requirement that says that they are refused."""


@pytest.mark.requirement(*FAULTS)
def test_every_member_is_looked_at_for_a_known_external_id_as_well(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    before, good = session.read().without_volatile(), dict(session.sent)
    again = session.sessions.create(good)
    check.control(again, judged_by="create.same-external-id-answers-200")
    for requirement, fault in FAULTS.items():
        with check.judging(requirement):
            reply = session.sessions.create(changed(good, **fault))
            check.refused(reply, 422, "create.invalid-body-answers-422", _fitting(requirement))
    assert session.still(before).without_volatile() == before


WITHOUT_A_NAME = (
    "create.type-too-long-refused",
    "create.type-required",
    "create.task-identifier-required",
    "create.trigger-config-required",
    "create.base-payload-required",
    "create.eleven-tags-refused",
    "create.tag-too-long-refused",
    "create.tag-wrong-type-refused",
    "create.metadata-wrong-type-refused",
    "create.six-trigger-tags-refused",
    "create.queue-too-long-refused",
    "create.max-attempts-too-high-refused",
    "create.max-duration-too-low-refused",
    "create.idle-timeout-too-high-refused",
)
"""Those of the faults that are sent without an externalId as well."""


@pytest.mark.requirement(*WITHOUT_A_NAME)
def test_a_body_is_looked_at_without_an_external_id_as_well(
    check: Check, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open(WITHOUT_NAME)
    good = dict(session.sent)
    for requirement in WITHOUT_A_NAME:
        with check.judging(requirement):
            reply = session.sessions.create(changed(good, **FAULTS[requirement]))
            check.refused(reply, 422, "create.invalid-body-answers-422", _fitting(requirement))


def _fitting(requirement: str) -> Collection[int]:
    """The statuses that refuse a body, also for a name that the target does not have."""
    names = ("create.task-identifier", "create.queue")
    return FITS_AN_UNKNOWN_NAME if requirement.startswith(names) else FITS_A_BAD_BODY


@pytest.mark.requirement("create.same-external-id-answers-200")
def test_a_known_external_id_is_found_by_a_body_whose_media_type_names_a_charset(
    shared_sessions: SharedSessions,
) -> None:
    session = shared_sessions.open()
    body = dict(session.sent)
    assert session.sessions.create(body).status == 200
    assert session.sessions.create(body, content_type="application/json; charset=utf-8").status == 200


@pytest.mark.requirement(
    "create.ten-tags-accepted", "create.five-trigger-tags-accepted", "update.ten-tags-accepted"
)
def test_tags_may_be_equal(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    good, ask = dict(session.sent), session.sessions
    with check.judging("create.ten-tags-accepted"):
        check.accepted(ask.create({**good, "tags": TWICE}))
    with check.judging("create.five-trigger-tags-accepted"):
        check.accepted(ask.create(changed(good, **_configured(tags=TWICE[-5:]))))
    with check.judging("update.ten-tags-accepted"):
        check.accepted(ask.update(session.id, {"tags": TWICE}))


@pytest.mark.requirement("create.cached-keeps-tags", "create.cached-keeps-metadata")
def test_a_repeated_create_shows_the_row_as_it_was_updated_since(
    check: Check, sessions: Sessions, shared_sessions: SharedSessions
) -> None:
    session = shared_sessions.open()
    for address in session.addresses:
        newer: Body = {"tags": [f"newer-{len(address)}"], "metadata": {"newer": address}}
        updated = check.control(sessions.update(address, newer), judged_by="update.answers-200")
        before = session.eventually_shows_written(updated)
        again = _create_that_shows(check, session, before)
        _is_the_same_session(again, session)
        after = session.still(before)
        for requirement, member in (
            ("create.cached-keeps-tags", "tags"),
            ("create.cached-keeps-metadata", "metadata"),
        ):
            with check.judging(requirement):
                assert again[member] == before[member]
                assert after[member] == before[member]


def _create_that_shows(check: Check, session: LiveSession, row: Row) -> Reply:
    """A repeated create once it shows this row, which it may read where reads lag behind writes."""
    return check.last_look(
        lambda: session.sessions.create(dict(session.sent)),
        lambda reply: not reply.succeeded or reply.row.without_volatile() == row.without_volatile(),
    )


def _config_alone(row: Row) -> Row:
    return row.without(*(name for name in row.shape.members if name != "triggerConfig"))


@pytest.mark.requirement(
    "create.closed-external-id-answers-409",
    "create.conflict-leaves-closed-session",
    "create.conflict-leaves-whole-row",
)
@pytest.mark.parametrize(
    ("address", "close_body"),
    [
        pytest.param(by_id, {"reason": "done"}, id="with-a-reason"),
        pytest.param(by_external_id, {}, id="without-a-reason"),
    ],
)
def test_the_external_id_of_a_closed_session_is_refused(
    check: Check,
    sessions: Sessions,
    session: LiveSession,
    bodies: Bodies,
    *,
    address: Address,
    close_body: Body,
) -> None:
    name = session.external_id
    _closes(sessions.close(address(session), close_body))
    before = session.eventually_shows(lambda row: not row["closedAt"].is_null)
    found_before = id_at(sessions, name)
    replies = [
        sessions.create(dict(session.sent)),
        sessions.create(bodies.minimal(externalId=name)),
        sessions.create(changed(bodies.complete(externalId=name), **OTHERS)),
    ]
    task = f"{session.sent['taskIdentifier']}-other"
    of_another_task = sessions.create(bodies.minimal(externalId=name, taskIdentifier=task))
    with check.judging("create.closed-external-id-answers-409"):
        assert [reply.status for reply in replies] == [409, 409, 409]
        taken_or_refused(of_another_task)
        assert of_another_task.status not in SUCCESS
    after = still_whole(session, before)
    with check.judging("create.conflict-leaves-closed-session"):
        assert after.without(*MAY_BE_REFRESHED) == before.without(*MAY_BE_REFRESHED)
        assert id_at(sessions, name) == found_before
    with check.judging("create.conflict-leaves-whole-row"):
        assert after.without("currentRunId") == before.without("currentRunId")


@pytest.mark.last
@pytest.mark.requirement(
    "create.expired-external-id-answers-409",
    "create.expired-external-id-changes-nothing",
    "create.closed-external-id-answers-409",
    "update.different-external-id-answers-422",
    "isolation.external-id-is-unique-per-environment",
    "close.answers-200",
    "close.sets-closed-at",
    "close.records-reason",
)
def test_an_expired_session_keeps_its_external_id_and_can_be_closed(
    check: Check, run: Run, sessions: Sessions, other_sessions: Sessions, bodies: Bodies
) -> None:
    expiring = expiring_session(run)
    expiring.passed(sessions, bodies)
    later = {**expiring.body, "expiresAt": weeks_ahead()}
    before = sessions.retrieve(expiring.id)
    with check.judging("create.expired-external-id-answers-409"):
        waited = eventually(lambda: sessions.create(later), lambda reply: reply.status != 200)
        assert waited.value.status == 409
        assert id_at(sessions, expiring.body["externalId"]) in (None, expiring.id)
    with check.judging("create.expired-external-id-changes-nothing"):
        again = [sessions.create(body) for body in (later, bodies.minimal(externalId=expiring.name), later)]
        assert [reply.status for reply in again] == [409] * len(again)
        for address in (expiring.id, expiring.name):
            _is_as_it_was_or_gone(sessions.retrieve(address), before)
    with check.judging("update.different-external-id-answers-422"):
        renamed = sessions.update(expiring.id, {"externalId": f"{expiring.name}-other"})
        assert renamed.status not in SUCCESS
    with check.judging("isolation.external-id-is-unique-per-environment"):
        _there_is_another_environment(run)
        abroad = check.accepted(other_sessions.create(later))
        assert abroad["id"] != expiring.id
    sessions.update(expiring.id, {"metadata": {"updated": "after the deadline"}})
    with check.judging("create.expired-external-id-answers-409"):
        assert sessions.create(later).status == 409
    open_still = sessions.retrieve(expiring.id)
    closed = sessions.close(expiring.id, {"reason": LATE_REASON})
    with check.judging("close.answers-200"):
        assert closed.status in {200, *GONE}
    with check.judging("close.sets-closed-at"):
        read = check.last_look(lambda: sessions.retrieve(expiring.id), is_closed_or_gone)
        for reply in (closed, read):
            assert reply.status in GONE or reply["closedAt"] != NULL
    with check.judging("close.records-reason"):
        _open_until_closed(open_still, closed)
        assert closed["closedReason"] == LATE_REASON
        assert read["closedReason"] == LATE_REASON
    with check.judging("create.expired-external-id-answers-409"):
        assert sessions.create(later).status == 409
    with check.judging("create.closed-external-id-answers-409"):
        _was_closed_in_time(expiring.closed)
        assert sessions.create({**later, "externalId": expiring.closed}).status == 409


def _is_as_it_was_or_gone(reply: Reply, before: Reply) -> None:
    if reply.status not in GONE and before.succeeded:
        row, earlier = reply.row.without_volatile(), before.row.without_volatile()
        swept = is_closed(row) and not is_closed(earlier)
        assert (row.without(*OF_THE_ENDING) if swept else row) == earlier


def _open_until_closed(before: Reply, closed: Reply) -> None:
    if closed.status in GONE or not before.succeeded or is_closed(before.row):
        raise NotApplicable("what has expired is no longer an open session on the target")


def _there_is_another_environment(run: Run) -> None:
    if run.authorization("other") is None:
        raise NotApplicable("no key of another environment is given")


def _was_closed_in_time(name: str) -> None:
    if not name:
        raise NotTested("no session could be closed before its deadline", judged_by="close.sets-closed-at")


def _found(again: Reply) -> None:
    if not again.succeeded:
        raise NotTested(f"create answered {again.status}", judged_by="create.same-external-id-answers-200")


def _is_the_same_session(again: Reply, session: LiveSession) -> None:
    _found(again)
    if again["id"] != session.id:
        raise NotTested("another session came back", judged_by="create.same-external-id-returns-same-id")


def _closes(reply: Reply) -> None:
    if not reply.succeeded or not reply.is_object or reply["closedAt"].is_null:
        raise NotTested(f"close answered {reply.status} without closedAt", judged_by="close.sets-closed-at")


def _refusal_of_a_name_is_not_judged(sessions: Sessions, reply: Reply, for_a_new_name: Body) -> None:
    """Raise NotApplicable when a name was refused, and is refused with a new externalId, too."""
    if not reply.succeeded and reply.status != CONFLICT and not sessions.create(for_a_new_name).succeeded:
        raise NotApplicable("the target does not take a task identifier that does not exist there")
