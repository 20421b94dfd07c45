"""Late in the run: what its beginning has made is as it was, and is then closed in every way."""

import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial

import pytest

from suites.trigger.support.access.public_tokens import key_of
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.body_sizes import CLOSE_INSIDE, close_in_escapes
from suites.trigger.support.close import is_closed, without_close_fields
from suites.trigger.support.deadlines import but_for_its_own
from suites.trigger.support.doors.array_sessions import CLOSED_FOR, UPDATED_EARLY, Array, ArraySession
from suites.trigger.support.doors.arrays import Combination, combinations, words_of
from suites.trigger.support.doors.names import FORMS
from suites.trigger.support.doors.wire import PLAIN, sending, spelt
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import (
    LONGEST_WAIT,
    NULL,
    Check,
    NotApplicable,
    NotTested,
    Reply,
    Row,
    asked,
    encoded,
    eventually,
    pause,
    response_rules,
)
from tck.run import Run, in_order

OLD = 3.0
"""Seconds after which what was made is looked at once more; a whole run takes longer anyway."""
REASON = "closed late"
SIMPLE: Combination = {**PLAIN, "address": "id"}
WRITTEN: Mapping[str, bytes] = {
    "compact": encoded({"reason": REASON}),
    "spaced": spelt("spaced", {"reason": REASON}, CLOSE_INSIDE),
    "escaped": close_in_escapes(CLOSE_INSIDE),
}
"""Bodies of closes, by their spelling."""
LIKE_REASON = {
    "Reason": "in a capital",
    "REASON": "in capitals",
    "reason ": "with a blank",
    "closedReason": "by it",
}
LONG_AGO = "2001-02-03T04:05:06.000Z"
OTHER_MEMBERS = {
    "closedAt": LONG_AGO,
    "updatedAt": LONG_AGO,
    "createdAt": LONG_AGO,
    "tags": ["by a close"],
    "metadata": {"by": "a close"},
    "type": "by.a.close",
}
"""Members of the row of which the page of close says nothing."""
LATE_REASONS = frozenset(json.loads(raw)["reason"] for raw in WRITTEN.values())


def grown_old(array: Array) -> None:
    """Wait until the sessions of the array are as old as the check wants them."""
    pause(min(array.made_at + OLD - time.time(), LONGEST_WAIT))


def shown_at(session: LiveSession, address: str) -> Reply:
    """What a retrieve shows at an address; raises Broken when it shows nothing."""
    return found(session.sessions.retrieve(address))


def found(reply: Reply) -> Reply:
    """The reply to a retrieve; raises Broken when it shows nothing."""
    if not reply.succeeded:
        raise broken(reply, "a session is no longer found", "200")
    return reply


@pytest.mark.last
@pytest.mark.uses_up("array")
@pytest.mark.requirement(
    "retrieve.rows-last",
    "update.writes-last",
    "create.refusal-is-repeated-and-makes-nothing",
    "create.closed-external-id-answers-409",
    "create.same-external-id-returns-same-id",
    "tokens.retrieves-own-session",
    "close.answers-200",
    "close.media-type-variants-accepted",
    "close.body-inside-limit-accepted",
    "close.success-is-json",
    "close.success-matches-schema",
    "close.records-reason",
    "close.keeps-other-members",
    "close.by-external-id",
    "close.encoded-external-id-found",
    "close.other-names-set-nothing",
    "close.closed-at-is-time-of-close",
    "close.is-terminal",
)
def test_what_was_made_early_is_there_late_and_can_be_closed(
    check: Check, run: Run, sessions: Sessions, shared_sessions: SharedSessions, array: Array
) -> None:
    token_owner = shared_sessions.open()
    grown_old(array)
    looks = [(one, address) for one in array.every for address in one.session.addresses]
    shown = [*in_order(run.lanes, (partial(sessions.retrieve, address) for _, address in looks))]
    by_address = dict(zip((str(address) for _, address in looks), shown, strict=True))
    with check.judging("retrieve.rows-last"):
        for (one, _), reply in zip(looks, shown, strict=True):
            made = but_for_its_own(one.session, one.session.created.row.without_volatile())
            row = found(reply).row.without_volatile()
            compared = without_close_fields if one.closed or closed_late(row) else Row.without_volatile
            assert compared(row) == compared(made)
    with check.judging("update.writes-last"):
        for address in array.updated.addresses:
            row = shown_at(array.updated, address).row
            assert row["tags"] == UPDATED_EARLY["tags"]
            assert row["metadata"] == UPDATED_EARLY["metadata"]
    with check.judging("close.is-terminal"):
        for one in (one for one in array.closed if one.closed_at):
            row = found(by_address[one.session.id]).row
            assert row["closedAt"] == one.closed_at
            assert row["closedReason"] == CLOSED_FOR
    with check.judging("create.refusal-is-repeated-and-makes-nothing"):
        assert [sessions.retrieve(name).status for name in array.refused] == [404] * len(array.refused)
    with check.judging("create.closed-external-id-answers-409"):
        assert [sessions.create(one.body).status for one in array.closed] == [409] * len(array.closed)
    waiting = [one for one in array.open if not closed_late(arranged(by_address[one.session.id]))]
    with check.judging("create.same-external-id-returns-same-id"):
        replies = in_order(run.lanes, (partial(sessions.create, one.body) for one in waiting))
        for one, reply in zip(waiting, replies, strict=True):
            assert reply["id"] == one.session.id
    with check.judging("tokens.retrieves-own-session"):
        reply = sessions.bearing(token_owner.token).retrieve(key_of(token_owner))
        assert reply.status == 200
        assert reply["id"] == token_owner.id
    close_all(check, run, array, waiting, by_address)
    with check.judging("close.encoded-external-id-found"):
        for one in (one for one in waiting if one.words["name"] in FORMS):
            again = sessions.close(one.session.external_id, {})
            assert again.status == 200, one.words["name"]
            assert again["id"] == one.session.id
    before = shown_at(array.updated, array.updated.id).row
    closed = sessions.close(array.updated.id, {**LIKE_REASON, **OTHER_MEMBERS})
    with check.judging("close.other-names-set-nothing"):
        _not_refused(closed)
        row = shown_at(array.updated, array.updated.id).row
        assert closed["closedReason"] == NULL
        assert row["closedReason"] == NULL
        assert without_close_fields(closed.row) == without_close_fields(before)
        assert without_close_fields(row) == without_close_fields(before)
    with check.judging("close.closed-at-is-time-of-close"):
        _not_refused(closed)
        assert closed["closedAt"] != LONG_AGO


