"""The externalId is read-only: update takes the session's own and refuses every other."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from suites.trigger.support.api import LiveSession, NewSession, Sessions
from suites.trigger.support.bodies import ELEVEN_TAGS, OMITTED, Bodies, Body
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.shared_sessions import WITHOUT_NAME, SharedSessions, shared
from suites.trigger.support.update import (
    REFUSES_AN_ILL_FORMED_ID,
    arranged,
    by_either_address,
    in_turn,
    was_refused,
    were_refused,
    written,
)
from tck.checking import NULL, Check, NotApplicable

Naming = Callable[[str], str]
ALONG: Body = {"tags": ["along"], "metadata": {"along": {"deep": True}}}
"""What is sent along with an externalId, so that it shows whether the update took effect."""
SENT_ALONG: tuple[Body, ...] = (
    {},
    {"tags": ["along"]},
    {"metadata": {"along": 1}},
    {"tags": [], "metadata": None},
)
DIFFERENT: tuple[tuple[Naming, Body], ...] = (
    ("other-{}".format, {}),
    ("other-{}".format, {"tags": ["along"]}),
    ("other-{}".format, {"tags": [], "metadata": None}),
    ("{}0".format, ALONG),
    (lambda own: own[:-1], ALONG),
)
"""What makes another externalId of a session's own, and what is sent along with it."""
NO_TEXTS: tuple[Callable[[str], object], ...] = (
    lambda own: [own],
    lambda own: {"externalId": own},
    lambda _: 1,
    lambda _: 0,
    lambda _: True,
    lambda _: False,
    lambda _: [],
)
taking_effect = pytest.mark.parametrize(
    "along",
    [
        pytest.param({}, id="alone"),
        pytest.param({"tags": ["along"]}, id="with-tags"),
        pytest.param(ALONG, id="with-both"),
        pytest.param({"tags": [], "metadata": None}, id="emptying-both"),
    ],
)


@pytest.fixture
def bare(shelf: dict[str, LiveSession], sessions: Sessions, new_session: NewSession) -> LiveSession:
    """An open session without an externalId, shared by the checks of this module."""
    return shared(shelf, "bare", lambda: new_session(externalId=OMITTED), sessions)


@pytest.fixture
def neighbour(
    shelf: dict[str, LiveSession], sessions: Sessions, new_session: NewSession, bodies: Bodies
) -> LiveSession:
    """Another open session, its externalId ending in a composed letter, shared by this module's checks."""
    name = f"{bodies.new_name()}-Caf\u00e9"
    return shared(shelf, "neighbour", lambda: new_session(externalId=name), sessions)


@pytest.mark.requirement("update.same-external-id-accepted")
@by_either_address
@taking_effect
def test_the_own_external_id_is_accepted(
    check: Check, workbench: LiveSession, at: int, along: dict[str, Any]
) -> None:
    before = arranged(workbench)
    row = written(check, workbench, workbench.addresses[at], {"externalId": workbench.external_id, **along})
    expected = {"tags": before["tags"].value, "metadata": before["metadata"].value, **along}
    assert row.told["externalId"] == workbench.external_id
    assert row.read["externalId"] == workbench.external_id
    assert row.read["tags"] == expected["tags"]
    assert row.read["metadata"] == expected["metadata"]
    assert row.told["tags"] == expected["tags"]
    assert row.told["metadata"] == expected["metadata"]


