"""The token of one session reads no other: not a neighbour by name, not one of another environment."""

import pytest

from suites.trigger.support.access.intruders import Intruder, IntruderCalls, at_retrieve, judge, shows_nothing
from suites.trigger.support.access.public_tokens import NOT_TO_READ, foreign_token, key_of, named_oddly
from suites.trigger.support.access.two_environments import Environments
from suites.trigger.support.addresses import found
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.doors.array_sessions import Array
from suites.trigger.support.shared_sessions import WITH_NAME, WITHOUT_NAME, SharedSessions, marked
from tck.checking import SUCCESS, Check, NotTested, Row


def reads_itself(check: Check, session: LiveSession) -> Row:
    """What the session's own token retrieves; the positive control."""
    key, bearing = key_of(session), session.sessions.bearing(session.token)
    reply = check.last_look(lambda: bearing.retrieve(key), found)
    return check.control(reply, judged_by="tokens.retrieves-own-session").row


def with_the_token_of(
    owner: LiveSession, session: LiveSession, shown: Row, requirement: str, about: str
) -> list[IntruderCalls]:
    return at_retrieve(foreign_token(owner, requirement, about), session, shown=shown)


@pytest.mark.requirement("tokens.other-session-not-retrievable", "tokens.refusal-shows-nothing")
def test_the_token_of_another_session_does_not_retrieve(
    check: Check, shared_sessions: SharedSessions
) -> None:
    named, unnamed = shared_sessions.open(WITH_NAME), shared_sessions.open(WITHOUT_NAME)
    rows = {session.id: reads_itself(check, session) for session in (named, unnamed)}
    rows |= {session.id: session.read() for session in map(shared_sessions.closed, (WITH_NAME, WITHOUT_NAME))}
    requirement, about = "tokens.other-session-not-retrievable", "the token of another session"
    wanted = (
        (named, unnamed), (named, shared_sessions.closed(WITHOUT_NAME)),
        (unnamed, named), (unnamed, shared_sessions.closed(WITH_NAME)),
    )  # fmt: skip
    attempts = [
        family
        for owner, session in wanted
        for family in with_the_token_of(owner, session, rows[session.id], requirement, about)
    ]
    judge(check, attempts)


def neighbours(shared_sessions: SharedSessions, bodies: Bodies) -> list[LiveSession]:
    """Sessions whose externalIds are nearly that of the shared open one."""
    name = shared_sessions.open().external_id
    own = name.removeprefix(bodies.run.target.prefix)
    longer, other_case = f"{name}c", name.removesuffix(own) + own.upper()
    with_a_word, pattern = f"{name} c", f"{name[:-1]}*"
    made = [
        shared_sessions.make(marked(bodies, externalId=one))
        for one in (longer, other_case, with_a_word, pattern)
    ]
    return [*made, named_oddly(shared_sessions, bodies)]


@pytest.mark.requirement("tokens.neighbour-not-retrievable", "tokens.refusal-shows-nothing")
def test_the_token_of_a_neighbour_does_not_retrieve(
    check: Check, shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    middle, around = shared_sessions.open(), neighbours(shared_sessions, bodies)
    requirement = "tokens.neighbour-not-retrievable"
    attempts = []
    shown = reads_itself(check, middle)
    for neighbour in around:
        apart(middle, neighbour)
        row, about = reads_itself(check, neighbour), f"the token of {neighbour.external_id!r}"
        attempts += with_the_token_of(neighbour, middle, shown, requirement, about)
        attempts += with_the_token_of(middle, neighbour, row, requirement, "the token of a neighbour")
    judge(check, attempts)


def apart(one: LiveSession, other: LiveSession) -> None:
    """A precondition: two externalIds that differ make two sessions."""
    if one.id == other.id:
        raise NotTested(
            "two different externalIds made one session", judged_by="create.values-keep-external-id"
        )


def pair(environments: Environments, shelf: dict[str, LiveSession]) -> tuple[LiveSession, LiveSession]:
    """Two sessions with one externalId, at home and abroad; the same pair serves the other way round."""
    if not shelf:
        shelf.update({one.sessions.credential: one for one in environments.namesakes()})
    home, abroad = environments.home, environments.abroad
    return shelf[home.credential].seen_by(home), shelf[abroad.credential].seen_by(abroad)


@pytest.mark.requirement("tokens.other-environment-not-retrievable")
def test_the_token_of_another_environment_does_not_retrieve(
    check: Check, environments: Environments, shelf: dict[str, LiveSession]
) -> None:
    session, namesake = pair(environments, shelf)
    requirement = "tokens.other-environment-not-retrievable"
    tokens = {
        "the token of another environment": namesake.token,
        "its own claims signed with the key of another environment": environments.signed_abroad(session),
    }
    row = reads_itself(check, session)
    reads_itself(check, namesake)
    replies = [session.sessions.bearing(token).retrieve(session.external_id) for token in tokens.values()]
    intruders = [
        Intruder(requirement, about, f"Bearer {token}", NOT_TO_READ) for about, token in tokens.items()
    ]
    judge(check, at_retrieve(intruders, session, (session.id,), row))
    with check.judging(requirement):
        for reply in replies:
            assert reply.status in NOT_TO_READ or reply["id"] == namesake.id
            check.held(shows_nothing(reply, session.created.row), reply)


@pytest.mark.requirement("tokens.other-session-not-retrievable")
def test_the_token_of_a_similar_external_id_does_not_retrieve(
    check: Check, sessions: Sessions, array: Array
) -> None:
    own = array.named("decomposed")
    again = sessions.create(own.body)
    check.control(again, judged_by="create.same-external-id-answers-200")
    bearing = sessions.bearing(str(again["publicAccessToken"].value))
    read = [bearing.retrieve(address).status for address in own.session.addresses]
    if not any(status in SUCCESS for status in read):
        raise NotTested("the token does not read its own session", judged_by="tokens.retrieves-own-session")
    for other in (array.named(form) for form in ("composed", "without-accent", "with-a-zero-width-space")):
        if other.session.id != own.session.id:
            assert bearing.retrieve(other.session.id).status in NOT_TO_READ
