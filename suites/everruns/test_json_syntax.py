"""Bodies that are nearly JSON are refused, and a refused update is seen nowhere, later either."""

from collections.abc import Mapping
from functools import partial

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.rows import tags_of, title_of, without_volatile
from suites.everruns.support.times import Touches
from suites.everruns.support.update import arranged, written
from tck.checking import Broken, Check, NotApplicable, Reply, Row, encoded, near_json, response_rules

GOOD = {"title": "Put right", "tags": ["put", "right"]}
TIMES = 3


def tried(session: LiveSession, bodies: Mapping[str, bytes]) -> dict[str, tuple[Reply, Row, Row]]:
    """For each body the reply, and the row before and after; after one that was taken all is set anew."""
    found, before = {}, arranged(session)
    for about, raw in bodies.items():
        reply = session.update(raw=raw)
        found[about] = (reply, before, session.still(before) if reply.refused else before)
        before = before if reply.refused else arranged(session)
    return found


@pytest.mark.requirement(
    "update.unparsable-body-refused", "update.refused-update-changes-nothing", "replies.no-server-error"
)
@pytest.mark.parametrize(
    "spoils", [pytest.param(near_json.FAULTS, id="syntax"), pytest.param(near_json.NO_UTF8, id="utf-8")]
)
def test_an_update_that_is_nearly_json_is_refused(
    check: Check, session: LiveSession, spoils: Mapping[str, near_json.Spoil]
) -> None:
    replies = tried(session, {about: spoil(encoded(GOOD)) for about, spoil in spoils.items()})
    with check.judging("replies.no-server-error"):
        for reply, _, _ in replies.values():
            check.held(response_rules.is_no_server_error(reply), reply)
    with check.judging("update.refused-update-changes-nothing"):
        for about, (reply, before, after) in replies.items():
            if reply.refused:
                assert without_volatile(after) == without_volatile(before), about
    with check.judging("update.unparsable-body-refused"):
        for about, (reply, _, _) in replies.items():
            if not reply.refused:
                raise Broken(f"a body with {about} was not refused", "a 4xx", reply.told, reply.exchange)
    check.control(session.update(GOOD), judged_by="update.answers-200")


@pytest.mark.requirement("update.refused-update-changes-nothing")
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(encoded({"title": "Refused", "tags": "refused"}), id="tags-of-another-type"),
        pytest.param(encoded({"tags": ["refused"], "title": 5}), id="title-of-another-type"),
        pytest.param(encoded({"tags": ["refused", 5], "title": "Refused"}), id="a-tag-of-another-type"),
        pytest.param(encoded({"title": "Refused", "tags": ["refused"]})[:-1], id="cut-short"),
    ],
)
def test_a_refused_update_is_seen_nowhere_after_the_next_one(
    check: Check, session: LiveSession, raw: bytes
) -> None:
    before, touches = arranged(session), Touches(session)
    replies = [touches.around(partial(session.update, raw=raw)) for _ in range(TIMES)]
    taken = [reply for reply in replies if not reply.refused]
    if taken:
        raise NotApplicable(f"the update was answered with {taken[0].status} and not refused")
    assert without_volatile(session.still(before)) == without_volatile(before)
    touches.judge(lambda reply: reply.refused)
    tagged = written(check, session, {"tags": ["written", "next"]})
    assert [title_of(row) for row in (tagged.told, tagged.read)] == [title_of(before)] * 2
    titled = written(check, session, {"title": "Written next"})
    for row in (titled.told, titled.read):
        assert tags_of(row) == ["written", "next"]
