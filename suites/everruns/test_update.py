"""What an update does: it writes the title and the tags that it names, and leaves all else as it was."""

from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from suites.everruns.support.api import Body, LiveSession
from suites.everruns.support.rows import as_replied, each_tag, tags_of, title_of, untouched
from suites.everruns.support.update import arranged, let_the_clock_move, written, written_where_accepted
from tck.checking import Check, Row, Written, about, in_good_time, let_pass, order_is_certain

SEVERAL: tuple[Body, ...] = (
    {"title": "A", "tags": ["a"]},
    {"title": "B"},
    {"tags": ["b"]},
    {"tags": []},
    {"title": "C", "tags": []},
    {},
)
"""Updates of every kind, one after the other."""
DELICATE = 'Tom & <b>Ann</b> "so" it\'s \\n %20 &amp; e\u0301 \U0001f600'
"""What is spoilt when it is read, escaped or decoded and written again."""
HALVES = (DELICATE[:24], DELICATE[24:])
EVERY_FEW = 8
"""Updates in a row, for what goes wrong every now and then."""
READS = 10
"""Reads in a row."""
alone_or_along = pytest.mark.parametrize(
    "along_with", [pytest.param(False, id="alone"), pytest.param(True, id="with-the-other")]
)


@pytest.mark.requirement("update.answers-200")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"title": "Renamed"}, id="title"),
        pytest.param({"tags": ["one", "two"]}, id="tags"),
        pytest.param({"tags": []}, id="no-tags"),
        pytest.param({"title": "Renamed again", "tags": ["three"]}, id="both"),
    ],
)
def test_an_update_answers_200(session: LiveSession, body: Body) -> None:
    assert session.update(body).status == 200


@pytest.mark.requirement("update.returns-addressed-session")
@pytest.mark.parametrize(
    "body", [pytest.param(body, id=str(number)) for number, body in enumerate(SEVERAL[:-1])]
)
def test_an_update_returns_the_session_that_it_was_sent_to(
    check: Check, session: LiveSession, body: Body
) -> None:
    assert check.accepted(session.update(body))["id"] == session.id


@pytest.mark.requirement("update.sets-title")
@alone_or_along
def test_a_title_that_is_sent_is_the_title(check: Check, session: LiveSession, along_with: bool) -> None:
    arranged(session)
    for number in range(EVERY_FEW):
        title = f"Title {number} of {session.sessions.run.new_name()}"
        row = written(check, session, {"title": title, **({"tags": ["along"]} if along_with else {})})
        assert title_of(row.told) == title
        assert title_of(row.read) == title


@pytest.mark.requirement("update.long-title-is-not-cut", "update.long-title-accepted")
@pytest.mark.parametrize(
    "title",
    [
        pytest.param("t", id="of-1-character"),
        pytest.param("t" * 254 + "u", id="of-255"),
        pytest.param("t" * 255 + "u", id="of-256"),
        pytest.param("t" * 256 + "u", id="of-257"),
        pytest.param("t" * 999 + "u", id="of-1000"),
        pytest.param("é" * 254 + "u", id="of-255-of-two-bytes"),
        pytest.param("€" * 299 + "u", id="of-300-of-three-bytes"),
    ],
)
def test_a_title_is_kept_whole(check: Check, session: LiveSession, title: str) -> None:
    reply = session.update({"title": title})
    with check.judging("update.long-title-accepted"):
        check.accepted(reply)
    with check.judging("update.long-title-is-not-cut"):
        row = written_where_accepted(session, reply, f"a title of {len(title)} characters")
        assert title_of(row.told) == title
        assert title_of(row.read) == title


@pytest.mark.requirement("update.empty-title-replaces", "update.blank-texts-accepted")
@alone_or_along
def test_an_empty_title_replaces_the_earlier_one(
    check: Check, session: LiveSession, along_with: bool
) -> None:
    arranged(session)
    reply = session.update({"title": "", **({"tags": ["along"]} if along_with else {})})
    with check.judging("update.blank-texts-accepted"):
        check.accepted(reply)
    with check.judging("update.empty-title-replaces"):
        row = written_where_accepted(session, reply, "an empty title")
        assert title_of(row.told) in ("", None)
        assert title_of(row.read) in ("", None)


@pytest.mark.requirement("update.replaces-tags")
@alone_or_along
@pytest.mark.parametrize(
    "tags",
    [
        pytest.param(["d"], id="one-other"),
        pytest.param(["b"], id="one-of-them"),
        pytest.param(["c", "d", "e"], id="overlapping"),
        pytest.param(["d", "e", "f", "g", "h"], id="more-others"),
    ],
)
def test_tags_replace_all_earlier_ones(
    check: Check, session: LiveSession, along_with: bool, tags: list[str]
) -> None:
    arranged(session, tags=["a", "b", "c"])
    row = written(check, session, {"tags": tags, **({"title": "along"} if along_with else {})})
    assert tags_of(row.told) == tags
    assert tags_of(row.read) == tags


