"""What good servers do with null, {}, unknown members and the order of tags, though the page does not say."""

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.rows import listed_tags, tags_of, title_of
from suites.everruns.support.update import arranged, written
from tck.checking import Check


@pytest.mark.requirement("update.empty-body-accepted")
def test_an_empty_body_is_accepted(session: LiveSession) -> None:
    assert session.update({}).status == 200


@pytest.mark.requirement("update.null-title-leaves-title")
@pytest.mark.parametrize(
    "along", [pytest.param({}, id="alone"), pytest.param({"tags": ["along"]}, id="with-tags")]
)
def test_a_null_title_leaves_the_title(check: Check, session: LiveSession, along: dict[str, object]) -> None:
    before = arranged(session)
    row = written(check, session, {"title": None, **along})
    assert title_of(row.told) == title_of(before)
    assert title_of(row.read) == title_of(before)


@pytest.mark.requirement("update.null-tags-leave-tags")
@pytest.mark.parametrize(
    "along", [pytest.param({}, id="alone"), pytest.param({"title": "along"}, id="with-a-title")]
)
def test_null_tags_leave_the_tags(check: Check, session: LiveSession, along: dict[str, object]) -> None:
    before = arranged(session)
    row = written(check, session, {"tags": None, **along})
    assert tags_of(row.told) == tags_of(before)
    assert tags_of(row.read) == tags_of(before)


@pytest.mark.requirement("update.unknown-members-ignored")
def test_an_unknown_member_is_ignored(check: Check, session: LiveSession) -> None:
    arranged(session)
    row = written(check, session, {"x_unknown": {"a": [1]}, "title": "Known", "tags": ["known"]})
    assert title_of(row.read) == "Known"
    assert tags_of(row.read) == ["known"]


@pytest.mark.requirement("update.tags-keep-order")
def test_tags_keep_their_order(check: Check, session: LiveSession) -> None:
    tags = ["m", "z", "a", "B", "10", "9"]
    row = written(check, session, {"tags": tags})
    assert listed_tags(row.told) == tags
    assert listed_tags(row.read) == tags


@pytest.mark.requirement("update.tags-keep-duplicates")
def test_a_tag_may_stand_twice(check: Check, session: LiveSession) -> None:
    row = written(check, session, {"tags": ["twice", "once", "twice"]})
    assert sorted(listed_tags(row.told).value) == ["once", "twice", "twice"]
    assert sorted(listed_tags(row.read).value) == ["once", "twice", "twice"]
