import json

import pytest

from tck.values.json_equality import JsonValue, Kind, contains_json, same_json, shown
from tck.values.rfc3339 import compare_instants, parse_instant
from tck.values.row import Row, RowShape

DEEP = 100_000


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (True, 1, False), (False, 0, False), (1, True, False), (True, True, True), ([True], [1], False),
        ({"a": False}, {"a": 0}, False), (1, 1.0, True), (0, -0.0, True), (2**53 + 1, float(2**53), False),
        (0.1, 0.1, True), ("1", 1, False), ("a", "a", True), ("é", "e\u0301", False), (None, None, True),
        (None, False, False), (None, {}, False), ([], {}, False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False), ([1, 2], [2, 1], False), ([1], [1, 1], False),
        ({"a": [{"b": None}]}, {"a": [{"b": None}]}, True),
    ],
)  # fmt: skip
def test_equality_is_that_of_json_and_not_of_python(left, right, same):
    assert same_json(left, right) is same
    assert same_json(right, left) is same
    assert (JsonValue(left) == right) is same
    assert (JsonValue(left) == JsonValue(right)) is same


def test_values_of_any_depth_are_compared():
    deep, other = [], []
    for _ in range(DEEP):
        deep, other = [deep], [other]
    assert same_json(deep, other)
    assert not same_json(deep, [other])
    assert "deep" in shown(deep)
    del deep, other


def test_what_is_no_json_equals_nothing():
    assert not same_json(b"x", b"x")
    assert JsonValue({"a": 1}).contains({"a": 1.0})
    assert not contains_json({"a": True}, {"a": 1})
    assert contains_json({"a": 1, "b": 2}, {"b": 2})
    assert not contains_json({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}})


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z", 0),
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05Z", 0),
        ("2026-01-02T03:04:06Z", "2026-01-02T03:04:05.999Z", 0),
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.679Z", -1),
        ("2026-01-02T03:04:05.6789Z", "2026-01-02T03:04:05.678Z", 0),
        ("2026-01-02T03:04:05.680Z", "2026-01-02T03:04:05.678123Z", 1),
        ("2026-01-02T05:04:05+02:00", "2026-01-02t03:04:05z", 0),
        ("2026-01-01T23:30:00-03:30", "2026-01-02T03:00:00Z", 0),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", 0),
        ("2026-01-02T03:04:07Z", "2026-01-02T03:04:05.9Z", 1),
    ],
)
def test_instants_are_compared_at_the_coarser_precision_shown(left, right, order):
    assert compare_instants(left, right) == order
    assert compare_instants(right, left) == -order
    assert (JsonValue(left, Kind.INSTANT) == right) is (order == 0)


@pytest.mark.parametrize(
    "text",
    ["2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "20260102T030405Z", "", "1767323045"],
)
def test_other_texts_are_no_instants(text):
    with pytest.raises(ValueError, match=r"RFC 3339|month"):
        parse_instant(text)


SHAPE = RowShape(
    {
        "id": Kind.PLAIN,
        "updatedAt": Kind.INSTANT,
        "tags": Kind.UNORDERED,
        "config": Kind.PLAIN,
        "run": Kind.PLAIN,
    },
    may_vanish=frozenset({"config", "run"}),
    unordered=frozenset({"tags", "config.tags"}),
    volatile=frozenset({"updatedAt", "run"}),
)
ROW = {
    "id": "s",
    "updatedAt": "2026-01-02T03:04:05.000Z",
    "tags": ["a", "b"],
    "config": {"tags": ["x", "y"], "n": 1},
}


def row(**changes):
    return Row({**ROW, **changes}, SHAPE)


@pytest.mark.parametrize(
    "change",
    [
        {"tags": ["b", "a"]}, {"config": {"n": 1.0, "tags": ["y", "x"]}}, {"config": None}, {"run": None}, {"run": "r"},
        {"extra": 1}, {"updatedAt": "2026-01-02T04:04:05+01:00"},
    ],
    ids=str,
)  # fmt: skip
def test_rows_that_differ_in_what_is_free_are_the_same(change):
    assert row(**change) == row()
    assert row() == row(**change)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": "t"}, 'id was "s" and is "t"'),
        ({"tags": ["a"]}, 'tags was ["a", "b"] and is ["a"]'),
        ({"tags": None}, 'tags was ["a", "b"] and is null'),
        ({"config": {"tags": ["y", "x"], "n": True}}, "config.n was 1 and is true"),
        ({"config": {"tags": ["x"], "n": 1}}, 'config.tags was ["x", "y"] and is ["x"]'),
        ({"updatedAt": "2026-01-02T03:04:05.001Z"}, "updatedAt was"),
    ],
    ids=str,
)
def test_a_difference_of_rows_is_a_sentence_for_its_member(change, sentence):
    [told] = row().differences(row(**change))
    assert told.startswith(sentence)
    assert row().without(*change) == row(**change)


def test_what_changes_by_itself_can_be_left_out():
    later = row(updatedAt="2027-01-02T03:04:05Z", run="r")
    assert row() != later
    assert row().without_volatile() == later.without_volatile()
    assert row().without_volatile() != row(id="t").without_volatile()


def test_absent_and_null_are_alike_and_orders_can_be_asked():
    assert row().without()["run"].is_null
    assert row(updatedAt="2026-01-02T03:04:05.5Z")["updatedAt"] > row()["updatedAt"]
    assert row()["updatedAt"] >= row()["updatedAt"]
    assert "run" not in row()
    assert json.loads(repr(row())) == {key: ROW[key] for key in SHAPE.members if key in ROW}
