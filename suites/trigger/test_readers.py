"""Whoever shows a session shows the same row: writes, reads by each address, and reads with a token."""

from collections.abc import Mapping

import pytest

from suites.trigger.support.access.public_tokens import (
    READ,
    WRITE,
    key_of,
    lasts_an_hour,
    scopes_of,
)
from suites.trigger.support.addresses import sent_members
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.body_sizes import INSIDE
from suites.trigger.support.close import is_closed
from suites.trigger.support.deadlines import but_for_its_own
from suites.trigger.support.doors.array_sessions import Array, ArraySession
from suites.trigger.support.doors.arrays import combinations, words_of
from suites.trigger.support.doors.wire import reading, sending, spelt
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.shared_sessions import SharedSessions, for_both_kinds
from tck.checking import Broken, Check, Reply, Row, Token, read_token, response_rules
from tck.run import Run

SHOWN_BY_EVERY_READER = 3
"""Sessions of the array that are read in every way; the others differ in what they were sent alone."""


def readers_of_an_open_session(session: LiveSession) -> Mapping[str, Reply]:
    """Every reply that shows an open session and leaves it as it is."""
    ask = session.sessions
    again = ask.create(dict(session.sent))
    token = ask.bearing(str(again["publicAccessToken"].value)) if again.succeeded else ask
    by_name, by_id = session.addresses[-1], ask.retrieve(session.id)
    return {
        "a repeated create": again,
        "a retrieve by id": by_id,
        "a retrieve by externalId": ask.retrieve(by_name),
        "a retrieve with the session's token": once_it_shows(by_id, token, by_name),
        "an empty update by id": ask.update(session.id, {}),
        "an empty update by externalId": ask.update(by_name, {}),
    }


def once_it_shows(wanted: Reply, bearing: Sessions, address: str) -> Reply:
    """A retrieve once it shows the row that another one has shown, as tokens may read a replica."""

    def shows(reply: Reply) -> bool:
        both = reply.is_object and wanted.is_object
        return both and reply.row.without_volatile() == wanted.row.without_volatile()

    return bearing.check.last_look(lambda: bearing.retrieve(address), shows)


def readers_of_a_closed_session(session: LiveSession) -> Mapping[str, Reply]:
    """Every reply that shows a closed session and leaves it as it is."""
    ask, by_name = session.sessions, session.addresses[-1]
    by_id = ask.retrieve(session.id)
    with_token = once_it_shows(by_id, ask.bearing(session.token), key_of(session))
    return {
        "a retrieve by id": by_id,
        "a retrieve by externalId": ask.retrieve(by_name),
        "a retrieve with the session's token": with_token,
        "a repeated close by id": ask.close(session.id, {}),
        "a repeated close by externalId": ask.close(by_name, {"reason": "another"}),
    }


def all_show(replies: Mapping[str, Reply], row: Row) -> None:
    """Raise Broken when one of the replies shows another row; what moves by itself does not count."""
    for reader, reply in replies.items():
        differences = row.without_volatile().differences(reply.row.without_volatile())
        if not reply.succeeded or differences:
            seen = "; ".join(differences) or f"it answered {reply.status}"
            raise Broken(f"{reader} shows another row", "the same row", seen, reply.exchange)


@pytest.mark.requirement(
    "replies.every-reader-sees-the-same-row", "retrieve.includes-trigger-config", "create.run-ids-are-unique"
)
def test_every_reader_of_an_open_session_sees_the_same_row(check: Check, array: Array) -> None:
    sessions = [one.session for one in array.open[:SHOWN_BY_EVERY_READER]]
    seen = [(session, readers_of_an_open_session(session)) for session in sessions]
    with check.judging("replies.every-reader-sees-the-same-row"):
        for session, replies in seen:
            all_show(replies, but_for_its_own(session, session.created.row))
    with check.judging("retrieve.includes-trigger-config"):
        for session, replies in seen:
            for reader in (reader for reader in replies if "retrieve" in reader):
                shown, sent = replies[reader]["triggerConfig"], session.sent["triggerConfig"]
                assert sent_members(shown, sent) == sent
    with check.judging("create.run-ids-are-unique"):
        owners: dict[object, LiveSession] = {}
        for session, replies in seen:
            for reply in replies.values():
                for run in runs_shown(reply):
                    if owners.setdefault(run, session) is not session:
                        raise broken(reply, f"two sessions show the run {run}", "a run of its own in each")


def runs_shown(reply: Reply) -> list[object]:
    """The first run and the live one, where a reply shows them."""
    shown = [reply.row.values.get(name) for name in ("runId", "currentRunId")] if reply.succeeded else []
    return [run for run in shown if isinstance(run, str)]


