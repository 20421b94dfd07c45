"""Closing an open session."""

from functools import partial

import pytest

from suites.trigger.support.access.intruders import at_close_without_body, judge_if
from suites.trigger.support.access.public_tokens import key_of, own_token_if_any
from suites.trigger.support.api import LiveSession, NewSession
from suites.trigger.support.bodies import OMITTED, Body
from suites.trigger.support.close import (
    REASON,
    Address,
    Between,
    by_external_id,
    by_id,
    closed_between,
    is_closed,
    without_close_fields,
)
from suites.trigger.support.known_sessions import row_now
from tck.checking import NULL, Check, NotApplicable, Reply, about, in_good_time

CONNECTION_ENDS = {"Connection": "close"}
"""The next request then travels over another connection."""


@pytest.mark.requirement(
    "close.answers-200",
    "close.sets-closed-at",
    "close.records-reason",
    "close.keeps-other-members",
    "close.keeps-expires-at",
    "replies.every-reader-sees-the-same-row",
    "retrieve.conditional-shows-current-row",
)
@pytest.mark.parametrize(
    "address",
    [
        pytest.param(by_id, marks=pytest.mark.requirement("close.by-id"), id="by id"),
        pytest.param(
            by_external_id, marks=pytest.mark.requirement("close.by-external-id"), id="by externalId"
        ),
    ],
)
def test_a_close_ends_the_session_with_its_reason(
    check: Check, to_close: LiveSession, address: Address
) -> None:
    before, ask = row_now(to_close), to_close.sessions
    readers = [
        partial(ask.retrieve, to_close.external_id),
        partial(ask.bearing(to_close.token).retrieve, key_of(to_close)),
    ]
    earlier = [reader() for reader in readers]
    reply = to_close.sessions.close(address(to_close), {"reason": REASON}, headers=CONNECTION_ENDS)
    row = to_close.eventually_shows(is_closed)
    with check.judging("close.answers-200"):
        assert reply.status == 200
    with check.judging("close.sets-closed-at"):
        assert reply["closedAt"] != NULL
        assert row["closedAt"] == reply["closedAt"]
    with check.judging("close.records-reason"):
        assert reply["closedReason"] == REASON
        assert row["closedReason"] == REASON
    with check.judging("close.keeps-other-members"):
        assert without_close_fields(reply.row) == without_close_fields(before)
        assert without_close_fields(row) == without_close_fields(before)
        assert row["triggerConfig"] == before["triggerConfig"]
    with check.judging("close.keeps-expires-at"):
        assert reply["expiresAt"] == before["expiresAt"]
        assert row["expiresAt"] == before["expiresAt"]
    with check.judging("replies.every-reader-sees-the-same-row"):
        for reader in readers:
            shown = check.last_look(reader, lambda seen: seen.is_object and is_closed(seen.row))
            assert shown.row.without_volatile() == row.without_volatile()
    with check.judging("retrieve.conditional-shows-current-row"):
        _validators_are_given(earlier[0])
        tag = {"If-None-Match": earlier[0].header("etag")}
        assert check.accepted(ask.retrieve(to_close.external_id, headers=tag))["closedAt"] == row["closedAt"]
    assert row["closedAt"] != NULL


def _validators_are_given(reply: Reply) -> None:
    if not reply.header("etag"):
        raise NotApplicable("a retrieve gives no ETag")


@pytest.mark.requirement(
    "close.without-reason-leaves-none", "close.keeps-other-members", "close.keeps-expires-at"
)
@pytest.mark.parametrize(
    ("address", "changes"),
    [
        pytest.param(by_id, {"externalId": OMITTED}, id="by id"),
        pytest.param(by_external_id, {}, id="by externalId"),
    ],
)
def test_a_close_without_a_reason_leaves_none(
    check: Check, new_session: NewSession, address: Address, changes: Body
) -> None:
    session = new_session(**changes)
    before = row_now(session)
    with_null = session.sessions.close(address(session), {"reason": None})
    reply = with_null if with_null.succeeded else session.sessions.close(address(session), {})
    check.control(reply, judged_by="close.answers-200")
    row = session.eventually_shows(is_closed)
    with check.judging("close.without-reason-leaves-none"):
        assert reply["closedReason"] == NULL
        assert row["closedReason"] == NULL
    with check.judging("close.keeps-other-members"):
        assert without_close_fields(reply.row) == without_close_fields(before)
        assert without_close_fields(row) == without_close_fields(before)
    with check.judging("close.keeps-expires-at"):
        assert row["expiresAt"] == before["expiresAt"]


OF_TOKENS = ("tokens.cannot-close", "tokens.refusal-shows-nothing")
NOT_FROM_THE_KEY = "the secret key closes nothing without a body, or the session has no token"


@pytest.mark.requirement("close.body-is-optional", *OF_TOKENS)
@pytest.mark.parametrize(
    "address", [pytest.param(by_id, id="by id"), pytest.param(by_external_id, id="by externalId")]
)
def test_a_close_needs_no_body(check: Check, to_close: LiveSession, address: Address) -> None:
    attempts = at_close_without_body(
        own_token_if_any(to_close, "tokens.cannot-close", "tokens.close-answers-401"), to_close
    )
    reply = to_close.sessions.close_without_body(address(to_close))
    with check.judging("close.body-is-optional"):
        check.accepted(reply)
        assert reply["closedReason"] == NULL
        row = to_close.eventually_shows(is_closed)
        assert row["closedAt"] != NULL
        assert row["closedReason"] == NULL
    judge_if(reply.succeeded, check, attempts, OF_TOKENS, otherwise=NOT_FROM_THE_KEY)


@pytest.mark.requirement("close.closed-at-is-time-of-close")
def test_closed_at_is_the_time_of_the_close(check: Check, new_session: NewSession) -> None:
    close = in_good_time(check, partial(closed_between, check, new_session), Between.is_in_order)
    for row in close.rows:
        assert row["closedAt"] >= about(close.earlier["createdAt"])
        assert row["closedAt"] <= about(close.later["createdAt"])


@pytest.mark.requirement("close.reason-max-length-accepted")
@pytest.mark.parametrize(
    ("character", "address"),
    [
        pytest.param("r", by_id, id="of one byte each"),
        pytest.param("語", by_external_id, id="of three bytes each"),
    ],
)
def test_a_reason_of_256_characters_is_accepted(
    check: Check, to_close: LiveSession, character: str, address: Address
) -> None:
    reason = character * 256
    reply = check.accepted(to_close.sessions.close(address(to_close), {"reason": reason}))
    assert reply["closedReason"] == reason
    assert to_close.eventually_shows(is_closed)["closedReason"] == reason


@pytest.mark.parametrize(
    "offending",
    [
        pytest.param(
            [{"reason": "r" * 257}, {"reason": "語" * 257}],
            marks=pytest.mark.requirement("close.reason-too-long-refused"),
            id="one character too long",
        ),
        pytest.param(
            [{"reason": 5}, {"reason": True}, {"reason": ["done"]}, {"reason": {"text": "done"}}],
            marks=pytest.mark.requirement("close.reason-wrong-type-refused"),
            id="no string",
        ),
    ],
)
def test_a_bad_reason_is_refused(check: Check, to_close: LiveSession, offending: list[Body]) -> None:
    before = row_now(to_close)
    for body in offending:
        check.refused(to_close.sessions.close(to_close.id, body), documented=422)
    assert to_close.still(before).without_volatile() == before.without_volatile()
    reply = to_close.sessions.close(to_close.id, {"reason": "r" * 256})
    check.control(reply, judged_by="close.reason-max-length-accepted")
