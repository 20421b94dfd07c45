"""The token of one session reads no other: not a neighbour by name, not one of another environment."""

import pytest

from suites.trigger.support.access.intruders import Intruder, IntruderCalls, at_retrieve, judge, shows_nothing
from suites.trigger.support.access.public_tokens import NOT_TO_READ, foreign_token, key_of
from suites.trigger.support.access.two_environments import Environments
from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.shared_sessions import WITH_NAME, WITHOUT_NAME, SharedSessions, marked
from tck.checking import Check, NotTested


def reads_itself(check: Check, session: LiveSession) -> None:
    """The positive control: the session's own token retrieves it."""
    reply = session.sessions.bearing(session.token).retrieve(key_of(session))
    check.control(reply, judged_by="tokens.retrieves-own-session")


def with_the_token_of(
    owner: LiveSession, session: LiveSession, requirement: str, about: str
) -> list[IntruderCalls]:
    return at_retrieve(foreign_token(owner, requirement, about), session)


@pytest.mark.requirement("tokens.other-session-not-retrievable", "tokens.refusal-shows-nothing")
@pytest.mark.parametrize(
    ("owned", "wanted"),
    [
        pytest.param(WITH_NAME, WITHOUT_NAME, id="named-to-unnamed"),
        pytest.param(WITHOUT_NAME, WITH_NAME, id="unnamed-to-named"),
    ],
)
def test_the_token_of_another_session_does_not_retrieve(
    check: Check, shared_sessions: SharedSessions, owned: str, wanted: str
) -> None:
    owner, session = shared_sessions.open(owned), shared_sessions.open(wanted)
    requirement, about = "tokens.other-session-not-retrievable", "the token of another session"
    attempts = [
        *with_the_token_of(owner, session, requirement, about),
        *with_the_token_of(owner, shared_sessions.closed(wanted), requirement, about),
    ]
    reads_itself(check, owner)
    reads_itself(check, session)
    judge(check, attempts)


@pytest.mark.requirement("tokens.neighbour-not-retrievable", "tokens.refusal-shows-nothing")
@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("a", id="prefix"),
        pytest.param("abc", id="extension"),
        pytest.param("AB", id="other-case"),
        pytest.param("ab:c", id="colon-and-more"),
        pytest.param("ab c", id="space-and-more"),
        pytest.param("a*", id="wildcard"),
    ],
)
def test_the_token_of_a_neighbour_does_not_retrieve(
    check: Check, shared_sessions: SharedSessions, bodies: Bodies, ending: str
) -> None:
    middle = shared_sessions.shared(
        "middle", lambda: shared_sessions.make(marked(bodies, externalId=f"{bodies.new_name()}-ab"))
    )
    name = f"{middle.external_id.removesuffix('ab')}{ending}"
    neighbour = shared_sessions.make(marked(bodies, externalId=name))
    apart(middle, neighbour)
    requirement, about = "tokens.neighbour-not-retrievable", "the token of a neighbour"
    attempts = [
        *with_the_token_of(neighbour, middle, requirement, about),
        *with_the_token_of(middle, neighbour, requirement, about),
    ]
    reads_itself(check, middle)
    reads_itself(check, neighbour)
    judge(check, attempts)


def apart(one: LiveSession, other: LiveSession) -> None:
    """A precondition: two externalIds that differ make two sessions."""
    if one.id == other.id:
        raise NotTested(
            "two different externalIds made one session", judged_by="create.values-keep-external-id"
        )


@pytest.mark.requirement("tokens.other-environment-not-retrievable")
def test_the_token_of_another_environment_does_not_retrieve(check: Check, environments: Environments) -> None:
    session, namesake = environments.namesakes()
    requirement = "tokens.other-environment-not-retrievable"
    tokens = {
        "the token of another environment": namesake.token,
        "its own claims signed with the key of another environment": environments.signed_abroad(session),
    }
    replies = [session.sessions.bearing(token).retrieve(session.external_id) for token in tokens.values()]
    intruders = [
        Intruder(requirement, about, f"Bearer {token}", NOT_TO_READ) for about, token in tokens.items()
    ]
    attempts = at_retrieve(intruders, session, (session.id,))
    reads_itself(check, session)
    reads_itself(check, namesake)
    judge(check, attempts)
    with check.judging(requirement):
        for reply in replies:
            assert reply.status in NOT_TO_READ or reply["id"] == namesake.id
            check.held(shows_nothing(reply, session.created.row), reply)
