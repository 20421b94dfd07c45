"""What holds for every reply: the monitors see to it in all checks, these go where each rule could break."""

from itertools import dropwhile, takewhile

import pytest

from suites.trigger.support.api import LiveSession, NewSession, Sessions, path_of
from suites.trigger.support.bodies import OMITTED, Bodies, Body, with_trigger
from suites.trigger.support.close import ending, without_close_fields
from suites.trigger.support.replies import rules, sample_calls
from suites.trigger.support.replies.monitors import REFUSES_A_BODY
from suites.trigger.support.replies.sample_calls import Samples
from suites.trigger.support.shared_sessions import WITH_NAME, WITHOUT_NAME, SharedSessions, updated
from tck.checking import NULL, Check, Reply, encoded, odd_members, response_rules
from tck.run import Run

READS = 10
"""Reads in a row by each address."""
DONE: Body = {"reason": "done"}
LIVES: tuple[tuple[str, Body], ...] = ((WITH_NAME, DONE), (WITHOUT_NAME, DONE), (WITHOUT_NAME, {}))
"""The kinds of sessions whose whole lives are judged, and what they are closed with."""


def is_no_close(reply: Reply) -> bool:
    """Whether a reply is one to another operation than close."""
    return reply.call.operation != "closeSession"


def judge_successes(check: Check, run: Run, operation: str, replies: list[Reply], judged_by: str) -> None:
    """Judge the media type and the body of replies that must all be a success."""
    sample_calls.all_succeeded(check, replies, judged_by)
    with check.judging(f"{operation}.success-is-json"):
        for reply in replies:
            check.held(response_rules.is_json(reply), reply)
    with check.judging(f"{operation}.success-matches-schema"):
        for reply in replies:
            check.held(rules.matches_success(run.api, reply), reply)


