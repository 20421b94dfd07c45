"""The public token that a create returns: what it says, and what it may do."""

import pytest

from suites.trigger.support.access.intruders import Intruder, at_close, at_update, intrusion, judge
from suites.trigger.support.access.public_tokens import (
    key_of,
    lasts_an_hour,
    named_oddly,
    own_token,
    scopes_beyond,
    scopes_lacking,
    token_of,
)
from suites.trigger.support.addresses import found
from suites.trigger.support.api import LiveSession, path_of
from suites.trigger.support.bodies import Bodies, Body
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.shared_sessions import SharedSessions, for_both_kinds, updated
from tck.checking import Check, encoded, eventually, read_token


@pytest.fixture
def oddly_named(shared_sessions: SharedSessions, bodies: Bodies) -> LiveSession:
    """A session whose externalId holds what scopes, lists and patterns are made of."""
    return named_oddly(shared_sessions, bodies)


@pytest.mark.requirement("tokens.is-jwt")
@for_both_kinds
def test_the_token_of_a_new_session_is_a_jwt(shared_sessions: SharedSessions, kind: str) -> None:
    read_token(shared_sessions.open(kind).created["publicAccessToken"])


CARRIES_ITS_SCOPES = pytest.mark.requirement(
    "tokens.carries-session-scopes", "tokens.scopes-reach-no-further"
)


def judge_scopes(check: Check, session: LiveSession) -> None:
    """Judge the scopes of the token that the create of a session returned."""
    token = token_of(session)
    with check.judging("tokens.carries-session-scopes"):
        assert scopes_lacking(token, session) == []
    with check.judging("tokens.scopes-reach-no-further"):
        assert scopes_beyond(token, session) == []


@CARRIES_ITS_SCOPES
@for_both_kinds
def test_the_token_carries_the_two_scopes_of_its_session(
    check: Check, shared_sessions: SharedSessions, kind: str
) -> None:
    judge_scopes(check, shared_sessions.open(kind))


@CARRIES_ITS_SCOPES
def test_the_scopes_hold_an_odd_external_id_as_it_is(check: Check, oddly_named: LiveSession) -> None:
    judge_scopes(check, oddly_named)


@pytest.mark.requirement("tokens.lasts-one-hour")
@for_both_kinds
def test_the_token_lasts_one_hour(shared_sessions: SharedSessions, kind: str) -> None:
    session = shared_sessions.open(kind)
    lasts_an_hour(token_of(session), session.created)


