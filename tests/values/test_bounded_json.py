"""JSON that a plain parser gives up on is read as far as anybody needs it; what is no JSON still is none."""

import json

import pytest

from tck.values.bounded_json import DEEPER, DEEPEST, LONGEST_NUMBER, read_json

NOTE = json.loads(DEEPER)


def nested(depth, inside=0):
    value = inside
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    "text", ['{"a": [1, 2.5, null, true, "x"]}', "[]", '"[[{"', "1e400", '{"a":1,"a":2}']
)
def test_ordinary_json_is_read_as_ever(text):
    assert read_json(text) == json.loads(text)


@pytest.mark.parametrize("depth", [1, DEEPEST - 1, DEEPEST, DEEPEST + 1, DEEPEST + 2, 300])
def test_what_is_nested_deeper_is_a_note(depth):
    text = json.dumps([1, nested(depth - 1, "bottom"), "[{", nested(depth - 1), 2])
    read = read_json(text)
    assert (read[0], read[2], read[4]) == (1, "[{", 2)
    assert (read == json.loads(text)) is (depth <= DEEPEST)
    assert [NOTE in json.dumps(one) for one in (read[1], read[3])] == [depth > DEEPEST] * 2


def test_a_hundred_thousand_levels_hide_nothing_beside_them():
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        deep = opening * 100_000 + "1" + closing * 100_000
        assert read_json(f'{{"id": "s", "deep": {deep}, "tags": ["[", "a\\"]"]}}')["tags"] == ["[", 'a"]']


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "]" * 100_000, "[" * 500 + "}" * 499, '{"a":' * 500, "[NaN]", "Infinity", "{", '["' + "[" * 200, "[1" + "[" * 200 + "]" * 201],
)  # fmt: skip
def test_what_is_no_json_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_whole_numbers_are_exact_up_to_a_size_that_nobody_needs():
    assert read_json("9" * LONGEST_NUMBER) == 10**LONGEST_NUMBER - 1
    assert read_json("-" + "9" * 10_000) == float("-inf")
    assert read_json("[0.1" + "0" * 10_000 + "]") == [0.1]
