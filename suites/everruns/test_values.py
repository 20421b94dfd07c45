"""What is stored comes back as it was sent: nothing trimmed, folded, escaped, cut, normalised or coerced."""

import pytest

from suites.everruns.support.api import Body, LiveSession
from suites.everruns.support.rows import tags_of, title_of
from suites.everruns.support.update import written, written_where_accepted
from tck.checking import DELICATE_TEXTS, ORDINARY_LENGTHS, Check, Written

every_theme = pytest.mark.parametrize("theme", list(DELICATE_TEXTS))


@pytest.mark.requirement("update.values-keep-title")
@every_theme
def test_a_title_comes_back_as_it_was_sent(session: LiveSession, theme: str) -> None:
    together = [" ".join(DELICATE_TEXTS[theme])] if theme in ORDINARY_LENGTHS else []
    for title in (*DELICATE_TEXTS[theme], *together):
        row = written_unless_long(session, {"title": title}, theme)
        assert title_of(row.told) == title
        assert title_of(row.read) == title


@pytest.mark.requirement("update.values-keep-tags")
@every_theme
def test_tags_come_back_as_they_were_sent(session: LiveSession, theme: str) -> None:
    tags = list(DELICATE_TEXTS[theme])
    row = written_unless_long(session, {"tags": tags}, theme)
    assert tags_of(row.told) == tags
    assert tags_of(row.read) == tags


def written_unless_long(session: LiveSession, body: Body, theme: str) -> Written:
    """What an update told and a read then showed; only a long text may be refused."""
    reply = session.update(body)
    if theme in ORDINARY_LENGTHS:
        return session.written(session.sessions.check.accepted(reply))
    return written_where_accepted(session, reply, "texts of 128 characters")


@pytest.mark.requirement("update.values-keep-tags")
def test_an_empty_tag_comes_back(check: Check, session: LiveSession) -> None:
    row = written(check, session, {"tags": ["", "after an empty one"]})
    assert tags_of(row.told) == ["", "after an empty one"]
    assert tags_of(row.read) == ["", "after an empty one"]
