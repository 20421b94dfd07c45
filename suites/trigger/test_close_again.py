"""Closing a closed session, and whatever else is sent to one."""

from collections.abc import Sequence
from functools import partial

import pytest

from suites.trigger.support.addresses import reached
from suites.trigger.support.api import LiveSession
from suites.trigger.support.bodies import ELEVEN_TAGS, Body
from suites.trigger.support.close import (
    NO_METADATA,
    OTHER_REASON,
    REASON,
    close_first,
    closes_again,
    ending,
    ways_back,
)
from suites.trigger.support.closed_rows import repeated, still_whole
from suites.trigger.support.update import was_refused
from tck.checking import NULL, Check, NotApplicable, Reply, encoded

FEW = 3
"""Attempts after which a closed session is looked at."""
LATE: Body = {"tags": ["late"], "metadata": {"late": [1, {"after": "the close"}]}}
"""An update that a target may take of a closed session."""
FIRST = pytest.mark.parametrize(
    "first", [pytest.param({"reason": REASON}, id="closed for a reason"), pytest.param({}, id="for none")]
)


@pytest.mark.requirement(
    "close.repeat-answers-200", "close.repeat-returns-same-row", "close.repeat-is-stored-unchanged"
)
@pytest.mark.parametrize(
    ("first", "second", "times"),
    [
        pytest.param({"reason": REASON}, {"reason": OTHER_REASON}, 12, id="for a reason, again for another"),
        pytest.param({"reason": REASON}, {}, 4, id="for a reason, again for none"),
        pytest.param({}, {"reason": OTHER_REASON}, 4, id="for none, again for a reason"),
        pytest.param({}, {}, 4, id="for none, again for none"),
    ],
)
def test_closing_again_changes_nothing(
    check: Check, to_close: LiveSession, first: Body, second: Body, times: int
) -> None:
    closed = close_first(to_close, first)
    repeats = repeated(to_close, closed.row, closes_again(to_close, second)[:times])
    with check.judging("close.repeat-answers-200"):
        for repeat in repeats.each:
            assert repeat.reply.status == 200
    with check.judging("close.repeat-returns-same-row"):
        for repeat in repeats.each:
            assert repeat.reply.row == repeats.before
    with check.judging("close.repeat-is-stored-unchanged"):
        for repeat in repeats.each:
            assert repeat.row == repeats.before


@pytest.mark.requirement(
    "close.body-is-optional", "close.repeat-returns-same-row", "close.repeat-is-stored-unchanged"
)
@FIRST
def test_closing_again_without_a_body_changes_nothing(
    check: Check, to_close: LiveSession, first: Body
) -> None:
    closed = close_first(to_close, first)
    bodiless = [partial(to_close.sessions.close_without_body, address) for address in to_close.addresses]
    repeats = repeated(to_close, closed.row, bodiless)
    with check.judging("close.body-is-optional"):
        for repeat in repeats.each:
            check.accepted(repeat.reply)
    with check.judging("close.repeat-returns-same-row"):
        taken = [repeat for repeat in repeats.each if repeat.reply.succeeded]
        if not taken:
            raise NotApplicable("the target takes no close without a body")
        for repeat in taken:
            assert repeat.reply.row == repeats.before
    with check.judging("close.repeat-is-stored-unchanged"):
        for repeat in repeats.each:
            assert repeat.row == repeats.before


@pytest.mark.requirement(
    "close.is-terminal",
    "update.seen-by-retrieve",
    "update.null-clears-metadata",
    "update.different-external-id-answers-422",
    "update.null-external-id-answers-422",
    "update.eleven-tags-refused",
    "update.metadata-wrong-type-refused",
    "update.refused-update-applies-nothing",
    "replies.every-reader-sees-the-same-row",
)
@FIRST
def test_nothing_reopens_a_closed_session(check: Check, to_close: LiveSession, first: Body) -> None:
    closed = ending(close_first(to_close, first).row)
    unused, first_at = f"{to_close.external_id}-new", int(bool(first))
    attempts, replies = ways_back(to_close, unused, first_at), list[Reply]()
    with check.judging("close.is-terminal"):
        for several in (attempts[at : at + FEW] for at in range(0, len(attempts), FEW)):
            replies += [attempt() for attempt in several]
            assert ending(to_close.eventually_shows(lambda row: ending(row) == closed)) == closed
    by_name = reached(to_close, to_close.external_id)
    updated = to_close.sessions.update(to_close.id, LATE)
    with check.judging("update.different-external-id-answers-422"):
        _updates_take_effect(updated)
        for reply in updates_with(replies, "externalId", f"{to_close.external_id}-new"):
            assert reply.status == 422
    with check.judging("update.null-external-id-answers-422"):
        _updates_take_effect(updated)
        for reply in updates_with(replies, "externalId", None):
            assert reply.status == 422
    with check.judging("update.metadata-wrong-type-refused"):
        _updates_take_effect(updated)
        for reply in updates_with(replies, "metadata", NO_METADATA):
            check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    with check.judging("update.eleven-tags-refused"):
        _updates_take_effect(updated)
        for reply in updates_with(replies, "tags", ELEVEN_TAGS):
            check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    with check.judging("update.seen-by-retrieve"):
        _updates_are_taken(updated)
        shown = to_close.eventually_shows_written(updated)
        assert shown.without_volatile() == updated.row.without_volatile()
    with check.judging("update.null-clears-metadata"):
        _updates_take_effect(updated)
        cleared = check.accepted(to_close.sessions.update(to_close.id, {"metadata": None}))
        assert cleared["metadata"] == NULL
        assert to_close.eventually_shows_written(cleared)["metadata"] == NULL
        updated = to_close.sessions.update(to_close.id, LATE)
    with check.judging("update.refused-update-applies-nothing"):
        _updates_are_taken(updated)
        before = to_close.eventually_shows_written(updated)
        refused = to_close.sessions.update(to_close.id, {"metadata": LATE["metadata"], "tags": ELEVEN_TAGS})
        was_refused(refused, judged_by="update.eleven-tags-refused")
        assert still_whole(to_close, before) == before
    with check.judging("replies.every-reader-sees-the-same-row"):
        _updates_are_taken(updated)
        assert ending(updated.row) == closed
    with check.judging("close.is-terminal"):
        assert ending(by_name.row) == closed


def updates_with(replies: Sequence[Reply], member: str, value: object) -> list[Reply]:
    """The replies to those updates that sent this value for a member."""
    updates = [reply for reply in replies if reply.call.operation == "updateSession" and reply.call.body]
    return [reply for reply in updates if encoded({member: value})[1:-1] in (reply.call.body or b"")]


def _updates_are_taken(reply: Reply) -> None:
    if not reply.succeeded:
        raise NotApplicable("the target takes no update of a closed session")


def _updates_take_effect(reply: Reply) -> None:
    _updates_are_taken(reply)
    if reply["tags"] != LATE["tags"]:
        raise NotApplicable("an update of a closed session changes nothing on the target")