@pytest.mark.requirement("replies.every-reader-sees-the-same-row", "retrieve.includes-trigger-config")
@for_both_kinds
def test_every_reader_of_a_closed_session_sees_the_same_row(
    check: Check, shared_sessions: SharedSessions, kind: str
) -> None:
    session = shared_sessions.closed(kind)
    row, replies = session.eventually_shows(is_closed), readers_of_a_closed_session(session)
    with check.judging("replies.every-reader-sees-the-same-row"):
        all_show(replies, row)
    with check.judging("retrieve.includes-trigger-config"):
        sent = session.sent["triggerConfig"]
        for reader in (reader for reader in replies if "retrieve" in reader):
            assert sent_members(replies[reader]["triggerConfig"], sent) == sent


@pytest.mark.requirement("tokens.name-no-other-session", "tokens.lasts-one-hour")
def test_a_token_names_no_other_session(check: Check, array: Array) -> None:
    with check.judging("tokens.lasts-one-hour"):
        for one in array.every:
            lasts_an_hour(_token_of(one), one.session.created)
    with check.judging("tokens.name-no-other-session"):
        _name_no_other_session(array)


def _token_of(one: ArraySession) -> Token:
    """The token that a create returned, without its signature, which is not kept."""
    return read_token(f"{one.session.created['publicAccessToken'].value}.x")


def _name_no_other_session(array: Array) -> None:
    for one in array.every:
        token = _token_of(one)
        named = {scope for scope in scopes_of(token) if scope.startswith((READ, WRITE))}
        others = {
            scope + address
            for other in array.every
            if other is not one
            for address in other.session.addresses
            for scope in (READ, WRITE)
        }
        assert sorted(named & others) == []
        assert sorted(named & {READ + address for address in one.session.addresses}) != []


# In every way in which a client may ask


def judge_successes(check: Check, run: Run, operation: str, replies: Mapping[str, Reply]) -> None:
    """Judge the media type and the body of those replies that are a success."""
    schema = "CreatedSessionObject" if operation == "create" else "SessionObject"
    good = [reply for reply in replies.values() if reply.succeeded]
    with check.judging(f"{operation}.success-is-json"):
        for reply in good:
            check.held(response_rules.is_json(reply), reply)
    with check.judging(f"{operation}.success-matches-schema"):
        for reply in good:
            check.held(response_rules.matches(run.api, schema, reply), reply)


@pytest.mark.requirement(
    "retrieve.by-id-answers-200",
    "retrieve.by-external-id-answers-200",
    "tokens.retrieves-own-session",
    "retrieve.success-is-json",
    "retrieve.success-matches-schema",
    "replies.every-reader-sees-the-same-row",
)
def test_a_retrieve_is_answered_alike_however_it_is_asked(
    check: Check, run: Run, shared_sessions: SharedSessions
) -> None:
    states = {"open": shared_sessions.open(), "closed": shared_sessions.closed()}
    before = {state: session.read() for state, session in states.items()}
    for session in states.values():
        bearing = session.sessions.bearing(session.token)
        once_it_shows(session.sessions.retrieve(session.id), bearing, key_of(session))
    replies: dict[str, dict[str, Reply]] = {address: {} for address in JUDGED_BY}
    for one in combinations("retrieve"):
        session, by_token = states[one["state"]], one["address"] == "external-id-by-token"
        address = key_of(session) if by_token else session.addresses[one["address"] != "id"]
        ask = session.sessions.bearing(session.token) if by_token else session.sessions
        replies[one["address"]][words_of(one)] = ask.retrieve(address, **reading(one))
    for address, requirement in JUDGED_BY.items():
        with check.judging(requirement):
            response_rules.all_answer(200, replies[address].items())
    every = {about: reply for some in replies.values() for about, reply in some.items()}
    judge_successes(check, run, "retrieve", every)
    with check.judging("replies.every-reader-sees-the-same-row"):
        for about, reply in ((about, reply) for about, reply in every.items() if reply.succeeded):
            all_show({f"a retrieve with {about}": reply}, before["open" if "open" in about else "closed"])


JUDGED_BY = {
    "id": "retrieve.by-id-answers-200",
    "external-id": "retrieve.by-external-id-answers-200",
    "external-id-by-token": "tokens.retrieves-own-session",
}
"""The requirement that says that a retrieve is answered, by the address."""


@pytest.mark.requirement(
    "create.same-external-id-answers-200",
    "create.closed-external-id-answers-409",
    "create.success-is-json",
    "create.success-matches-schema",
)
def test_a_repeated_create_is_answered_alike_however_it_is_written(
    check: Check, run: Run, sessions: Sessions, shared_sessions: SharedSessions
) -> None:
    states = {"open": shared_sessions.open(), "closed": shared_sessions.closed()}
    replies: dict[str, dict[str, Reply]] = {"open": {}, "closed": {}}
    for one in combinations("create-known"):
        raw = spelt(one["spelling"], dict(states[one["state"]].sent), INSIDE)
        replies[one["state"]][words_of(one)] = sessions.create(raw=raw, **sending(one))
    with check.judging("create.same-external-id-answers-200"):
        response_rules.all_answer(200, replies["open"].items())
    with check.judging("create.closed-external-id-answers-409"):
        response_rules.all_answer(409, replies["closed"].items())
    judge_successes(check, run, "create", replies["open"])