def _not_refused(reply: Reply) -> None:
    if reply.refused:
        raise NotApplicable("the target refuses a body with a member that no page names")


def arranged(reply: Reply) -> Row:
    """The row of a retrieve; raises NotTested when it shows none."""
    if not reply.succeeded or not reply.is_object:
        raise NotTested(f"a retrieve answered {reply.status}", judged_by="retrieve.rows-last")
    return reply.row


def closed_late(row: Row) -> bool:
    """Whether this check has closed the session of a row before, as it does when it is run again."""
    return row["closedReason"].value in LATE_REASONS


def close_all(
    check: Check, run: Run, array: Array, waiting: Sequence[ArraySession], early: Mapping[str, Reply]
) -> None:
    """Close the open sessions of the array by the first combinations, and a closed one by all of them.

    `early` are retrieves before it, by their addresses.
    """
    if not array.closed:
        raise NotTested("no session of the run could be closed", judged_by="close.sets-closed-at")
    ways, open_still = combinations("close"), deque(waiting)

    def ask(words: Combination) -> Reply:
        one = open_still.popleft() if open_still else array.closed[0]
        address = one.session.addresses[words["address"] != "id"]
        return one.session.sessions.close(address, raw=WRITTEN[words["spelling"]], **sending(words))

    every = asked(ask, (*ways[: len(waiting)], *ways), SIMPLE)
    by_given = {one.session.id: one.session for one in waiting}
    first = [reply for _, reply in every.accepted if reply["id"].value in by_given]
    closed = [(reply, looks_at(by_given[str(reply["id"].value)])) for reply in first]
    with check.judging("close.media-type-variants-accepted"):
        every.took("media")
    with check.judging("close.body-inside-limit-accepted"):
        every.took("spelling", "together")
    with check.judging("close.by-external-id"):
        every.took("address")
    with check.judging("close.answers-200"):
        every.took("accept", "coding")
        response_rules.all_answer(200, ((words_of(words), reply) for words, reply in every.accepted))
    with check.judging("close.success-is-json"):
        for _, reply in every.accepted:
            check.held(response_rules.is_json(reply), reply)
    with check.judging("close.success-matches-schema"):
        for _, reply in every.accepted:
            check.held(response_rules.matches(run.api, "SessionObject", reply), reply)
    with check.judging("close.records-reason"):
        for reply, looks in closed:
            for row in (reply.row, *(found(look).row for look in looks)):
                assert row["closedReason"] == json.loads(reply.call.body or b"")["reason"]
    with check.judging("close.keeps-other-members"):
        for reply, looks in closed:
            before = early[str(reply["id"].value)].row
            for row in (reply.row, *(found(look).row for look in looks)):
                assert without_close_fields(row) == without_close_fields(before)


def looks_at(session: LiveSession) -> list[Reply]:
    """A retrieve by each address, once it shows the close."""
    lanes = session.sessions.run.lanes
    return [*in_order(lanes, (partial(once_closed, session, address) for address in session.addresses))]


def once_closed(session: LiveSession, address: str) -> Reply:
    """The retrieve that shows a close, within the wait for a lagging read; else the last one."""

    def shows(reply: Reply) -> bool:
        return reply.succeeded and reply.is_object and is_closed(reply.row)

    return eventually(partial(session.sessions.retrieve, address), shows).value
