"""Ways to ask for one thing: nearly JSON, equivalent paths, spellings, and which value is to blame."""

import json
from typing import Any
from urllib.parse import unquote

import pytest

from tck.checking import EQUIVALENT, asked, in_escapes, spaced_to
from tck.checking.near_json import FAULTS, NO_UTF8
from tck.transport.messages import Call, Reply
from tck.values.row import RowShape


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
    assert {unquote(way) for way in ways} == {"tck-é!"}
    assert EQUIVALENT["small hex digits"]("é") == "%c3%a9"


def test_a_body_means_the_same_with_blanks_and_in_escapes():
    body = {"title": "\U0001f600 é", "tags": ["a", 1, None]}
    assert json.loads(spaced_to(500, body)) == body
    assert len(spaced_to(500, body)) == 500
    assert json.loads(in_escapes(body)) == body
    assert in_escapes("é") == '"\\u00e9"'


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
