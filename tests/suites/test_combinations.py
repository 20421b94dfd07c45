"""The arrays, names, spellings and faults that combination checks are made of."""

import json
import unicodedata
from itertools import combinations as pairs_of
from itertools import product
from typing import Any

import pytest

from suites.trigger.support.body_sizes import CLOSE_INSIDE, INSIDE, OUTSIDE
from suites.trigger.support.doors.array_sessions import CLOSED, rows
from suites.trigger.support.doors.arrays import combinations
from suites.trigger.support.doors.names import ALIKE, FORMS, LONGEST, MORE_ALIKE
from suites.trigger.support.doors.paths import EQUIVALENT, PUNCTUATION, unescaped, variants
from suites.trigger.support.doors.shapes import CONFIGS, OBJECTS, TAGS, TYPES, times
from suites.trigger.support.doors.syntax import FAULTS, NO_UTF8
from suites.trigger.support.doors.trying import asked
from suites.trigger.support.doors.wire import SPELLINGS, spelt
from tck.contract.yaml_source import read_checked
from tck.paths import spec_dir
from tck.transport.messages import Call, Reply
from tck.values.row import RowShape

ARRAYS: dict[str, Any] = read_checked(spec_dir("trigger") / "doors.yaml", "doors").value["arrays"]
GOOD = {"tags": ["a"], "metadata": {"m": 1}}


@pytest.mark.parametrize("name", ARRAYS)
def test_each_pair_of_values_stands_in_a_row(name):
    dimensions, every = ARRAYS[name]["dimensions"], combinations(name)
    for one, other in pairs_of(dimensions, 2):
        wanted = set(product(dimensions[one], dimensions[other]))
        assert {(row[one], row[other]) for row in every} == wanted, (one, other)


@pytest.mark.parametrize("name", ARRAYS)
def test_no_row_stands_there_twice(name):
    seen = [tuple(row.values()) for row in combinations(name)]
    assert len(set(seen)) == len(seen)


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


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_makes_a_body_one_that_is_no_json(fault):
    def refuse(name: str) -> None:
        raise ValueError(name)

    with pytest.raises(ValueError, match=r".+"):
        json.loads(FAULTS[fault](b'{"reason":"done"}'), parse_constant=refuse)


@pytest.mark.parametrize("fault", NO_UTF8)
def test_a_fault_makes_a_body_one_that_is_not_utf8(fault):
    with pytest.raises(UnicodeDecodeError):
        NO_UTF8[fault](b'{"reason":"done"}').decode()


def test_equivalent_paths_differ_as_they_are_written():
    ways = [encode("tck-é!") for encode in EQUIVALENT.values()]
    assert len(set(ways)) == len(ways)
    assert EQUIVALENT["small hex digits"]("é") == "%c3%a9"
    assert unescaped(f"a{PUNCTUATION}é") == f"a{PUNCTUATION}%C3%A9"


def test_variants_of_a_path_are_those_of_the_array():
    named = variants("id", "closeSession")
    assert set(named) == set(ARRAYS["path-variants"]["dimensions"]["variant"])
    assert named["slash-behind"] == "/api/v1/sessions/id/close/"
    assert named["two-slashes-before"] == "/api/v1/sessions//id/close"


def reply(status: int) -> Reply:
    return Reply(Call("updateSession", "PATCH", "/"), "x-1", status, (), b"{}", RowShape({}))


def test_the_value_that_is_refused_alone_is_blamed():
    plain = {"media": "plain", "accept": "json"}
    sent: list[Any] = []

    def ask(words):
        sent.append(dict(words))
        return reply(415 if words["media"] == "odd" else 200)

    found = asked(ask, [{"media": "odd", "accept": "list"}, {"media": "plain", "accept": "list"}], plain)
    assert list(found.blamed) == ["media"]
    assert [words for words, _ in found.accepted] == [{"media": "plain", "accept": "list"}]
    assert {"media": "plain", "accept": "list"} in sent


def test_values_that_are_only_refused_together_are_blamed_together():
    plain = {"media": "plain", "accept": "json"}
    found = asked(
        lambda words: reply(415 if words == {"media": "odd", "accept": "list"} else 200),
        [{"media": "odd", "accept": "list"}],
        plain,
    )
    assert list(found.blamed) == ["together"]
