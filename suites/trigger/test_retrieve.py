"""Retrieving a session, open or closed, by either address."""

from collections.abc import Callable

import pytest

from suites.trigger.support.addresses import found, reached, sent_members
from suites.trigger.support.api import LiveSession, NewSession, Sessions
from suites.trigger.support.bodies import OMITTED, Bodies
from suites.trigger.support.close import is_closed
from suites.trigger.support.closed_rows import still_whole
from suites.trigger.support.create import first_of
from suites.trigger.support.replies.shared_replies import SharedReplies
from suites.trigger.support.shared_sessions import SharedSessions, shared
from tck.checking import NULL, Check, Reply, eventually

READS = 8
"""How often a session is read in a row, so that a server that fails now and then is seen to."""
FEW = 3
"""How often where others see to that."""


KINDS = ("an open session", "a session without externalId", "a closed session")
every_kind = pytest.mark.parametrize("kept", KINDS, indirect=True)
named_kinds = pytest.mark.parametrize("kept", ["an open session", "a closed session"], indirect=True)


@pytest.fixture
def least(
    shelf: dict[str, LiveSession], sessions: Sessions, new_session: NewSession, bodies: Bodies
) -> Callable[[], LiveSession]:
    """Makes an open session without an externalId, with the required members; shared by these checks."""
    return lambda: shared(shelf, "least", lambda: new_session(bodies.minimal(externalId=OMITTED)), sessions)


@pytest.fixture
def kept(
    request: pytest.FixtureRequest, shared_sessions: SharedSessions, least: Callable[[], LiveSession]
) -> LiveSession:
    """A session of the kind that the parameter names."""
    by_kind = dict(zip(KINDS, (shared_sessions.open, least, shared_sessions.closed), strict=True))
    session: LiveSession = by_kind[request.param]()
    return session


@pytest.fixture
def retrieved(kept: LiveSession, shared_replies: SharedReplies) -> list[Reply]:
    """What a retrieve by each address of the session answers, once it finds the session."""
    return shared_replies.asked_once(
        f"retrieves of {kept.id}", lambda: [reached(kept, address) for address in kept.addresses]
    )


def reads(session: LiveSession, address: str, times: int) -> list[Reply]:
    """Several reads in a row by one address."""
    return [session.sessions.retrieve(address) for _ in range(times)]


@pytest.mark.requirement("retrieve.by-id-answers-200")
@pytest.mark.parametrize(("kept", "times"), [*zip(KINDS, (READS, FEW, FEW), strict=True)], indirect=["kept"])
def test_a_session_is_found_by_its_id(check: Check, kept: LiveSession, times: int) -> None:
    replies = check.last_look(lambda: reads(kept, kept.id, times), lambda replies: all(map(found, replies)))
    for reply in replies:
        assert reply.status == 200
        assert reply["id"] == kept.id


@pytest.mark.requirement("retrieve.by-external-id-answers-200")
@named_kinds
def test_a_session_is_found_by_its_external_id(check: Check, kept: LiveSession) -> None:
    replies = check.last_look(
        lambda: reads(kept, kept.external_id, FEW), lambda replies: all(map(found, replies))
    )
    for reply in replies:
        assert reply.status == 200
        assert reply["externalId"] == kept.external_id
        assert reply["id"] == kept.id


@pytest.mark.requirement("retrieve.both-addresses-same-row")
@pytest.mark.parametrize("kept", ["a closed session"], indirect=True)
def test_both_addresses_show_the_same_closed_row(kept: LiveSession) -> None:
    by_id, by_external_id = eventually(
        lambda: [reached(kept, address).row for address in kept.addresses], lambda rows: rows[0] == rows[1]
    ).value
    assert by_external_id == by_id


@pytest.mark.requirement("retrieve.both-addresses-same-row")
@pytest.mark.parametrize("kept", ["an open session"], indirect=True)
def test_both_addresses_show_the_same_open_row(kept: LiveSession) -> None:
    by_id, by_external_id = eventually(
        lambda: [reached(kept, address).row.without_volatile() for address in kept.addresses],
        lambda rows: rows[0] == rows[1],
    ).value
    assert by_external_id == by_id


@pytest.mark.requirement("retrieve.both-addresses-same-row")
def test_both_addresses_show_an_update(check: Check, shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    for address in session.addresses:
        reached(session, address)
    tags = [*session.sent["tags"], "seen from both"]
    check.control(session.sessions.update(session.id, {"tags": tags}), judged_by="update.answers-200")
    for address in session.addresses:
        reply = check.last_look(
            lambda address=address: session.sessions.retrieve(address),  # type: ignore[misc]
            lambda reply: found(reply) and reply["tags"] == tags,
        )
        assert reply.status == 200
        assert reply["tags"] == tags


@pytest.mark.requirement("retrieve.includes-trigger-config")
@every_kind
def test_a_retrieved_row_includes_trigger_config(kept: LiveSession, retrieved: list[Reply]) -> None:
    sent = kept.sent["triggerConfig"]
    for reply in retrieved:
        assert sent_members(reply["triggerConfig"], sent) == sent


@pytest.mark.requirement("retrieve.current-run-id-is-run-or-null")
@every_kind
def test_the_current_run_is_a_run_or_none(retrieved: list[Reply]) -> None:
    for reply in retrieved:
        shown = reply["currentRunId"]
        assert shown == NULL or first_of(shown, 4) == "run_"


@pytest.mark.requirement("retrieve.changes-nothing")
@pytest.mark.parametrize("kept", ["an open session", "a session without externalId"], indirect=True)
def test_reading_an_open_session_changes_nothing(kept: LiveSession) -> None:
    before = kept.read()
    for address in kept.addresses * 2:
        kept.sessions.retrieve(address)
    assert kept.still(before).without_volatile() == before.without_volatile()


@pytest.mark.requirement("retrieve.changes-nothing")
@pytest.mark.parametrize("kept", ["a closed session"], indirect=True)
def test_reading_a_closed_session_changes_nothing_at_all(kept: LiveSession) -> None:
    before = kept.eventually_shows(is_closed)
    for address in kept.addresses * 2:
        kept.sessions.retrieve(address)
    assert still_whole(kept, before) == before
