"""Create and read."""

import pytest

from suites.notes.support import Notes
from tck.checking import Check


@pytest.mark.requirement("create.refuses-empty-text")
def test_an_empty_text_is_refused(check: Check, notes: Notes) -> None:
    check.control(notes.create("x"), "create.fuzz-valid-data-accepted")
    check.refused(notes.create(""), 400)


@pytest.mark.requirement("read.shows-text", "replies.match-schema")
@pytest.mark.parametrize("text", ["Buy milk", " spaced "])
def test_a_read_shows_the_text(check: Check, notes: Notes, text: str) -> None:
    made = check.control(notes.create(text), "create.fuzz-valid-data-accepted")
    with check.judging("read.shows-text"):
        check.visible(lambda: notes.read(made["id"].value), lambda reply: reply["text"] == text, f"{text!r}")
