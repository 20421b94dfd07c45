"""The words of the second contract's suites: its monitor, its ids, its rows and its model."""

import json
import re
from functools import cache

import pytest

from suites.everruns.randomized.model import Action, Ask, Session, update, wrong_with
from suites.everruns.support.ids import (
    NOT_HEX,
    PREFIX,
    PREFIXLESS,
    TOO_LONG,
    TOO_SHORT,
    WRONG_PREFIX,
    neighbours,
    unknown_id,
)
from suites.everruns.support.monitors import ReplyMonitor
from suites.everruns.support.rows import tags_of, without_volatile
from tck.contract.contract import load_contract
from tck.contract.openapi import Api, load_api
from tck.paths import spec_dir
from tck.run.context import row_shape
from tck.transport.messages import Call, Reply

KEY = "evr_" + "0123456789abcdef" * 4
HEX = "0190c5e27d3b7f64a1b28c4e95d0f317"
ROW = {
    "id": f"session_{HEX}", "organization_id": f"org_{HEX}", "harness_id": f"harness_{HEX}",
    "status": "started", "title": "T", "tags": ["a"],
    "created_at": "2026-02-27T08:30:00Z", "updated_at": "2026-02-27T08:30:00Z",
}  # fmt: skip
JSON = (("content-type", "application/json"),)


@cache
def api() -> Api:
    return load_api(spec_dir("everruns") / "openapi.yaml")


def reply(body, status=200, headers=JSON, sent=None) -> Reply:
    call = Call(
        "updateSession", "PATCH", f"/v1/sessions/session_{HEX}", KEY, "key", json.dumps(sent or {}).encode()
    )
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(call, "main-1", status, headers, raw, row_shape(load_contract("everruns"), api()))


def judged(one: Reply) -> set[str]:
    return {name for name, problem in ReplyMonitor(api(), {"key": KEY}).judged(one) if problem}


def test_the_monitor_finds_nothing_wrong_with_good_replies():
    assert judged(reply(ROW)) == set()
    assert judged(reply({"error": "no"}, 404)) == set()
    assert judged(reply(b"Failed to parse", 400, ())) == set()
    assert judged(reply({**ROW, "title": "Traceback (most recent call last)"})) == set()


@pytest.mark.parametrize(
    ("one", "requirement"),
    [
        (reply({"error": "x"}, 500), "replies.no-server-error"),
        (reply({"error": f"no such key {KEY}"}, 404), "replies.no-secret-in-body"),
        (reply({"error": "Traceback (most recent call last):\n"}, 400), "replies.hold-no-stack-trace"),
        (reply(ROW, headers=()), "update.success-is-json"),
        (reply({**ROW, "status": "busy"}), "update.success-matches-schema"),
        (reply(b"", 204), "update.success-matches-schema"),
    ],
)
def test_the_monitor_finds_what_is_wrong(one, requirement):
    assert requirement in judged(one)


def test_spoilt_ids_are_none_and_their_neighbours_are():
    good = re.compile(r"session_[0-9a-f]{32}")
    spoilt = [
        spoil(HEX)
        for ways in (PREFIXLESS, WRONG_PREFIX, TOO_SHORT, TOO_LONG, NOT_HEX)
        for spoil in ways.values()
    ]
    assert len(set(spoilt)) == len(spoilt)
    assert not any(good.fullmatch(one) for one in spoilt)
    near = [*neighbours(PREFIX + HEX), unknown_id("salt")]
    assert all(good.fullmatch(one) and one != PREFIX + HEX for one in near)


def test_rows_are_compared_without_what_moves_and_without_empty_lists():
    before = reply(ROW).row
    later = reply(
        {**ROW, "status": "idle", "updated_at": "2027-01-01T00:00:00Z", "tools": [], "usage": None}
    ).row
    assert without_volatile(before) == without_volatile(later)
    assert without_volatile(before) != without_volatile(
        reply({**ROW, "harness_id": f"harness_{HEX[::-1]}"}).row
    )
    assert tags_of(reply({**ROW, "tags": ["b", "a"]}).row) == ["a", "b"]
    assert tags_of(reply({name: ROW[name] for name in ROW if name != "tags"}).row) == []


STATE = Session("T", ("a",), (("id", f"session_{HEX}"),))


@pytest.mark.parametrize(
    ("ask", "one"),
    [
        (Ask(Action.READ), reply(ROW)),
        (update(title="N"), reply({**ROW, "title": "N"})),
        (update(tags=[]), reply({**ROW, "tags": None})),
        (update(), reply({"error": "nothing to do"}, 422)),
        (Ask(Action.MISS), reply({"error": "x"}, 404)),
    ],
)
def test_the_model_permits_what_the_page_says(ask, one):
    assert wrong_with(STATE, ask, one) is None


@pytest.mark.parametrize(
    ("ask", "one", "told"),
    [
        (Ask(Action.READ), reply({**ROW, "title": "N"}), 'title is "N", not "T"'),
        (update(title="N"), reply(ROW), 'title is "T", not "N"'),
        (update(tags=["b"]), reply({**ROW, "tags": ["a", "b"]}), 'tags is ["a", "b"], not ["b"]'),
        (update(title="N"), reply({"error": "x"}, 409), "it answered 409, not 200 with a row"),
        (Ask(Action.MISS), reply(ROW), "the status is 200, not 404"),
        (
            update(title="N"),
            reply({**ROW, "title": "N", "id": "session_1"}),
            f'id is "session_1", not "session_{HEX}"',
        ),
    ],
)
def test_the_model_says_what_is_wrong(ask, one, told):
    assert wrong_with(STATE, ask, one) == told