@pytest.mark.requirement("update.empty-tags-empty-the-row")
@alone_or_along
def test_an_empty_list_takes_all_tags_away(check: Check, session: LiveSession, along_with: bool) -> None:
    arranged(session)
    row = written(check, session, {"tags": [], **({"title": "along"} if along_with else {})})
    assert tags_of(row.told) == []
    assert tags_of(row.read) == []


@pytest.mark.requirement("update.many-and-long-tags-are-not-cut", "update.many-and-long-tags-accepted")
@pytest.mark.parametrize(
    "tags",
    [
        pytest.param([f"tag-{number}" for number in range(50)], id="fifty"),
        pytest.param(["x" * 299 + "a", "x" * 299 + "b"], id="of-300-characters"),
    ],
)
def test_many_and_long_tags_are_kept(check: Check, session: LiveSession, tags: list[str]) -> None:
    reply = session.update({"tags": tags})
    with check.judging("update.many-and-long-tags-accepted"):
        check.accepted(reply)
    with check.judging("update.many-and-long-tags-are-not-cut"):
        row = written_where_accepted(session, reply, f"{len(tags)} tags of {len(tags[0])} characters")
        assert each_tag(row.told) == sorted(tags)
        assert each_tag(row.read) == sorted(tags)


@pytest.mark.requirement("update.long-title-is-not-cut", "update.many-and-long-tags-are-not-cut")
@pytest.mark.parametrize(
    ("title", "tags"),
    [
        pytest.param(
            "t" * 999 + "u", [f"{number:03}".rjust(300, "x") for number in range(50)], id="many-long"
        ),
        pytest.param("t" * 4_999 + "u", ["x" * 4_999 + "y"], id="title-of-5000"),
        pytest.param("one", [f"tag-{number}" for number in range(300)], id="three-hundred-tags"),
        pytest.param(
            "t" * 69_999 + "u", [f"tag-{number}" for number in range(1_200)], id="very-many-very-long"
        ),
    ],
)
def test_what_is_taken_is_never_cut(check: Check, session: LiveSession, title: str, tags: list[str]) -> None:
    reply = session.update({"title": title, "tags": tags})
    row = written_where_accepted(session, reply, f"a title of {len(title)} characters and {len(tags)} tags")
    with check.judging("update.long-title-is-not-cut"):
        assert [title_of(row.told), title_of(row.read)] == [title, title]
    with check.judging("update.many-and-long-tags-are-not-cut"):
        assert each_tag(row.told) == sorted(tags)
        assert each_tag(row.read) == sorted(tags)
    check.control(session.update({"title": "Short", "tags": []}), judged_by="update.answers-200")


@pytest.mark.requirement("update.omitted-title-stays", "update.omitted-tags-stay")
def test_what_is_long_and_not_sent_is_not_cut(check: Check, session: LiveSession) -> None:
    title, tags = "t" * 999 + "u", [f"{number:03}".rjust(300, "x") for number in range(50)]
    reply = session.update({"title": title, "tags": tags})
    written_where_accepted(session, reply, f"a title of {len(title)} characters and {len(tags)} long tags")
    retagged = written(check, session, {"tags": ["short"]})
    with check.judging("update.omitted-title-stays"):
        assert [title_of(retagged.told), title_of(retagged.read)] == [title, title]
    check.control(session.update({"tags": tags}), judged_by="update.many-and-long-tags-are-not-cut")
    renamed = written(check, session, {"title": "Short"})
    with check.judging("update.omitted-tags-stay"):
        assert each_tag(renamed.told) == sorted(tags)
        assert each_tag(renamed.read) == sorted(tags)
    check.control(session.update({"tags": []}), judged_by="update.answers-200")


@pytest.mark.requirement("update.writes-title-and-tags-together")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"title": "Both", "tags": ["both"]}, id="title-first"),
        pytest.param({"tags": ["both", "again"], "title": "Both again"}, id="tags-first"),
        pytest.param({"title": "Both and none", "tags": []}, id="no-tags"),
        pytest.param({"title": "alike", "tags": ["alike", "Alike", "all"]}, id="a-tag-like-the-title"),
    ],
)
def test_a_title_and_tags_are_written_together(check: Check, session: LiveSession, body: Body) -> None:
    arranged(session)
    row = written(check, session, body)
    assert (title_of(row.told), tags_of(row.told)) == (body["title"], body["tags"])
    assert (title_of(row.read), tags_of(row.read)) == (body["title"], body["tags"])


@pytest.mark.requirement("update.omitted-title-stays")
@pytest.mark.parametrize(
    "tags", [pytest.param(["other"], id="tags-sent"), pytest.param([], id="no-tags-sent")]
)
def test_a_title_that_is_not_sent_stays(check: Check, session: LiveSession, tags: list[str]) -> None:
    number = session.sessions.run.new_name().rpartition("-")[2]
    before = arranged(session, title=f"{DELICATE} {number}")
    row = written(check, session, {"tags": tags})
    assert title_of(row.told) == title_of(before)
    assert title_of(row.read) == title_of(before)


