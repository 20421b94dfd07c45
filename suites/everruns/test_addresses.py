"""Ids: one that cannot be a session's is 400, one that no session has is 404, and neither does anything."""

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.ids import (
    NOT_HEX,
    PREFIXLESS,
    TOO_LONG,
    TOO_SHORT,
    WRONG_PREFIX,
    Spoil,
    digits_of,
    every_malformed,
    neighbours,
    unknown_id,
)
from suites.everruns.support.rows import without_volatile
from suites.everruns.support.update import arranged, nobodys
from tck.checking import SUCCESS, Check, response_rules

BODY = {"title": "Meant for another", "tags": ["meant", "for-another"]}


def marked(ways: dict[str, Spoil], requirement: str) -> list[object]:
    """The ways as parameters that judge one requirement."""
    mark = pytest.mark.requirement(requirement)
    return [pytest.param(spoil, marks=mark, id=name.replace(" ", "-")) for name, spoil in ways.items()]


@pytest.mark.parametrize(
    "spoil",
    [
        *marked(PREFIXLESS, "update.prefixless-id-answers-400"),
        *marked(WRONG_PREFIX, "update.wrong-prefix-id-answers-400"),
        *marked(TOO_SHORT, "update.short-id-answers-400"),
        *marked(TOO_LONG, "update.long-id-answers-400"),
        *marked(NOT_HEX, "update.non-hex-id-answers-400"),
    ],
)
def test_an_id_that_cannot_be_a_sessions_is_answered_with_400(
    check: Check, session: LiveSession, spoil: Spoil
) -> None:
    reply = session.sessions.update(spoil(digits_of(session.id)), BODY)
    check.control(session.update(BODY), judged_by="update.answers-200")
    assert reply.status == 400


@pytest.mark.requirement("update.unknown-id-answers-404", "update.unknown-id-creates-nothing")
def test_an_unknown_id_is_answered_with_404(check: Check, session: LiveSession) -> None:
    for unknown in (unknown_id(session.sessions.run.new_name()), *nobodys(session, neighbours(session.id))):
        reply = session.sessions.update(unknown, BODY)
        with check.judging("update.unknown-id-answers-404"):
            assert reply.status == 404
        with check.judging("update.unknown-id-creates-nothing"):
            assert session.sessions.read(unknown).status not in SUCCESS
    check.control(session.update(BODY), judged_by="update.answers-200")


@pytest.mark.requirement("update.near-miss-id-changes-nothing")
def test_an_update_of_a_near_miss_changes_nothing(check: Check, session: LiveSession) -> None:
    before = arranged(session)
    for near in (*every_malformed(session.id), *nobodys(session, neighbours(session.id))):
        session.sessions.update(near, BODY)
        assert without_volatile(session.still(before)) == without_volatile(before), (
            f"an update of {near} took effect"
        )
    check.control(session.update(BODY), judged_by="update.answers-200")


@pytest.mark.requirement("update.invalid-id-carries-error")
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(PREFIXLESS["digits alone"], id="no-prefix"),
        pytest.param(WRONG_PREFIX["agent"], id="another-prefix"),
        pytest.param(TOO_SHORT["without the last digit"], id="too-short"),
        pytest.param(NOT_HEX["g last"], id="not-hexadecimal"),
    ],
)
def test_the_refusal_of_an_invalid_id_says_why(check: Check, session: LiveSession, spoil: Spoil) -> None:
    reply = session.sessions.update(spoil(digits_of(session.id)), BODY)
    check.control(session.update(BODY), judged_by="update.answers-200")
    check.held(response_rules.carries_error(reply), reply)


@pytest.mark.requirement("update.unknown-id-carries-error")
def test_the_refusal_of_an_unknown_id_says_why(check: Check, session: LiveSession) -> None:
    reply = session.sessions.update(unknown_id(session.sessions.run.new_name()), BODY)
    check.control(session.update(BODY), judged_by="update.answers-200")
    check.held(response_rules.carries_error(reply), reply)
