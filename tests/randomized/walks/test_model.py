"""The model of the contract: what each operation must answer in each state of a session."""

from dataclasses import replace
from typing import Any

import pytest

from suites.trigger.randomized.model import (
    Action,
    Ask,
    Bearer,
    Session,
    State,
    after,
    answers,
    complaint,
)
from tck.randomized.model_call import packed
from tests.support.histories import reply

OPEN = Session(
    "e", "chat.agent", "my-chat", packed(["a"]), packed({"k": 1}), None, (packed({"basePayload": {}}),)
)
SHUT = replace(OPEN, closed=True, reason="done")
CREATE: dict[str, Any] = {
    "type": "other",
    "taskIdentifier": "my-chat",
    "externalId": "e",
    "triggerConfig": {"basePayload": {}},
}


def ask(action: Action, bearer: Bearer = Bearer.KEY, **members: Any) -> Ask:
    return Ask(action, bearer, packed(members))


@pytest.mark.parametrize(
    ("state", "asked", "words"),
    [
        (None, ask(Action.CREATE, **CREATE), ["201 with isCached false and an open row, tags [], metadata null"]),
        (OPEN, ask(Action.CREATE, **CREATE), ['200 with isCached true and an open row, tags ["a"], metadata {"k": 1}']),
        (SHUT, ask(Action.CREATE, **CREATE), ["409"]),
        (None, ask(Action.RETRIEVE), ["404"]),
        (OPEN, ask(Action.RETRIEVE), ['200 and an open row, tags ["a"], metadata {"k": 1}']),
        (OPEN, ask(Action.RETRIEVE, Bearer.TOKEN), ['200 and an open row, tags ["a"], metadata {"k": 1}']),
        (OPEN, ask(Action.RETRIEVE, Bearer.FOREIGN_TOKEN), ["401 or 403 or 404"]),
        (None, ask(Action.UPDATE, tags=[]), ["404"]),
        (OPEN, ask(Action.UPDATE, tags=[]), ['200 and an open row, tags [], metadata {"k": 1}']),
        (OPEN, ask(Action.UPDATE, metadata=None), ['200 and an open row, tags ["a"], metadata null']),
        (OPEN, ask(Action.UPDATE, externalId="e", tags=["b"]), ['200 and an open row, tags ["b"], metadata {"k": 1}']),
        (OPEN, ask(Action.UPDATE, externalId="f", tags=["b"]), ["422"]),
        (OPEN, ask(Action.UPDATE, externalId=None), ["422"]),
        (replace(OPEN, external_id=None), ask(Action.UPDATE, externalId=None), ['200 and an open row, tags ["a"], metadata {"k": 1}']),
        (OPEN, ask(Action.UPDATE, Bearer.TOKEN, tags=["b"]), ["401 or 403 or 404"]),
        (None, ask(Action.CLOSE), ["404"]),
        (OPEN, ask(Action.CLOSE, reason="r"), ['200 and a closed row (reason "r"), tags ["a"], metadata {"k": 1}']),
        (SHUT, ask(Action.CLOSE, reason="r"), ['200 and a closed row (reason "done"), tags ["a"], metadata {"k": 1}']),
        (OPEN, ask(Action.CLOSE, Bearer.TOKEN), ["401 or 403 or 404"]),
        (
            SHUT, ask(Action.UPDATE, tags=["b"]),
            [
                '200 and a closed row (reason "done"), tags ["b"], metadata {"k": 1}',
                '200 and a closed row (reason "done"), tags ["a"], metadata {"k": 1}', "a 4xx",
            ],
        ),
    ],
)  # fmt: skip
def test_permitted_answers(state: State, asked: Ask, words: list[str]) -> None:
    assert [str(answer) for answer in answers(state, asked)] == words


ROW = {
    "id": "session_1", "externalId": "e", "type": "chat.agent", "taskIdentifier": "my-chat", "tags": ["a"],
    "metadata": {"k": 1}, "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
}  # fmt: skip


def test_what_the_server_chose_is_remembered() -> None:
    [state] = after([OPEN], ask(Action.RETRIEVE), reply(200, ROW))
    assert state is not None
    assert (state.value("id"), state.value("closedAt")) == ("session_1", None)
    assert after([state], ask(Action.RETRIEVE), reply(200, {**ROW, "id": "session_2"})) == []
    assert (
        after([state], ask(Action.RETRIEVE), reply(200, {**ROW, "createdAt": "2026-01-01T00:00:01Z"})) == []
    )
    assert after(
        [state], ask(Action.RETRIEVE), reply(200, {**ROW, "createdAt": "2026-01-01T01:00:00.000+01:00"})
    )


@pytest.mark.parametrize(
    "shown",
    [
        {}, {"triggerConfig": {"basePayload": {}}}, {"triggerConfig": {"basePayload": {}, "machine": "small-1x"}},
        {"closedAt": None, "expiresAt": None}, {"more": 1}, {"tags": ["a", "a"]}, {"currentRunId": "run_9"},
    ],
)  # fmt: skip
def test_rows_that_a_good_server_may_show(shown: dict[str, Any]) -> None:
    assert after([OPEN], ask(Action.RETRIEVE), reply(200, {**ROW, **shown}))


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({"metadata": {"k": True}}, 'metadata.k is true, not 1'),
        ({"tags": []}, 'tags is [], not ["a"]'),
        ({"closedAt": "2026-01-01T00:00:00Z"}, 'closedAt is "2026-01-01T00:00:00Z", not null'),
        ({"triggerConfig": {"basePayload": {"x": 1}}}, 'triggerConfig.basePayload.x is 1, not absent'),
    ],
)  # fmt: skip
def test_rows_that_no_good_server_shows(shown: dict[str, Any], said: str) -> None:
    answer = reply(200, {**ROW, **shown})
    assert after([OPEN], ask(Action.RETRIEVE), answer) == []
    assert complaint([OPEN], ask(Action.RETRIEVE), answer) == said


def test_a_status_that_no_state_explains_is_said() -> None:
    again = ask(Action.CREATE, **CREATE)
    assert (
        complaint([SHUT], again, reply(201, {**ROW, "isCached": False}))
        == "it answered 201 with isCached false, not 409"
    )
    assert complaint([OPEN], ask(Action.CLOSE), reply(500, {})) == "it answered 500, not 200"


def test_a_refreshed_trigger_config_is_as_good_as_the_old_one() -> None:
    other = {"basePayload": {"new": 1}}
    states = after(
        [OPEN],
        ask(Action.CREATE, **{**CREATE, "triggerConfig": other}),
        reply(200, {**ROW, "isCached": True}),
    )
    for config in (other, {"basePayload": {}}):
        assert after(states, ask(Action.RETRIEVE), reply(200, {**ROW, "triggerConfig": config}))
    assert (
        after(states, ask(Action.RETRIEVE), reply(200, {**ROW, "triggerConfig": {"basePayload": {"x": 1}}}))
        == []
    )


def test_an_update_of_a_closed_session_may_be_applied_or_not_until_it_is_seen() -> None:
    row = {**ROW, "closedAt": "2026-01-01T00:00:09Z", "closedReason": "done"}
    states = after([SHUT], ask(Action.UPDATE, tags=["b"]), reply(200, {**row, "tags": ["b"]}))
    assert after(states, ask(Action.RETRIEVE), reply(200, {**row, "tags": ["b"]}))
    assert after(states, ask(Action.RETRIEVE), reply(200, row)) == []
