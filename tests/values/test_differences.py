"""Where two JSON values differ, and that both texts show it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suites.trigger.support.round_trip_values import PROTO, THEMES, Theme
from tck.values.differences import ROOM, apart, differing
from tck.values.json_equality import same_json

KEY = "k" * 30
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def told(expected: object, seen: object) -> list[tuple[str, str, str]]:
    return [(one.path, *one.texts) for one in differing(expected, seen)]


@pytest.mark.parametrize(
    ("sent", "seen", "places"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, [("b", "2", "absent")]),
        ({"a": {}}, {"a": {"b": None}}, [("a.b", "absent", "null")]),
        ({"a": {"b": [1, {"c": True}]}}, {"a": {"b": [1, {"c": 1}]}}, [("a.b", '[1, {"c": true}]', '[1, {"c": 1}]')]),
        ({"a": [1]}, {"a": [1, 2]}, [("a", "[1]", "[1, 2]")]),
        ({"a": [KEY, KEY, "x"]}, {"a": [KEY, KEY, "y"]}, [("a[2]", '"x"', '"y"')]),
        ({"a": [KEY, KEY, "x"]}, {"a": [KEY, KEY]}, [("a[2]", '"x"', "absent")]),
        ({"a b": 1}, {"a b": 2}, [('["a b"]', "1", "2")]),
        ({}, None, [("", "{}", "null")]),
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, [("a", "1", "2"), ("b", "1", "2")]),
        (PROTO, {"inner": {}}, [("__proto__", '{"kept": true}', "absent"), ("inner.__proto__", '"text"', "absent")]),
    ],
    ids=str,
)  # fmt: skip
def test_each_difference_is_shown_at_its_place(sent, seen, places):
    assert told(sent, seen) == places


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_same_value_in_another_order_differs_nowhere(theme: Theme):
    assert told(dict(reversed(theme.json.items())), theme.json) == []


@given(JSON, JSON)
def test_values_differ_somewhere_exactly_when_they_are_not_the_same(expected, seen):
    found = told(expected, seen)
    assert bool(found) is not same_json(expected, seen)
    for _, one, other in found:
        assert one
        assert other
        assert one != other
        assert max(len(one), len(other)) < 2 * ROOM


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("x" * 1000 + "a", "x" * 1000 + "b"),
        ("x" * 1000, "x" * 1001),
        ("x" * 1000, "x" * 999 + "y"),
        ("a" + "x" * 1000, "b" + "x" * 1000),
        ("e\u0301", "\u00e9"),
        ("zero\u200bwidth", "zerowidth"),
        ("x" * 500 + "\u00a0", "x" * 500 + " "),
        (list(range(1000)), list(range(999))),
        (10**300, 10**300 + 1),
        ({1, 2}, {1, 3}),
        ("1", 1),
        (object, print),
    ],
    ids=str,
)
def test_of_long_or_like_values_the_differing_part_is_shown(expected, seen):
    one, other = apart(expected, seen)
    assert one != other
    assert max(len(one), len(other)) < 2 * ROOM


def test_a_part_of_a_long_text_says_how_long_it_is():
    one, other = apart("x" * 128, "x" * 128 + "y" * 100)
    assert one == json.dumps("x" * 128)
    assert other.endswith('y" (228 characters)')