@pytest.mark.requirement("update.omitted-tags-stay")
@pytest.mark.parametrize(
    "earlier", [pytest.param([*HALVES, "B", "b"], id="some"), pytest.param([], id="none")]
)
def test_tags_that_are_not_sent_stay(check: Check, session: LiveSession, earlier: list[str]) -> None:
    arranged(session, tags=earlier)
    row = written(check, session, {"title": f"Other {session.sessions.run.new_name()}"})
    assert tags_of(row.told) == earlier
    assert tags_of(row.read) == earlier


@pytest.mark.requirement("update.empty-body-changes-nothing")
@pytest.mark.parametrize(
    "earlier", [pytest.param(["a", "b"], id="some-tags"), pytest.param([], id="no-tags")]
)
def test_an_empty_body_changes_nothing(session: LiveSession, earlier: list[str]) -> None:
    before = arranged(session, tags=earlier)
    session.update({})
    row = session.still(before)
    assert title_of(row) == title_of(before)
    assert tags_of(row) == earlier
    assert untouched(row) == untouched(before)


@pytest.mark.requirement("update.other-members-stay")
def test_an_update_changes_only_what_it_names(check: Check, full_session: LiveSession) -> None:
    before = full_session.read()
    for body in SEVERAL[:-1]:
        row = written(check, full_session, body)
        assert as_replied(untouched(before)) == as_replied(untouched(row.told))
        assert untouched(row.read) == untouched(before)


@pytest.mark.requirement("update.other-members-stay")
def test_a_reply_shows_the_other_members_of_its_own_session(
    check: Check, session: LiveSession, fresh_session: LiveSession
) -> None:
    for one in (session, fresh_session, session):
        before = arranged(one)
        row = written(check, one, {"title": "Of its own", "tags": ["own"]})
        assert as_replied(untouched(before)) == as_replied(untouched(row.told))
        assert untouched(row.read) == untouched(before)


@pytest.mark.requirement("update.seen-by-get", "update.seen-at-once")
def test_an_update_is_seen_by_later_reads(check: Check, session: LiveSession) -> None:
    for body in SEVERAL[:-1]:
        arranged(session)
        reply = check.accepted(session.update(body))
        row = session.eventually_shows_written(reply)
        assert title_of(row) == title_of(reply.row)
        assert tags_of(row) == tags_of(reply.row)
        assert row["updated_at"] >= about(reply["updated_at"])


@pytest.mark.requirement("update.reads-do-not-go-back")
def test_reads_do_not_go_back(check: Check, session: LiveSession) -> None:
    title = f"Read {session.sessions.run.new_name()}"
    check.control(session.update({"title": title}), judged_by="update.answers-200")
    reads = [session.sessions.read(session.id) for _ in range(READS)]
    show = [reply.is_object and reply["title"] == title for reply in reads]
    assert show == sorted(show)


@pytest.mark.requirement("update.updated-at-never-goes-back")
def test_updated_at_never_goes_back(check: Check, session: LiveSession) -> None:
    for earlier, later in in_good_time(check, partial(updates_in_a_row, session), all_certain):
        assert later["updated_at"] >= about(earlier["updated_at"])
    check.control(session.update({"tags": []}), judged_by="update.answers-200")


def updates_in_a_row(session: LiveSession, wait: float) -> list[tuple[Row, Row]]:
    """Updates of every kind: each row that was shown, and the one that was shown next."""
    rows = [arranged(session)]
    let_pass(wait)
    for body in SEVERAL * 2:
        reply = session.update(body)
        rows += [reply.row, session.eventually_shows_written(reply)] if reply.succeeded else []
    return list(pairwise(rows))


def all_certain(pairs: list[tuple[Row, Row]]) -> bool:
    """Whether it is certain of each pair in which order their updated_at stand."""
    return all(order_is_certain(earlier["updated_at"], later["updated_at"]) for earlier, later in pairs)


def _changes() -> list[Any]:
    return [
        pytest.param({"title": "Moved"}, id="title"),
        pytest.param({"tags": ["moved"]}, id="tags"),
        pytest.param({"tags": []}, id="no-tags"),
        pytest.param({"title": "Moved on", "tags": ["on"]}, id="both"),
    ]


@pytest.mark.requirement("update.updated-at-moves-on-change")
@pytest.mark.parametrize("body", _changes())
def test_updated_at_moves_with_a_change(check: Check, session: LiveSession, body: Body) -> None:
    before, row = in_good_time(check, partial(changed_after, check, session, body), has_moved_on)
    assert row.told["updated_at"] > before["updated_at"]
    assert row.read["updated_at"] > before["updated_at"]


def changed_after(check: Check, session: LiveSession, body: Body, wait: float) -> tuple[Row, Written]:
    """The row before a real change, and the change, so many seconds later."""
    before = arranged(session)
    let_the_clock_move(before)
    let_pass(wait)
    return before, written(check, session, body)


def has_moved_on(change: tuple[Row, Written]) -> bool:
    """Whether a change has moved updated_at on, in its reply and for a read."""
    before, row = change
    return row.told["updated_at"] > before["updated_at"] and row.read["updated_at"] > before["updated_at"]
