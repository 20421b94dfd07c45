"""Texts made fit to be kept and shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tck.values.texts import in_all_texts, printable, whole


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("caf\u00e9", "caf\u00e9"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ud83d!", "\\ud83d!"),
        ("\udce9t\u00e9", "\\udce9t\u00e9"),
    ],
)
def test_halves_of_surrogate_pairs_are_joined_or_escaped(text: str, shown: str) -> None:
    assert whole(text) == shown


@given(st.text(st.characters()))
def test_any_text_can_be_written_and_is_left_alone_from_then_on(text: str) -> None:
    once = whole(text)
    assert once.encode().decode() == once == whole(once)


@given(st.text(st.characters()))
def test_a_printable_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    assert printable(text).isprintable()
    if text.isprintable():
        assert printable(text) == text


def test_all_texts_of_a_value_are_changed_and_nothing_else() -> None:
    value = {"a": ["b", 1, None, {"c": ("d", True)}], "e": 2.5}
    changed = in_all_texts(value, str.upper)
    assert json.dumps(changed) == '{"a": ["B", 1, null, {"c": ["D", true]}], "e": 2.5}'
