"""Create: what a new session is."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import pytest

from suites.trigger.support.addresses import found
from suites.trigger.support.api import LiveSession, Sessions, made
from suites.trigger.support.bodies import FAR_FUTURE, OMITTED, Bodies, Body, with_trigger
from suites.trigger.support.close import without_close_fields
from suites.trigger.support.create import Creates, first_of, picked, shown_config
from suites.trigger.support.round_trip_values import trigger_tags
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import FALSE, NULL, Check, NotApplicable, NotTested, Reply, weeks_ahead


@pytest.mark.requirement(
    "create.new-session-answers-201",
    "create.id-has-session-prefix",
    "create.run-id-has-run-prefix",
    "create.new-session-is-not-cached",
    "create.returns-type-as-sent",
    "create.returns-task-identifier-as-sent",
    "create.returns-external-id-as-sent",
    "create.returns-tags-as-sent",
    "create.returns-metadata-as-sent",
    "create.returns-expires-at-as-sent",
)
def test_a_complete_body_makes_a_session_that_shows_what_was_sent(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    sent = bodies.complete()
    reply = sessions.create(sent)
    with check.judging("create.new-session-answers-201"):
        assert reply.status == 201
    check.control(reply, judged_by="create.new-session-answers-201")
    with check.judging("create.id-has-session-prefix"):
        assert first_of(reply["id"], 8) == "session_"
    with check.judging("create.run-id-has-run-prefix"):
        assert first_of(reply["runId"], 4) == "run_"
    with check.judging("create.new-session-is-not-cached"):
        assert reply["isCached"] == FALSE
    with check.judging("create.returns-type-as-sent"):
        assert reply["type"] == sent["type"]
    with check.judging("create.returns-task-identifier-as-sent"):
        assert reply["taskIdentifier"] == sent["taskIdentifier"]
    with check.judging("create.returns-external-id-as-sent"):
        assert reply["externalId"] == sent["externalId"]
    with check.judging("create.returns-tags-as-sent"):
        assert reply["tags"] == sent["tags"]
    with check.judging("create.returns-metadata-as-sent"):
        assert reply["metadata"] == sent["metadata"]
    with check.judging("create.returns-expires-at-as-sent"):
        assert reply["expiresAt"] == sent["expiresAt"]


@pytest.mark.requirement("create.returns-trigger-config-as-sent", "create.new-session-can-be-retrieved")
def test_a_new_session_is_read_as_it_was_made(check: Check, session: LiveSession, sessions: Sessions) -> None:
    sent = session.sent["triggerConfig"]
    with check.judging("create.new-session-can-be-retrieved"):
        assert check.last_look(lambda: sessions.retrieve(session.id), found).status == 200
        assert (
            session.eventually_shows_written(session.created).without_volatile()
            == session.created.row.without_volatile()
        )
    with check.judging("create.returns-trigger-config-as-sent"):
        read = session.read()["triggerConfig"]
        assert picked(shown_config(session.created["triggerConfig"], lambda: read), sent) == sent
        assert picked(shown_config(read, lambda: session.created["triggerConfig"]), sent) == sent


@pytest.mark.requirement(
    "create.without-external-id-is-always-new",
    "create.omitted-fields-are-empty",
    "create.new-session-answers-201",
    "create.id-has-session-prefix",
)
def test_the_same_body_without_an_external_id_makes_a_session_each_time(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    body = with_trigger(
        bodies.minimal(externalId=OMITTED, tags=OMITTED),
        tags=[bodies.run.tag],
        basePayload={"chatId": bodies.new_name()},
    )
    first = sessions.create(body)
    second = sessions.create(body)
    with check.judging("create.without-external-id-is-always-new"):
        check.accepted(first)
        check.accepted(second)
        assert second["id"] != first["id"]
        assert second["isCached"] == FALSE
        assert second["externalId"] == NULL
    with check.judging("create.new-session-answers-201"):
        assert [first.status, second.status] == [201, 201]
    with check.judging("create.id-has-session-prefix"):
        check.control(second, judged_by="create.without-external-id-is-always-new")
        assert first_of(second["id"], 8) == "session_"
    with check.judging("create.omitted-fields-are-empty"):
        check.control(second, judged_by="create.without-external-id-is-always-new")
        row = LiveSession(second, sessions).eventually_shows_written(second)
        for name, nothing in WHAT_IS_LEFT_OUT.items():
            assert second[name] == nothing
            assert row[name] == nothing
        assert second["expiresAt"] == NULL or second["expiresAt"] > second["createdAt"]
        assert row["expiresAt"] == NULL or row["expiresAt"] > row["createdAt"]


@pytest.mark.requirement("create.without-external-id-is-always-new", "create.omitted-fields-are-empty")
def test_null_for_an_optional_member_is_refused_or_leaves_it_out(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    body = with_trigger(bodies.minimal(externalId=OMITTED), tags=[bodies.run.tag])
    nameless = [sessions.create({**body, "externalId": None}) for _ in range(2)]
    others = {name: sessions.create(bodies.minimal(**{name: None})) for name in ("tags", "metadata")}
    with check.judging("create.without-external-id-is-always-new"):
        first, second = _taken(nameless)
        assert second["id"] != first["id"]
        assert first["externalId"] == NULL
        assert second["externalId"] == NULL
    with check.judging("create.omitted-fields-are-empty"):
        _taken([*nameless, *others.values()])
        for member in (name for name, reply in others.items() if reply.succeeded):
            assert others[member][member] == WHAT_IS_LEFT_OUT[member]


NUMBERS = ("maxAttempts", "maxDuration", "idleTimeoutInSeconds")


@pytest.mark.requirement("create.omitted-fields-are-empty", "create.returns-trigger-config-as-sent")
def test_null_is_no_zero(check: Check, sessions: Sessions, bodies: Bodies) -> None:
    timeless = sessions.create(bodies.minimal(expiresAt=None))
    numberless = sessions.create(with_trigger(bodies.minimal(), **dict.fromkeys(NUMBERS)))
    with check.judging("create.omitted-fields-are-empty"):
        _a_limit_is_not_judged(timeless, "null for expiresAt")
        assert timeless["expiresAt"] == NULL or timeless["expiresAt"] > timeless["createdAt"]
    with check.judging("create.returns-trigger-config-as-sent"):
        _a_limit_is_not_judged(numberless, "null for a number")
        read = LiveSession(numberless, sessions).read()["triggerConfig"]
        config = shown_config(read, lambda: numberless["triggerConfig"])
        for name in NUMBERS:
            assert config.made(config.value.get(name), part=name) != 0


def _taken(replies: Sequence[Reply]) -> list[Reply]:
    """Those of the replies that are a success, when at least two are."""
    found = [reply for reply in replies if reply.succeeded]
    if len(found) < 2:
        raise NotApplicable("the target takes no null for a member that create may leave out")
    return found


@pytest.mark.requirement(
    "create.values-keep-tags",
    "create.values-keep-trigger-tags",
    "create.returns-metadata-as-sent",
    "close.values-keep-reason",
    "close.keeps-other-members",
)
def test_empty_values_are_kept_as_they_are(check: Check, sessions: Sessions, bodies: Bodies) -> None:
    body = bodies.minimal(tags=[bodies.run.tag, ""], metadata={})
    reply = sessions.create(with_trigger(body, tags=["", "after an empty one"]))
    row = LiveSession(check.accepted(reply), sessions).eventually_shows_written(reply)
    with check.judging("create.values-keep-tags"):
        assert reply["tags"] == body["tags"]
        assert row["tags"] == body["tags"]
    with check.judging("create.values-keep-trigger-tags"):
        assert trigger_tags(row) == ["", "after an empty one"]
    with check.judging("create.returns-metadata-as-sent"):
        assert reply["metadata"] == {}
        assert row["metadata"] == {}
    closed = sessions.close(str(reply["id"].value), {"reason": " \t "})
    with check.judging("close.values-keep-reason"):
        check.accepted(closed)
        assert closed["closedReason"] == " \t "
    with check.judging("close.keeps-other-members"):
        check.control(closed, judged_by="close.answers-200")
        assert without_close_fields(closed.row) == without_close_fields(row)
        still = LiveSession(reply, sessions).eventually_shows_written(closed)
        assert without_close_fields(still) == without_close_fields(row)


WHAT_IS_LEFT_OUT: Body = {"tags": [], "metadata": None, "closedAt": None, "closedReason": None}


@pytest.mark.requirement("create.expires-at-with-offset-is-same-instant", "create.returns-tags-as-sent")
def test_an_expiry_with_a_zone_offset_is_the_same_instant(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    instant = weeks_ahead().replace(".000Z", ".250Z")
    west = instant.replace("T05:04:03.250Z", "T04:34:03.25-00:30")
    body = with_trigger(bodies.minimal(expiresAt=west, tags=[]), tags=[bodies.run.tag])
    reply = check.accepted(sessions.create(body))
    row = LiveSession(reply, sessions).eventually_shows_written(reply)
    with check.judging("create.expires-at-with-offset-is-same-instant"):
        assert reply["expiresAt"] == instant
        assert row["expiresAt"] == instant
    with check.judging("create.returns-tags-as-sent"):
        assert reply["tags"] == []
        assert row["tags"] == []


@pytest.mark.requirement("create.far-expires-at-accepted", "create.returns-expires-at-as-sent")
def test_an_expiry_decades_ahead_is_kept_where_it_is_accepted(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    reply = sessions.create(bodies.minimal(expiresAt=FAR_FUTURE))
    with check.judging("create.far-expires-at-accepted"):
        check.accepted(reply)
    with check.judging("create.returns-expires-at-as-sent"):
        _a_limit_is_not_judged(reply, "an expiresAt decades ahead")
        assert reply["expiresAt"] == FAR_FUTURE
        assert LiveSession(reply, sessions).eventually_shows_written(reply)["expiresAt"] == FAR_FUTURE


@pytest.mark.requirement("create.type-is-free-form")
def test_a_type_that_nobody_has_heard_of_is_accepted(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    sent = bodies.minimal(type="Invented kind/7, on-no_list")
    reply = check.accepted(sessions.create(sent))
    assert reply["type"] == "Invented kind/7, on-no_list"
    check.accepted(sessions.create({**sent, "type": " "}))


NAMES = {"machine": "small-1x", "queue": "tck-queue", "lockToVersion": "20240523.1", "region": "eu-central-1"}


@pytest.mark.requirement("create.target-names-kept-as-sent")
@pytest.mark.parametrize(
    ("member", "name"),
    [
        pytest.param("machine", NAMES["machine"], id="machine"),
        pytest.param("queue", NAMES["queue"], id="queue"),
        pytest.param("lockToVersion", NAMES["lockToVersion"], id="lock-to-version"),
        pytest.param("region", NAMES["region"], id="region"),
    ],
)
def test_a_name_that_the_target_takes_is_kept(
    creates: Creates, shared_sessions: SharedSessions, member: str, name: str
) -> None:
    reply = named_as_the_target_takes_it(creates, shared_sessions, member)
    _a_limit_is_not_judged(reply, f"this {member}, which may have to exist there")
    assert creates.shown(reply, "triggerConfig", member) == name


def named_as_the_target_takes_it(creates: Creates, shared_sessions: SharedSessions, member: str) -> Reply:
    """The reply to a create with this name: with all names in one session, unless that is refused."""
    with suppress(NotTested):
        body = with_trigger(creates.bodies.minimal(), **NAMES)
        return shared_sessions.shared("target-names", lambda: made(creates.sessions, body)).created
    return creates.sessions.create(with_trigger(creates.bodies.minimal(), **{member: NAMES[member]}))


NAMES_STAY = pytest.mark.requirement("update.other-members-stay", "close.keeps-other-members")


def judge_that_names_stay(check: Check, session: LiveSession) -> None:
    """Judge that triggerConfig, which names something of the target, outlives an update and a close."""
    before = session.read()["triggerConfig"]
    with check.judging("update.other-members-stay"):
        reply = session.sessions.update(session.id, {"tags": [session.sessions.run.tag, "other"]})
        check.control(reply, judged_by="update.answers-200")
        assert session.eventually_shows_written(reply)["triggerConfig"] == before
    with check.judging("close.keeps-other-members"):
        reply = session.sessions.close(session.id, {})
        check.control(reply, judged_by="close.answers-200")
        assert session.eventually_shows_written(reply)["triggerConfig"] == before


@NAMES_STAY
@pytest.mark.requirement("create.target-names-kept-as-sent", "create.values-keep-task-identifier")
def test_delicate_names_that_the_target_takes_are_kept(
    check: Check, creates: Creates, sessions: Sessions, bodies: Bodies
) -> None:
    task = f" {bodies.minimal()['taskIdentifier']} MiXeD-\u00e9-e\u0301-<b>-%20 "
    members = ("machine", "queue", "region", "lockToVersion")
    names = {member: f" {member} MiXeD-\u00e9-e\u0301-<b>&amp;-%20-1.0 " for member in members}
    both = sessions.create(with_trigger(bodies.minimal(taskIdentifier=task), **names))
    with check.judging("create.values-keep-task-identifier"):
        reply = both if both.succeeded else sessions.create(bodies.minimal(taskIdentifier=task))
        _a_limit_is_not_judged(reply, "this taskIdentifier, which may have to exist there")
        assert reply["taskIdentifier"] == task
        assert LiveSession(reply, sessions).read()["taskIdentifier"] == task
    with check.judging("create.target-names-kept-as-sent"):
        reply = both if both.succeeded else sessions.create(with_trigger(bodies.minimal(), **names))
        _a_limit_is_not_judged(reply, "these names, which may have to exist there")
        for member, name in names.items():
            assert creates.shown(reply, "triggerConfig", member) == name
    _a_limit_is_not_judged(reply, "these names, which may have to exist there")
    judge_that_names_stay(check, LiveSession(reply, sessions))


@NAMES_STAY
@pytest.mark.requirement("create.existing-target-names-accepted")
def test_a_name_that_exists_there_is_taken_and_kept(
    check: Check, creates: Creates, sessions: Sessions, bodies: Bodies, existing_names: Mapping[str, str]
) -> None:
    together = sessions.create(with_trigger(bodies.minimal(), **existing_names))
    apart = {
        member: sessions.create(with_trigger(bodies.minimal(), **{member: name}))
        for member, name in existing_names.items()
        if together.refused
    }
    with check.judging("create.existing-target-names-accepted"):
        for reply in (*apart.values(), together):
            check.accepted(reply)
        for member, name in existing_names.items():
            assert creates.shown(together, "triggerConfig", member) == name
    check.control(together, judged_by="create.existing-target-names-accepted")
    judge_that_names_stay(check, LiveSession(together, sessions))


def _a_limit_is_not_judged(reply: Reply, what: str) -> None:
    if not reply.succeeded:
        raise NotApplicable(f"the target does not take {what}; it answered {reply.status}")