@pytest.mark.requirement("create.success-is-json", "create.success-matches-schema")
def test_every_create_reply_is_the_documented_json(
    check: Check, run: Run, sessions: Sessions, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    shared = [shared_sessions.open(kind) for kind in (WITH_NAME, WITHOUT_NAME)]
    replies = [
        *(session.created for session in shared),
        sessions.create(bodies.minimal(externalId=OMITTED)),
        sessions.create(dict(shared[0].sent)),
    ]
    judge_successes(check, run, "create", replies, "create.new-session-answers-201")


@pytest.mark.requirement("retrieve.success-is-json", "retrieve.success-matches-schema")
def test_every_retrieve_reply_is_the_documented_json(
    check: Check, run: Run, shared_sessions: SharedSessions
) -> None:
    kinds = (WITH_NAME, WITHOUT_NAME)
    states = [
        session for kind in kinds for session in (shared_sessions.open(kind), shared_sessions.closed(kind))
    ]
    replies = [session.sessions.retrieve(address) for session in states for address in session.addresses]
    changes: tuple[Body, ...] = ({"tags": [], "metadata": None}, {"tags": ["t"], "metadata": {}})
    for body in changes:
        changed = shared_sessions.open(WITHOUT_NAME)
        updated(check, changed, body)
        replies.append(changed.sessions.retrieve(changed.id))
    judge_successes(check, run, "retrieve", replies, "retrieve.by-id-answers-200")


@pytest.mark.requirement(
    "update.success-is-json",
    "update.success-matches-schema",
    "update.omitted-tags-stay",
    "update.omitted-metadata-stays",
)
def test_every_update_reply_is_the_documented_json(
    check: Check, run: Run, shared_sessions: SharedSessions
) -> None:
    sent: tuple[Body, ...] = (
        {"tags": ["t"], "metadata": {"m": [1, None]}},
        {"tags": [], "metadata": None},
        {"metadata": {}},
        {},
    )
    kinds = (shared_sessions.open(WITH_NAME), shared_sessions.open(WITHOUT_NAME))
    replies = [session.sessions.update(session.id, body) for session in kinds for body in sent]
    judge_successes(check, run, "update", replies, "update.answers-200")
    with check.judging("update.omitted-tags-stay"):
        assert [reply["tags"] for reply in replies[3::4]] == [[], []]
    with check.judging("update.omitted-metadata-stays"):
        assert [reply["metadata"] for reply in replies[3::4]] == [{}, {}]


@pytest.mark.requirement(
    "close.success-is-json",
    "close.success-matches-schema",
    "close.records-reason",
    "close.repeat-returns-same-row",
)
def test_every_close_reply_is_the_documented_json(check: Check, run: Run, samples: Samples) -> None:
    closes = [
        [reply for reply in samples.life(kind, reason) if not is_no_close(reply)] for kind, reason in LIVES
    ]
    judge_successes(check, run, "close", [reply for life in closes for reply in life], "close.answers-200")
    with check.judging("close.records-reason"):
        assert [life[0]["closedReason"] for life in closes[:2]] == ["done", "done"]
    with check.judging("close.repeat-returns-same-row"):
        for first, *again in closes:
            for reply in again:
                assert ending(reply.row) == ending(first.row)


@pytest.mark.requirement("create.error-422-matches-schema")
def test_every_422_of_create_is_the_documented_error(check: Check, run: Run, samples: Samples) -> None:
    for reply in sample_calls.those_with(422, samples.refused_creates()):
        check.held(rules.matches_refusal(run.api, reply), reply)


@pytest.mark.requirement("update.error-422-matches-schema")
def test_every_422_of_update_is_the_documented_error(check: Check, run: Run, samples: Samples) -> None:
    for reply in sample_calls.those_with(422, samples.refused_updates()):
        check.held(rules.matches_refusal(run.api, reply), reply)


@pytest.mark.requirement("create.error-409-matches-schema")
def test_the_409_of_create_carries_an_error(check: Check, samples: Samples) -> None:
    for reply in sample_calls.conflicts(samples.reused_names()):
        check.held(response_rules.carries_error(reply), reply)


@pytest.mark.requirement("replies.error-bodies-carry-error")
def test_a_refusal_of_a_body_carries_an_error(check: Check, samples: Samples) -> None:
    replies = [*samples.refused_creates(), *samples.refused_updates()]
    documented = [reply for reply in replies if reply.status in REFUSES_A_BODY and reply.is_object]
    sample_calls.some(documented, "the target refuses no body with JSON")
    for reply in documented:
        check.held(response_rules.carries_error(reply), reply)


@pytest.mark.requirement(
    "replies.no-server-error", "replies.no-secret-in-body", "replies.hold-no-stack-trace"
)
def test_no_reply_tells_what_goes_on_inside(check: Check, run: Run, samples: Samples) -> None:
    replies = [
        *samples.refused_creates(),
        *samples.refused_updates(),
        *samples.refused_closes(),
        *samples.not_found(),
        *samples.unauthorized(),
        *samples.life(WITH_NAME, DONE),
        *samples.reused_names(),
    ]
    with check.judging("replies.no-server-error"):
        for reply in replies:
            check.held(response_rules.is_no_server_error(reply), reply)
    with check.judging("replies.no-secret-in-body"):
        for reply in replies:
            check.held(rules.shows_no_secret(run.target.credentials, reply), reply)
    with check.judging("replies.hold-no-stack-trace"):
        for reply in replies:
            check.held(rules.shows_no_stack_trace(reply), reply)


@pytest.mark.requirement("replies.no-server-error-at-odd-values")
def test_an_odd_value_breaks_nothing(new_session: NewSession) -> None:
    session = new_session()
    replies = [session.sessions.update(session.id, raw=raw) for raw in odd_members("metadata")]
    assert [reply.status for reply in replies if reply.status >= response_rules.SERVER_ERROR] == []


@pytest.mark.requirement("create.server-error-leaves-no-session")
def test_a_create_that_breaks_the_target_leaves_no_session(sessions: Sessions, bodies: Bodies) -> None:
    good = bodies.complete()
    odd = [encoded(bodies.minimal())[:-1] + b"," + raw[1:] for raw in odd_members("metadata")]
    unknown = with_trigger(good, region="nowhere", lockToVersion="19990101.1", queue="tck-nothing")
    replies = [sessions.create(raw=raw) for raw in (*odd, encoded(unknown))]
    broken = [reply for reply in replies if reply.status >= response_rules.SERVER_ERROR]
    sample_calls.some(broken, "no create was answered with a server error")
    for reply in broken:
        name = LiveSession(reply, sessions).external_id
        assert sessions.ask("GET", path_of(name)).status == 404


@pytest.mark.requirement(
    "replies.timestamps-are-rfc3339",
    "replies.closed-fields-only-on-closed",
    "replies.created-before-updated",
)
def test_a_whole_life_shows_good_times(check: Check, samples: Samples) -> None:
    lives = [samples.life(kind, reason) for kind, reason in LIVES]
    opened = [reply for life in lives for reply in takewhile(is_no_close, life)]
    ended = [reply for life in lives for reply in dropwhile(is_no_close, life)]
    sample_calls.all_succeeded(check, opened, "update.answers-200")
    sample_calls.all_succeeded(check, ended, "close.answers-200")
    with check.judging("replies.timestamps-are-rfc3339"):
        for reply in opened + ended:
            check.held(rules.has_rfc3339_timestamps(reply.row.values), reply)
    with check.judging("replies.closed-fields-only-on-closed"):
        for reply in opened:
            assert reply["closedAt"] == NULL
            assert reply["closedReason"] == NULL
        for reply in ended:
            check.held(rules.is_closed_or_shows_no_close(reply), reply)
    with check.judging("replies.created-before-updated"):
        for reply in opened + ended:
            check.held(rules.is_updated_after_created(reply.row.values), reply)


@pytest.mark.requirement("replies.write-seen-within-wait", "close.keeps-other-members")
def test_what_a_write_showed_is_soon_read(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.fresh()
    sessions = session.sessions
    with check.judging("replies.write-seen-within-wait"):
        sample_calls.seen(check, session, session.created)
    sent: tuple[Body, ...] = ({"tags": ["seen"], "metadata": {"seen": [1]}}, {"metadata": None}, {"tags": []})
    for body in sent:
        written = check.control(sessions.update(session.id, body), judged_by="update.answers-200")
        with check.judging("replies.write-seen-within-wait"):
            sample_calls.seen(check, session, written)
    closed = check.control(sessions.close(session.id, {"reason": "seen"}), judged_by="close.answers-200")
    with check.judging("replies.write-seen-within-wait"):
        sample_calls.seen(check, session, closed)
    with check.judging("close.keeps-other-members"):
        assert without_close_fields(closed.row) == without_close_fields(written.row)


@pytest.mark.requirement("replies.write-seen-at-once")
def test_what_a_write_showed_is_read_at_once(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.fresh()
    sessions = session.sessions
    for address in session.addresses:
        written = check.control(
            sessions.update(address, {"tags": [address[:60]]}), judged_by="update.answers-200"
        )
        assert sessions.retrieve(address).row.without_volatile() == written.row.without_volatile()


@pytest.mark.requirement("replies.reads-do-not-go-back")
def test_reads_do_not_go_back(check: Check, shared_sessions: SharedSessions, bodies: Bodies) -> None:
    session = shared_sessions.open()
    written = session.sessions.update(session.id, {"tags": [bodies.new_name()]})
    check.control(written, judged_by="update.answers-200")
    reads = [session.sessions.retrieve(address) for address in session.addresses * READS]
    show = [reply.is_object and reply["tags"] == written["tags"] for reply in reads]
    assert show == sorted(show)