@pytest.mark.requirement("update.different-external-id-answers-422", "update.refused-update-applies-nothing")
def test_a_different_external_id_answers_422(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    own = workbench.external_id
    different = [{"externalId": naming(own), **along} for naming, along in DIFFERENT]
    replies = in_turn(workbench, different, workbench.addresses)
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.different-external-id-answers-422")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        assert reply.status == 422
    for put_right in in_turn(workbench, [{"externalId": own, **along} for _, along in DIFFERENT[:4]]):
        check.control(put_right, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.different-external-id-answers-422", "update.refused-update-applies-nothing")
def test_the_external_id_of_another_session_answers_422(
    check: Check, workbench: LiveSession, neighbour: LiveSession
) -> None:
    before, theirs = arranged(workbench), row_now(neighbour)
    taken = {"externalId": neighbour.external_id, **ALONG}
    reply = workbench.sessions.update(workbench.id, taken)
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.different-external-id-answers-422")
        assert workbench.still(before).without_volatile() == before.without_volatile()
        assert neighbour.still(theirs).without_volatile() == theirs.without_volatile()
    assert reply.status == 422
    put_right = workbench.sessions.update(workbench.id, {**taken, "externalId": workbench.external_id})
    check.control(put_right, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.different-external-id-answers-422", "update.refused-update-applies-nothing")
def test_the_external_id_with_its_letter_decomposed_answers_422(check: Check, neighbour: LiveSession) -> None:
    before = arranged(neighbour)
    decomposed = {"externalId": neighbour.external_id.replace("\u00e9", "e\u0301"), **ALONG}
    reply = neighbour.sessions.update(neighbour.id, decomposed)
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.different-external-id-answers-422")
        assert neighbour.still(before).without_volatile() == before.without_volatile()
    assert reply.status == 422
    put_right = neighbour.sessions.update(neighbour.id, {**decomposed, "externalId": neighbour.external_id})
    check.control(put_right, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.different-external-id-answers-422", "update.refused-update-applies-nothing")
def test_the_external_id_without_its_last_space_answers_422(
    check: Check, new_session: NewSession, bodies: Bodies
) -> None:
    session = new_session(externalId=f"{bodies.new_name()} ")
    own = session.external_id
    _trimming_is_not_judged(session.created["externalId"] == own)
    before = arranged(session)
    reply = session.sessions.update(session.id, {"externalId": own.rstrip(), **ALONG})
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.different-external-id-answers-422")
        assert session.still(before).without_volatile() == before.without_volatile()
    assert reply.status == 422
    put_right = session.sessions.update(session.id, {"externalId": own, **ALONG})
    check.control(put_right, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.external-id-other-case-answers-422", "update.refused-update-applies-nothing")
def test_the_external_id_in_another_case_answers_422(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    own = workbench.external_id
    replies = in_turn(
        workbench,
        [{"externalId": name, **ALONG} for name in (own.upper(), own.capitalize())],
        workbench.addresses,
    )
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.external-id-other-case-answers-422")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        assert reply.status == 422
    for put_right in in_turn(workbench, [{"externalId": own, **ALONG}], workbench.addresses):
        check.control(put_right, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.null-external-id-answers-422", "update.refused-update-applies-nothing")
def test_a_null_external_id_answers_422_when_there_is_one(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    replies = in_turn(workbench, [{"externalId": None, **along} for along in SENT_ALONG], workbench.addresses)
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.null-external-id-answers-422")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        assert reply.status == 422
    own = workbench.external_id
    for put_right in in_turn(workbench, [{"externalId": own, **along} for along in SENT_ALONG]):
        check.control(put_right, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.external-id-cannot-be-set-later", "update.refused-update-applies-nothing")
def test_an_external_id_cannot_be_given_to_a_session_without_one(
    check: Check, bare: LiveSession, bodies: Bodies
) -> None:
    before = arranged(bare)
    name = bodies.new_name()
    by_its_id = in_turn(bare, [{"externalId": bare.id, **along} for along in SENT_ALONG])
    replies = in_turn(bare, [{"externalId": name, **along} for along in SENT_ALONG])
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.external-id-cannot-be-set-later")
        assert bare.still(before).without_volatile() == before.without_volatile()
    for reply in by_its_id:
        assert reply.status in REFUSES_AN_ILL_FORMED_ID
    for reply in replies:
        assert reply.status == 422
    assert row_now(bare)["externalId"] == NULL
    assert bare.sessions.retrieve(name).status == 404
    for put_right in in_turn(bare, [{"externalId": None, **along} for along in SENT_ALONG]):
        check.control(put_right, judged_by="update.null-external-id-accepted-when-unset")


FAULTS: Mapping[str, Body] = {
    "update.eleven-tags-refused": {"tags": ELEVEN_TAGS},
    "update.tag-too-long-refused": {"tags": ["x" * 129]},
    "update.tags-wrong-type-refused": {"tags": "words"},
    "update.metadata-wrong-type-refused": {"metadata": ["words"]},
}
"""Faults of an update's body, by the requirement that says that they are refused."""


@pytest.mark.requirement(*FAULTS, "update.refused-update-applies-nothing")
def test_an_update_is_looked_at_where_there_is_no_external_id_as_well(
    check: Check, bare: LiveSession
) -> None:
    before = arranged(bare)
    replies = {requirement: bare.sessions.update(bare.id, fault) for requirement, fault in FAULTS.items()}
    with check.judging("update.refused-update-applies-nothing"):
        for requirement, reply in replies.items():
            was_refused(reply, judged_by=requirement)
        assert bare.still(before).without_volatile() == before.without_volatile()
    for requirement, reply in replies.items():
        with check.judging(requirement):
            check.refused(reply, 422, "update.invalid-body-answers-422")


@pytest.mark.requirement("update.external-id-cannot-be-set-later")
def test_an_external_id_cannot_be_given_to_a_closed_session_without_one(
    shared_sessions: SharedSessions, bodies: Bodies
) -> None:
    session, name = shared_sessions.closed(WITHOUT_NAME), bodies.new_name()
    reply = session.sessions.update(session.id, {"externalId": name})
    if reply.succeeded:
        assert reply["externalId"] == NULL
    assert session.still(session.read())["externalId"] == NULL
    assert session.sessions.retrieve(name).status == 404


@pytest.mark.requirement("update.null-external-id-accepted-when-unset")
@taking_effect
def test_a_null_external_id_is_accepted_when_there_is_none(
    check: Check, bare: LiveSession, along: Body
) -> None:
    before = arranged(bare)
    row = written(check, bare, bare.id, {"externalId": None, **along})
    expected = {"tags": before["tags"].value, "metadata": before["metadata"].value, **along}
    assert row.read["tags"] == expected["tags"]
    assert row.read["metadata"] == expected["metadata"]
    assert row.told["externalId"] == NULL
    assert row.read["externalId"] == NULL


@pytest.mark.requirement("update.external-id-empty-refused", "update.refused-update-applies-nothing")
def test_an_empty_external_id_is_refused(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    replies = in_turn(workbench, [{**ALONG, "externalId": ""}], workbench.addresses)
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.external-id-empty-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        check.refused(reply, 422, "update.invalid-body-answers-422", REFUSES_AN_ILL_FORMED_ID)
    put_right = {**ALONG, "externalId": workbench.external_id}
    for reply in in_turn(workbench, [put_right], workbench.addresses):
        check.control(reply, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.external-id-empty-refused", "update.refused-update-applies-nothing")
def test_an_empty_external_id_is_refused_when_there_is_none(check: Check, bare: LiveSession) -> None:
    before = arranged(bare)
    reply = bare.sessions.update(bare.id, {**ALONG, "externalId": ""})
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.external-id-empty-refused")
        assert bare.still(before).without_volatile() == before.without_volatile()
    check.refused(reply, 422, "update.invalid-body-answers-422", REFUSES_AN_ILL_FORMED_ID)
    put_right = bare.sessions.update(bare.id, {**ALONG, "externalId": None})
    check.control(put_right, judged_by="update.null-external-id-accepted-when-unset")


@pytest.mark.requirement("update.external-id-too-long-refused", "update.refused-update-applies-nothing")
def test_an_external_id_of_257_characters_is_refused(
    check: Check, new_session: NewSession, bodies: Bodies
) -> None:
    session = new_session(externalId=bodies.new_name().ljust(256, "x"))
    before = arranged(session)
    reply = session.sessions.update(session.id, {**ALONG, "externalId": f"{session.external_id}x"})
    with check.judging("update.refused-update-applies-nothing"):
        was_refused(reply, judged_by="update.external-id-too-long-refused")
        assert session.still(before).without_volatile() == before.without_volatile()
    check.refused(reply, 422, "update.invalid-body-answers-422", REFUSES_AN_ILL_FORMED_ID)
    put_right = session.sessions.update(session.id, {**ALONG, "externalId": session.external_id})
    check.control(put_right, judged_by="update.same-external-id-accepted")


@pytest.mark.requirement("update.external-id-wrong-type-refused", "update.refused-update-applies-nothing")
def test_an_external_id_of_another_type_is_refused(check: Check, workbench: LiveSession) -> None:
    before = arranged(workbench)
    own = workbench.external_id
    replies = in_turn(workbench, [{**ALONG, "externalId": wrong(own)} for wrong in NO_TEXTS])
    with check.judging("update.refused-update-applies-nothing"):
        were_refused(replies, judged_by="update.external-id-wrong-type-refused")
        assert workbench.still(before).without_volatile() == before.without_volatile()
    for reply in replies:
        check.refused(reply, 422, "update.invalid-body-answers-422", REFUSES_AN_ILL_FORMED_ID)
    for put_right in in_turn(workbench, [{**ALONG, "externalId": own}]):
        check.control(put_right, judged_by="update.same-external-id-accepted")


def _trimming_is_not_judged(kept: bool) -> None:
    if not kept:
        raise NotApplicable("the target takes white space off the externalId of a create")
