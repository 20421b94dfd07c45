"""What an assertion compared: its sentence, both sides in words, and the exchanges that they come from."""

import pytest

from tck.checking.comparison import compared
from tck.values.json_equality import NULL, JsonValue, Kind
from tests.support.transport_samples import reply

FIRST = reply(200, {"id": "s-1", "tags": ["a", "b"]}, exchange="main-1")
SECOND = reply(202, {"id": "s-2", "tags": ["b"]}, exchange="main-2")
EARLY, LATE = "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"


def instant(text: str) -> JsonValue:
    return JsonValue(text, Kind.INSTANT)


@pytest.mark.parametrize(
    ("operator", "seen", "expected", "told"),
    [
        ("==", SECOND.status, 200, ("the status is 202, not 200", "the status: 200", "the status: 202")),
        ("in", SECOND.status, (200, 201), ("the status is 202, expected is one of 200, 201", "the status: one of 200, 201", "the status: 202")),
        ("not in", SECOND.status, range(200, 300), ("the status is 202, expected is none of 200 to 299", "the status: none of 200 to 299", "the status: 202")),
        ("in", SECOND.status, frozenset({404, 401}), ("the status is 202, expected is one of 401, 404", "the status: one of 401, 404", "the status: 202")),
        ("!=", SECOND["id"], "s-2", ('id is "s-2", expected is anything but "s-2"', 'id: anything but "s-2"', 'id: "s-2"')),
        ("==", SECOND["id"], NULL, ('id is "s-2", not null', "id: null", 'id: "s-2"')),
        ("is", True, False, ("it is true, not false", "false", "true")),
        (">=", instant(EARLY), instant(LATE), (f'it is "{EARLY}", expected is not before "{LATE}"', f'not before "{LATE}"', f'"{EARLY}"')),
        ("<", 3, 2, ("it is 3, expected is less than 2", "less than 2", "3")),
        ("==", SECOND["tags"], FIRST["tags"], ('tags is ["b"], not ["a", "b"]', 'tags: ["a", "b"]', 'tags: ["b"]')),
        ("==", [FIRST.status, SECOND.status], [200, 200], ("the status is 202, not 200", "the status: 200", "the status: 202")),
        ("==", (SECOND["id"], SECOND["tags"]), ("s-2", ["c"]), ('tags is ["b"], not ["c"]', 'tags: ["c"]', 'tags: ["b"]')),
        ("==", {"a way": SECOND.status, "another": FIRST.status}, {}, ("there is a way: 202; another: 200", "none", "a way: 202; another: 200")),
        ("==", [SECOND["id"]] * 5, [], ('there is "s-2"; "s-2"; "s-2"; and 2 more', "none", '"s-2"; "s-2"; "s-2"; and 2 more')),
        ("==", SECOND["tags"], [], ('tags is ["b"], not []', "tags: []", 'tags: ["b"]')),
        ("in", {"b", "a"}, [{"c"}], ('it is ["a", "b"], expected is one of ["c"]', 'one of ["c"]', '["a", "b"]')),
        ("==", {"from iat": 1.0}, pytest.approx({"from iat": 3600}, abs=300), None),
    ],
)  # fmt: skip
def test_a_comparison_is_said_in_words_that_differ(operator, seen, expected, told):
    said = compared(operator, seen, expected)
    assert said.expected
    assert said.seen
    assert said.expected != said.seen
    assert told is None or (str(said), said.expected, said.seen) == told


def test_rows_are_compared_by_the_members_that_differ():
    said = compared("==", SECOND.row, FIRST.row)
    assert str(said) == 'id was "s-1" and is "s-2"; tags was ["a", "b"] and is ["b"]'
    assert said.expected == 'id: "s-1"; tags: ["a", "b"]'
    assert said.seen == 'id: "s-2"; tags: ["b"]'


def test_of_long_lists_in_any_order_it_is_said_what_one_lacks():
    many = [f"tag number {number}" for number in range(20)]
    seen = reply(200, {"id": "s", "tags": [*many[1:], "strange"]})["tags"]
    said = compared("==", seen, many)
    assert said == 'tags comes without ["tag number 0"] and with ["strange"]'
    assert said.expected == 'tags: with ["tag number 0"]'
    assert said.seen == 'tags: without ["tag number 0"] and with ["strange"]'


def test_null_is_named_as_json_names_it():
    said = compared("is not", None, None)
    assert (said.expected, said.seen) == ("anything but null", "null")


@pytest.mark.parametrize(
    ("seen", "expected", "exchanges"),
    [
        (SECOND.status, 200, ("main-2",)),
        (SECOND["id"], "s-1", ("main-2",)),
        (SECOND["id"], FIRST["id"], ("main-1", "main-2")),
        (SECOND.row, FIRST.row, ("main-1", "main-2")),
        (SECOND.row.without("tags"), FIRST.row, ("main-1", "main-2")),
        ([FIRST.status, SECOND.status], [200, 200], ("main-2",)),
        (SECOND["tags"].made(["x"]), ["y"], ("main-2",)),
        ({"a way": SECOND.status}, {}, ("main-2",)),
        ("plain", "other", ()),
    ],
)
def test_a_comparison_names_the_exchanges_that_its_sides_come_from(seen, expected, exchanges):
    assert compared("==", seen, expected).exchanges == exchanges
