"""The arrays, names, spellings and faults that combination checks are made of."""

import json
import unicodedata
from typing import Any

import pytest

from suites.trigger.support.body_sizes import CLOSE_INSIDE, INSIDE, OUTSIDE
from suites.trigger.support.doors.array_sessions import CLOSED, rows
from suites.trigger.support.doors.names import ALIKE, FORMS, LONGEST, MORE_ALIKE
from suites.trigger.support.doors.paths import PUNCTUATION, unescaped, variants
from suites.trigger.support.doors.shapes import CONFIGS, OBJECTS, TAGS, TYPES, times
from suites.trigger.support.doors.wire import SPELLINGS, spelt
from tck.contract.yaml_source import read_checked
from tck.paths import spec_dir

ARRAYS: dict[str, Any] = read_checked(spec_dir("trigger") / "doors.yaml", "doors").value["arrays"]
GOOD = {"tags": ["a"], "metadata": {"m": 1}}


def test_the_create_array_has_a_name_for_each_row_and_plain_wire_for_the_last():
    every = rows()
    assert [row["name"] for row in every] == [*ALIKE, *FORMS]
    assert every[-1]["spelling"] == "compact"
    assert {row["spelling"] for row in every} == {"compact", "spaced", "escaped", "crowded"}
    assert set(CLOSED) < set(ALIKE) | set(FORMS)


def test_values_are_defined_for_every_word_of_the_arrays():
    content = ARRAYS["create-content"]["dimensions"]
    assert set(content["metadata"]) == set(content["payload"]) == set(OBJECTS)
    assert set(content["config"]) == set(CONFIGS)
    assert set(content["type"]) == set(TYPES)
    assert set(content["tags"]) - {"left-out"} == set(TAGS)


def test_names_that_are_alike_differ_and_are_no_longer_than_they_may_be():
    stem = "x" * (LONGEST - 2)
    names = [stem + ending for ending in (*ALIKE.values(), *MORE_ALIKE.values())]
    assert len(set(names)) == len(names)
    assert max(len(name.encode("utf-16-le")) // 2 for name in names) == LONGEST
    assert len({unicodedata.normalize("NFC", name) for name in names}) < len(names)


def test_tags_and_types_are_within_their_limits_and_tags_all_differ():
    for tags in TAGS.values():
        assert len(tags) == len(set(tags)) == 9
    assert all(len(text.encode("utf-16-le")) // 2 <= 64 for text in TYPES.values())
    assert times(["b", "a", "b"]) == {"a": 1, "b": 2}


@pytest.mark.parametrize("size", [INSIDE, OUTSIDE])
@pytest.mark.parametrize("spelling", [name for name in SPELLINGS if name != "compact"])
def test_a_spelling_has_the_size_and_keeps_the_members(spelling, size):
    raw = spelt(spelling, GOOD, size)
    body = json.loads(raw)
    assert len(raw) == size
    assert body["tags"] == ["a"]
    assert body["metadata"]["m"] == 1


def test_a_short_body_can_be_spelt_with_blanks():
    assert json.loads(spelt("spaced", {"reason": "r"}, CLOSE_INSIDE)) == {"reason": "r"}
    assert spelt("compact", GOOD, INSIDE) == b'{"tags":["a"],"metadata":{"m":1}}'


def test_punctuation_stands_in_a_path_as_it_is():
    assert unescaped(f"a{PUNCTUATION}é") == f"a{PUNCTUATION}%C3%A9"


def test_variants_of_a_path_are_those_of_the_array():
    named = variants("id", "closeSession")
    assert set(named) == set(ARRAYS["path-variants"]["dimensions"]["variant"])
    assert named["slash-behind"] == "/api/v1/sessions/id/close/"
    assert named["two-slashes-before"] == "/api/v1/sessions//id/close"
