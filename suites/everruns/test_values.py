"""What is stored comes back as it was sent: nothing trimmed, folded, escaped, cut, normalised or coerced."""

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.rows import tags_of, title_of
from suites.everruns.support.update import written
from tck.checking import DELICATE_TEXTS, Check

every_theme = pytest.mark.parametrize("theme", list(DELICATE_TEXTS))


@pytest.mark.requirement("update.values-keep-title")
@every_theme
def test_a_title_comes_back_as_it_was_sent(check: Check, session: LiveSession, theme: str) -> None:
    for title in (*DELICATE_TEXTS[theme], " ".join(DELICATE_TEXTS[theme])):
        row = written(check, session, {"title": title})
        assert title_of(row.told) == title
        assert title_of(row.read) == title


@pytest.mark.requirement("update.values-keep-tags")
@every_theme
def test_tags_come_back_as_they_were_sent(check: Check, session: LiveSession, theme: str) -> None:
    tags = list(DELICATE_TEXTS[theme])
    row = written(check, session, {"tags": tags})
    assert tags_of(row.told) == tags
    assert tags_of(row.read) == tags


@pytest.mark.requirement("update.values-keep-tags")
def test_an_empty_tag_comes_back(check: Check, session: LiveSession) -> None:
    row = written(check, session, {"tags": ["", "after an empty one"]})
    assert tags_of(row.told) == ["", "after an empty one"]
    assert tags_of(row.read) == ["", "after an empty one"]
