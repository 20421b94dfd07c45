"""What differs in one character is another address: on retrieve, update, close and a repeated create."""

from collections.abc import Sequence

import pytest

from suites.trigger.support.api import LiveSession, Sessions, path_of
from suites.trigger.support.bodies import ID_PREFIX
from suites.trigger.support.close import REASON
from suites.trigger.support.doors.array_sessions import Array, ArraySession
from suites.trigger.support.doors.names import ALIKE, MORE_ALIKE
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.update import REFUSES_AN_ILL_FORMED_ID, was_refused
from tck.checking import NULL, Check, NotTested, Row

PLAIN = "without-accent"
"""The ending that the others resemble."""
NOT_FOUND, ILL_FORMED = frozenset({404}), frozenset({400, 422})
ENDINGS_OF_IDS = (".json", ".", "#", "?", ":", "\u200b", "\u00ad")
"""What may stand behind an id in an address that is then no id."""
ENDINGS_OF_NO_TEXT = ("%00", "%FF")
"""A NUL, and a byte that is no UTF-8: what they make of an address some servers cannot even look for."""


def alike(array: Array) -> list[ArraySession]:
    """The sessions whose names look alike."""
    return [one for one in array.having("name") if one.words["name"] in ALIKE]


def of_its_own(array: Array, name: str = PLAIN) -> LiveSession:
    """One of those sessions; raises NotTested unless it is one of its own and has its name."""
    session = array.named(name).session
    if [one.session.id for one in array.every].count(session.id) > 1:
        raise NotTested(
            "two creates came to one session", judged_by="create.similar-external-ids-are-different"
        )
    if row_now(session)["externalId"] != session.external_id:
        raise NotTested(
            "the session has lost its externalId", judged_by="create.same-external-id-returns-same-id"
        )
    return session


def names_like(session: LiveSession) -> list[str]:
    """Names that nothing has and that look like this session's, which ends in a plain letter."""
    stem = session.external_id.removesuffix(ALIKE[PLAIN])
    return [stem + ending for ending in MORE_ALIKE.values()]


def ids_like(session: LiveSession) -> list[str]:
    """Addresses that nothing has and that look like this session's id."""
    prefix, _, rest = session.id.partition("_")
    others = [f"{prefix.upper()}_{rest}", f"{prefix.title()}_{rest}", f"{prefix}__{rest}", f"{prefix}-{rest}"]
    return others + [f"{session.id}{ending}" for ending in ENDINGS_OF_IDS]


def finding_nothing(address: str) -> frozenset[int]:
    """The statuses that say that nothing has an address; one that begins like an id may be ill-formed."""
    return NOT_FOUND | ILL_FORMED if address.startswith(ID_PREFIX) else NOT_FOUND


def seen(sessions: Sequence[ArraySession]) -> list[Row]:
    """The rows of these sessions without what moves by itself."""
    return [one.session.read().without_volatile() for one in sessions]


@pytest.mark.requirement("retrieve.similar-address-not-found")
def test_a_retrieve_of_a_similar_address_finds_nothing(sessions: Sessions, array: Array) -> None:
    session = array.named(PLAIN).session
    assert sessions.retrieve(session.external_id)["id"] == session.id
    for address in (*names_like(session), *ids_like(session)):
        assert sessions.retrieve(address).status in finding_nothing(address)
    for ending in ENDINGS_OF_NO_TEXT:
        assert sessions.ask("GET", f"{path_of(session.external_id)}{ending}").status >= 300


@pytest.mark.requirement("retrieve.similar-address-not-found")
def test_each_of_several_similar_names_finds_its_own_session(sessions: Sessions, array: Array) -> None:
    for one in alike(array):
        assert sessions.retrieve(one.session.external_id)["id"] == one.session.id


@pytest.mark.requirement("update.similar-address-not-found")
def test_an_update_of_a_similar_address_changes_nothing(
    check: Check, sessions: Sessions, array: Array
) -> None:
    session, others = of_its_own(array), alike(array)
    before = seen(others)
    for address in (*names_like(session), *ids_like(session)):
        reply = sessions.update(address, {"metadata": {"meant": "for another"}})
        assert reply.status in finding_nothing(address)
    for after, was in zip(seen(others), before, strict=True):
        assert after == was
    check.control(sessions.update(session.external_id, {}), judged_by="update.encoded-external-id-found")


@pytest.mark.requirement("close.similar-address-not-found")
def test_a_close_of_a_similar_address_closes_nothing(check: Check, sessions: Sessions, array: Array) -> None:
    session, closed, others = of_its_own(array), of_its_own(array, "capital"), alike(array)
    before = seen(others)
    for address in (*names_like(session), *ids_like(session)):
        assert sessions.close(address, {"reason": REASON}).status in finding_nothing(address)
    for after, was in zip(seen(others), before, strict=True):
        assert after == was
    check.control(sessions.close(closed.external_id, {}), judged_by="close.repeat-answers-200")


@pytest.mark.requirement("create.similar-external-ids-are-different")
def test_a_repeated_create_finds_the_session_of_its_own_name(sessions: Sessions, array: Array) -> None:
    for one in alike(array):
        again = sessions.create(one.body)
        expected = 409 if one.closed else 200
        assert again.status == expected
        assert expected == 409 or again["id"] == one.session.id


@pytest.mark.requirement("update.same-external-id-accepted")
def test_an_own_external_id_of_any_letters_is_accepted(sessions: Sessions, array: Array) -> None:
    for one in (one for one in alike(array) if not one.closed):
        name = one.read["externalId"].value
        assert sessions.update(one.session.id, {"externalId": name}).status == 200, one.words["name"]


@pytest.mark.requirement("update.different-external-id-answers-422", "update.refused-update-applies-nothing")
def test_a_similar_external_id_answers_422(check: Check, sessions: Sessions, array: Array) -> None:
    session = of_its_own(array)
    others = [one.session.external_id for one in alike(array) if one.session.id != session.id]
    before = row_now(session).without_volatile()
    replies = [
        sessions.update(session.id, {"externalId": name, "tags": ["along"]})
        for name in (*names_like(session), *others)
    ]
    by_its_id = sessions.update(session.id, {"externalId": session.id, "tags": ["along"]})
    with check.judging("update.refused-update-applies-nothing"):
        for reply in (*replies, by_its_id):
            was_refused(reply, judged_by="update.different-external-id-answers-422")
        assert session.read().without_volatile() == before
    for reply in replies:
        assert reply.status == 422
    assert by_its_id.status in REFUSES_AN_ILL_FORMED_ID
    own = sessions.update(session.id, {"externalId": session.external_id})
    check.control(own, judged_by="update.same-external-id-accepted")
    assert row_now(session)["closedAt"] == NULL
