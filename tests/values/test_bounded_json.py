"""JSON that a plain parser gives up on is read as far as anybody needs it; what is no JSON still is none."""

import json
import sys

import pytest

from tck.values.bounded_json import DEEPER, DEEPEST, LONGEST_NUMBER, read_json, why_no_json

NOTE = json.loads(DEEPER)
TRAILING_COMMA = "expecting property name enclosed in double quotes at character 9"
"""What a Python before 3.13 says of it."""


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


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"a": Infinity}', "Infinity is not JSON"),
        (b'{"a": 1,}', "illegal trailing comma before end of object at character 8"),
        (b'{"a": ', "expecting value at character 7"),
        (b'{"a": "\xff"}', "byte 8 is not UTF-8"),
        (b'{"a": 1}', ""),
    ],
)
def test_it_is_said_why_a_body_is_no_json(body, why):
    if sys.version_info < (3, 13):
        why = why.replace("illegal trailing comma before end of object at character 8", TRAILING_COMMA)
    assert why_no_json(body) == why
