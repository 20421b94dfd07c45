"""The addresses and bodies that the checks are made of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suites.trigger.support.addresses import SHORTEST_UNKNOWN, near_misses, unknown_id
from suites.trigger.support.bodies import ID_PREFIX
from suites.trigger.support.body_sizes import (
    CLOSE_INSIDE,
    CLOSE_OUTSIDE,
    IN_BASE_PAYLOAD,
    IN_METADATA,
    IN_METADATA_WIDE,
    INSIDE,
    NO_OBJECT,
    OUTSIDE,
    UNPARSABLE,
    every_close_bulk,
    spoilt,
    with_every_bulk,
)

BODY = {"triggerConfig": {"basePayload": {}}, "tags": ["a"]}


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("session_abcdef0123456789", "session_bcdefa1234567890"),
        ("session_3f2a-b1c9e7d5a4", "session_4a3b-c2d1f9e7b5"),
        ("session_Kk9aaaaaaaaa", "session_La8kkkkkkkkk"),
        ("session_9aZz9aZz9aZz", "session_8zYa8zYa8zYa"),
        ("session_17", "session_711717171"),
        ("session_", "session_000000000"),
    ],
)
def test_an_unknown_id_has_the_form_of_the_known_one(known: str, unknown: str) -> None:
    assert unknown_id(known) == unknown


@given(st.text("abcdefghijXYZ0123456789-_", max_size=40))
def test_an_unknown_id_keeps_its_length_and_no_letter_in_its_place(rest: str) -> None:
    unknown = unknown_id(ID_PREFIX + rest).removeprefix(ID_PREFIX)
    assert len(unknown) == max(len(rest), SHORTEST_UNKNOWN)
    pairs = list(zip(rest, unknown, strict=False))
    assert all(one != other for one, other in pairs if one.isalnum())
    kinds = (str.isdigit, str.islower, str.isupper)
    assert all([kind(one) for kind in kinds] == [kind(other) for kind in kinds] for one, other in pairs)


def test_near_misses_all_differ_from_the_name_and_from_one_another() -> None:
    misses = near_misses("tck-0a1b-main-1-NearBy")
    assert len({*misses, "tck-0a1b-main-1-NearBy"}) == len(misses) + 1


@pytest.mark.parametrize("size", [INSIDE, OUTSIDE])
@pytest.mark.parametrize("bulk", [IN_METADATA, IN_METADATA_WIDE, IN_BASE_PAYLOAD])
def test_a_filled_body_has_exactly_the_size_and_is_an_object(bulk, size) -> None:
    raw = bulk.fill(size, with_every_bulk(BODY))
    assert len(raw) == size
    assert json.loads(raw)["tags"] == ["a"]


@pytest.mark.parametrize("size", [CLOSE_INSIDE, CLOSE_OUTSIDE])
def test_a_close_body_has_exactly_the_size_and_a_reason_within_its_length(size: int) -> None:
    for raw in every_close_bulk(size):
        assert len(raw) == size
        assert 1 <= len(json.loads(raw)["reason"]) <= 256


def test_an_unparsable_body_cannot_be_parsed() -> None:
    for raw in spoilt(UNPARSABLE, b'{"reason":"done","tags":["a:b"]}'):
        with pytest.raises(ValueError, match=r".+"):
            json.loads(raw)


def test_what_is_no_object_is_json_of_another_type() -> None:
    for raw in spoilt(NO_OBJECT, b'{"reason":"done"}'):
        assert not isinstance(json.loads(raw), dict)
