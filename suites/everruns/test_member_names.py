"""Title and tags are known by their exact names: what only resembles them changes nothing."""

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.rows import tags_of, title_of, without_volatile
from suites.everruns.support.update import arranged
from tck.checking import Check, NotApplicable, taken_or_refused

LIKE_TITLE = ("Title", "TITLE", " title", "title ", "t\u0456tle", "title\u200b", "name", "session_title")
LIKE_TAGS = ("Tags", "TAGS", " tags", "tags ", "t\u0430gs", "tags\u200b", "tag", "tags[]", "labels")


@pytest.mark.requirement("update.other-names-change-nothing")
def test_an_update_changes_nothing_by_another_name(session: LiveSession) -> None:
    before = arranged(session)
    bodies = [{name: "Another"} for name in LIKE_TITLE]
    for body in (*bodies, *({name: ["another"]} for name in LIKE_TAGS)):
        reply = session.update(body)
        taken_or_refused(reply)
        assert without_volatile(session.after(reply, before)) == without_volatile(before)


@pytest.mark.requirement("update.other-names-change-nothing")
def test_an_update_does_what_it_names_rightly_beside_another_name(check: Check, session: LiveSession) -> None:
    arranged(session)
    reply = session.update(
        {"Tags": ["another"], "tags": ["by", "its", "name"], "TAGS": [], "Title": "Another", "title": "Own"}
    )
    if reply.refused:
        raise NotApplicable("the target refuses a body with a member that no page names")
    row = session.written(check.accepted(reply))
    for shown in (row.told, row.read):
        assert title_of(shown) == "Own"
        assert tags_of(shown) == ["by", "its", "name"]
