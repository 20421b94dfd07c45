"""Ids that cannot be a session's or that no session has, with every body and however the request is sent."""

import re
from collections.abc import Iterable

import pytest

from suites.everruns.conftest import NewSession
from suites.everruns.support.api import Body, LiveSession
from suites.everruns.support.doors import body_of, combinations, sent_by
from suites.everruns.support.ids import (
    GREATEST,
    NIL,
    NOT_HEX,
    PREFIXLESS,
    TOO_LONG,
    TOO_SHORT,
    WRONG_PREFIX,
    digits_of,
    neighbours,
    unknown_id,
)
from suites.everruns.support.rows import without_volatile
from suites.everruns.support.update import arranged, nobodys
from tck.checking import Broken, Check, Combination, NotApplicable, NotTested, Reply, response_rules, words_of

JUDGED_BY = {
    "no-prefix": "update.prefixless-id-answers-400",
    "other-prefix": "update.wrong-prefix-id-answers-400",
    "short": "update.short-id-answers-400",
    "long": "update.long-id-answers-400",
    "no-hex": "update.non-hex-id-answers-400",
    "unknown": "update.unknown-id-answers-404",
    "neighbour": "update.unknown-id-answers-404",
}
UNKNOWN = ("unknown", "neighbour")
PLAIN = re.compile(r"/[A-Za-z0-9_-]*$")
"""A path in whose id no character is so odd that a proxy may refuse it in its own words."""
Tried = tuple[Combination, Reply]


def addressed(session: LiveSession) -> dict[str, list[str]]:
    """Ids of each form of the array, made from the session's own."""
    ways = {
        "no-prefix": PREFIXLESS, "other-prefix": WRONG_PREFIX, "short": TOO_SHORT, "long": TOO_LONG,
        "no-hex": NOT_HEX,
    }  # fmt: skip
    made = {form: [spoil(digits_of(session.id)) for spoil in way.values()] for form, way in ways.items()}
    unknown = unknown_id(session.sessions.run.new_name())
    near = nobodys(session, neighbours(session.id)) or [unknown]
    return {**made, "unknown": [unknown, *nobodys(session, (NIL, GREATEST))], "neighbour": near}


def tried(session: LiveSession) -> list[Tried]:
    """Every combination of the array, and its reply; the ids of each form take turns."""
    ids, replies = addressed(session), []
    for number, words in enumerate(combinations("wrong-id")):
        of_the_form = ids[words["address"]]
        body = body_of(words, "Meant for another", ["meant", "for-another"])
        reply = sent_by(session.sessions, of_the_form[number % len(of_the_form)], body, words)
        replies.append((words, reply))
    return replies


def answered(check: Check, session: LiveSession, replies: Iterable[Tried], takes_none: bool) -> None:
    """Raise Broken when one has another status; NotTested when the session itself takes no such request.

    `takes_none`: whether the target takes an update that names nothing; else it may refuse that first.
    """
    for words, reply in replies:
        expected = 404 if words["address"] in UNKNOWN else 400
        if reply.status == expected or (reply.refused and words["members"] == "none" and not takes_none):
            continue
        control = sent_by(session.sessions, session.id, body_of(words, "Control", ["control"]), words)
        check.control(control, judged_by="update.answers-200")
        said = f"an update with {words_of(words)} was answered with {reply.status}"
        raise Broken(said, str(expected), reply.told, reply.exchange)


@pytest.mark.requirement(
    *dict.fromkeys(JUDGED_BY.values()),
    "update.near-miss-id-changes-nothing",
    "update.invalid-id-carries-error",
    "update.unknown-id-carries-error",
)
def test_a_wrong_id_is_refused_whatever_is_sent_to_it(check: Check, session: LiveSession) -> None:
    before = arranged(session)
    replies = tried(session)
    after = session.still(before)
    takes_none = session.update({}).succeeded
    for requirement in dict.fromkeys(JUDGED_BY.values()):
        with check.judging(requirement):
            those = [one for one in replies if JUDGED_BY[one[0]["address"]] == requirement]
            answered(check, session, those, takes_none)
    with check.judging("update.near-miss-id-changes-nothing"):
        assert without_volatile(after) == without_volatile(before)
    for status, requirement in (
        (400, "update.invalid-id-carries-error"),
        (404, "update.unknown-id-carries-error"),
    ):
        with check.judging(requirement):
            plain = [reply for _, reply in replies if PLAIN.search(reply.call.path)]
            of_status = [reply for reply in plain if reply.status == status]
            if not of_status:
                raise NotTested(f"no wrong id was answered with {status}", judged_by=_judges(status))
            for reply in of_status:
                check.held(response_rules.carries_error(reply), reply)


def _judges(status: int) -> str:
    return "update.unknown-id-answers-404" if status == 404 else "update.short-id-answers-400"


@pytest.mark.requirement("update.unknown-id-answers-404", "update.unknown-id-creates-nothing")
def test_an_unknown_id_stays_unknown(check: Check, session: LiveSession) -> None:
    unknown = unknown_id(session.sessions.run.new_name())
    body = {"title": "Asked for again", "tags": ["again"]}
    with check.judging("update.unknown-id-answers-404"):
        assert [session.sessions.update(unknown, body).status for _ in range(3)] == [404] * 3
    with check.judging("update.unknown-id-creates-nothing"):
        assert session.sessions.read(unknown).status >= 400
    check.control(session.update(body), judged_by="update.answers-200")


@pytest.mark.requirement("update.deleted-session-answers-404")
def test_a_deleted_session_is_not_found(check: Check, new_session: NewSession, session: LiveSession) -> None:
    gone = new_session()
    body = {"title": "Too late", "tags": ["too", "late"]}
    gone.arranged(gone.update(body), judged_by="update.answers-200")
    gone.sessions.delete(gone.id)
    if gone.sessions.read(gone.id).status != 404:
        raise NotApplicable("a session that was deleted is still found")
    bodies: tuple[Body, ...] = (body, {"title": "Too late"}, {"tags": []})
    for sent in bodies:
        assert gone.update(sent).status == 404
    assert gone.sessions.read(gone.id).status == 404
    check.control(session.update(body), judged_by="update.answers-200")