@pytest.mark.requirement("tokens.issued-on-cached-create")
def test_a_cached_create_returns_a_token_of_the_same_kind(
    check: Check, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session = shared_sessions.fresh()
    again = session.sessions.create(bodies.minimal(externalId=session.external_id, type="another"))
    check.control(again, judged_by="create.same-external-id-answers-200")
    token = read_token(again["publicAccessToken"])
    assert scopes_lacking(token, session) == []
    assert scopes_beyond(token, session) == []
    lasts_an_hour(token, again)
    bearing = session.sessions.bearing(token.text)
    reply = eventually(lambda: bearing.retrieve(key_of(session)), lambda reply: reply.status == 200).value
    assert reply.status == 200
    assert reply["id"] == session.id


@pytest.mark.requirement("tokens.retrieves-own-session")
@for_both_kinds
def test_the_token_retrieves_its_session(check: Check, shared_sessions: SharedSessions, kind: str) -> None:
    retrieved_with_its_token(check, shared_sessions.open(kind))


@pytest.mark.requirement("tokens.retrieves-own-session")
def test_the_token_of_an_odd_external_id_retrieves_its_session(
    check: Check, oddly_named: LiveSession
) -> None:
    retrieved_with_its_token(check, oddly_named)


def retrieved_with_its_token(check: Check, session: LiveSession) -> None:
    key, bearing = key_of(session), session.sessions.bearing(session.token)
    by_key = check.last_look(lambda: session.sessions.retrieve(key), found)
    check.control(by_key, judged_by="retrieve.encoded-external-id-found")
    reply = check.last_look(lambda: bearing.retrieve(key), found)
    assert reply.status == 200
    assert reply["id"] == session.id


@pytest.mark.requirement("tokens.retrieves-own-session-by-either-address")
def test_the_token_retrieves_its_session_by_its_other_address(shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    others = [address for address in session.addresses if address != key_of(session)]
    assert [session.sessions.bearing(session.token).retrieve(address).status for address in others] == [200]


CANNOT_UPDATE = pytest.mark.requirement("tokens.cannot-update", "tokens.refusal-shows-nothing")
CANNOT_CLOSE = pytest.mark.requirement("tokens.cannot-close", "tokens.refusal-shows-nothing")


def not_to_update(session: LiveSession) -> list[Intruder]:
    return own_token(session, "tokens.cannot-update", "tokens.update-answers-401")


def not_to_close(session: LiveSession) -> list[Intruder]:
    return own_token(session, "tokens.cannot-close", "tokens.close-answers-401")


@CANNOT_UPDATE
@for_both_kinds
def test_the_token_cannot_update_its_session(
    check: Check, shared_sessions: SharedSessions, bodies: Bodies, kind: str
) -> None:
    session = shared_sessions.open(kind)
    others: tuple[Body, ...] = ({"metadata": None}, {"tags": []}, {})
    taken = [body for body in others if session.sessions.update(session.id, body).succeeded]
    updated(check, session, intrusion(bodies))
    attempts = at_update(not_to_update(session), session, intrusion(bodies), *taken)
    judge(check, attempts)


@CANNOT_UPDATE
@for_both_kinds
def test_the_token_cannot_update_its_closed_session(
    check: Check, shared_sessions: SharedSessions, bodies: Bodies, kind: str
) -> None:
    session = shared_sessions.closed(kind)
    judge(check, at_update(not_to_update(session), session, intrusion(bodies)))


@pytest.mark.requirement("tokens.cannot-update")
def test_no_header_and_no_slash_makes_the_token_update(
    check: Check, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session, intruding = shared_sessions.open(), intrusion(bodies)
    before, ask = row_now(session).without_volatile(), session.sessions.bearing(session.token)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method"):
        ask.send("", "GET", path_of(key_of(session)), encoded(intruding), headers={header: "PATCH"})
    ask.ask("PATCH", f"{path_of(key_of(session))}/", encoded(intruding))
    ask.ask("POST", f"{path_of(key_of(session))}/close/", encoded({"reason": "not with a token"}))
    assert session.still(before).without_volatile() == before
    updated(check, session, intruding)


@CANNOT_CLOSE
@for_both_kinds
def test_the_token_cannot_close_its_session(check: Check, shared_sessions: SharedSessions, kind: str) -> None:
    session = shared_sessions.fresh(kind)
    attempts = at_close(not_to_close(session), session, {"reason": "not with a token"}, {})
    check.control(session.sessions.close(session.id, {"reason": "control"}), judged_by="close.answers-200")
    judge(check, attempts)


@CANNOT_CLOSE
@for_both_kinds
def test_the_token_cannot_close_its_closed_session(
    check: Check, shared_sessions: SharedSessions, kind: str
) -> None:
    session = shared_sessions.closed(kind)
    attempts = at_close(not_to_close(session), session, {"reason": "not with a token"}, {})
    check.control(session.sessions.close(session.id, {}), judged_by="close.repeat-answers-200")
    judge(check, attempts)


@pytest.mark.requirement("tokens.update-answers-401")
def test_update_answers_the_token_with_401(shared_sessions: SharedSessions, bodies: Bodies) -> None:
    session = shared_sessions.open()
    reply = session.sessions.bearing(session.token).update(session.id, intrusion(bodies))
    assert reply.status == 401


@pytest.mark.requirement("tokens.close-answers-401")
def test_close_answers_the_token_with_401(shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    reply = session.sessions.bearing(session.token).close(session.id, {})
    assert reply.status == 401
