"""What is stored comes back as it was sent: nothing trimmed, folded, escaped, cut, normalised or coerced."""

import pytest

from suites.everruns.support.api import Body, LiveSession
from suites.everruns.support.rows import tags_of, title_of
from suites.everruns.support.update import written, written_where_accepted
from tck.checking import DELICATE_TEXTS, ORDINARY_LENGTHS, Check, NotApplicable, Written

every_theme = pytest.mark.parametrize("theme", list(DELICATE_TEXTS))


FEW = 3
"""Tags that are sent together where more are refused: the page does not say how many a session may have."""
REFUSED_BY_SOME = {"white-space": "texts of white space or with line breaks"}
"""Ordinary texts that the page does not promise to take either, by their theme."""


@pytest.mark.requirement("update.values-keep-title")
@every_theme
def test_a_title_comes_back_as_it_was_sent(session: LiveSession, theme: str) -> None:
    for title in DELICATE_TEXTS[theme]:
        row = written_unless_long(session, {"title": title}, theme)
        assert title_of(row.told) == title
        assert title_of(row.read) == title


@pytest.mark.requirement("update.values-keep-title")
def test_a_title_of_many_kinds_of_text_comes_back_as_it_was_sent(session: LiveSession) -> None:
    titles = {theme: " ".join(DELICATE_TEXTS[theme]) for theme in ORDINARY_LENGTHS}
    rows = {theme: written_if_taken(session, {"title": title}) for theme, title in titles.items()}
    if not any(rows.values()):
        raise NotApplicable("the target refuses titles of that length, and the page promises no limit")
    for theme, row in ((theme, row) for theme, row in rows.items() if row):
        assert [title_of(row.told), title_of(row.read)] == [titles[theme]] * 2


def written_if_taken(session: LiveSession, body: Body) -> Written | None:
    """What an update told and a read then showed, unless it was refused."""
    reply = session.update(body)
    return None if reply.refused else session.written(session.sessions.check.accepted(reply))


@pytest.mark.requirement("update.values-keep-tags")
@every_theme
def test_tags_come_back_as_they_were_sent(session: LiveSession, theme: str) -> None:
    tags = list(DELICATE_TEXTS[theme])
    reply = session.update({"tags": tags})
    fewer = [tags[at : at + FEW] for at in range(0, len(tags), FEW)]
    rows = (
        ((some, written_unless_long(session, {"tags": some}, theme)) for some in fewer)
        if reply.refused
        else [(tags, session.written(session.sessions.check.accepted(reply)))]
    )
    for some, row in rows:
        assert tags_of(row.told) == some
        assert tags_of(row.read) == some


def written_unless_long(session: LiveSession, body: Body, theme: str) -> Written:
    """What an update told and a read then showed; only a long text and white space may be refused."""
    reply = session.update(body)
    if theme in ORDINARY_LENGTHS and theme not in REFUSED_BY_SOME:
        return session.written(session.sessions.check.accepted(reply))
    return written_where_accepted(session, reply, REFUSED_BY_SOME.get(theme, "texts of 128 characters"))


NEARLY_THE_SAME: tuple[Body, ...] = (
    {"title": "Nearly the same", "tags": ["nearly", "the same"]},
    {"title": "Nearly the same ", "tags": ["Nearly", "the same"]},
    {"title": "Nearly the same ", "tags": ["Nearly,the same"]},
    {"title": "NEARLY the same", "tags": ["Nearly,the same"]},
    {"title": "Nearly the same", "tags": ["nearly", "the same"]},
)
"""Each differs from the one before it in little, or in one member alone; the last is the first once more."""


@pytest.mark.requirement("update.sets-title", "update.replaces-tags")
def test_an_update_that_is_nearly_the_last_one_is_written(check: Check, session: LiveSession) -> None:
    rows = [(body, written(check, session, body)) for body in NEARLY_THE_SAME]
    with check.judging("update.sets-title"):
        for body, row in rows:
            assert [title_of(row.told), title_of(row.read)] == [body["title"]] * 2
    with check.judging("update.replaces-tags"):
        for body, row in rows:
            assert tags_of(row.told) == body["tags"]
            assert tags_of(row.read) == body["tags"]


@pytest.mark.requirement("update.values-keep-tags", "update.blank-texts-accepted")
def test_an_empty_tag_comes_back(check: Check, session: LiveSession) -> None:
    reply = session.update({"tags": ["", "after an empty one"]})
    with check.judging("update.values-keep-tags"):
        row = written_where_accepted(session, reply, "an empty tag")
        assert tags_of(row.told) == ["", "after an empty one"]
        assert tags_of(row.read) == ["", "after an empty one"]
    with check.judging("update.blank-texts-accepted"):
        check.accepted(reply)
        check.accepted(session.update({"title": "\t", "tags": ["\u3000", "line\nbreak"]}))


@pytest.mark.requirement("update.values-keep-title", "update.values-keep-tags")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("bell\u0007 and escape\u001b", id="c0-controls"),
        pytest.param("delete\u007f", id="delete"),
        pytest.param("next line\u0085 and \u009b", id="c1-controls"),
        pytest.param("no character\uffff", id="noncharacter"),
    ],
)
def test_a_control_character_is_kept_where_it_is_taken(check: Check, session: LiveSession, text: str) -> None:
    reply = session.update({"title": text, "tags": [text, "after it"]})
    if not reply.succeeded:
        raise NotApplicable("the target takes no such character")
    row = session.written(reply)
    with check.judging("update.values-keep-title"):
        assert [title_of(row.told), title_of(row.read)] == [text, text]
    with check.judging("update.values-keep-tags"):
        assert tags_of(row.told) == [text, "after it"]
        assert tags_of(row.read) == [text, "after it"]
