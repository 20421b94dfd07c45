"""Histories of the trigger contract: what servers may answer to calls at the same time, and what none may."""

from math import inf
from typing import Any

import pytest

from suites.trigger.randomized.model import Action, Ask, Model, State
from suites.trigger.randomized.model_calls import asked
from suites.trigger.randomized.racer import close, update
from tck.randomized.model_call import packed
from tck.randomized.races.history import Event
from tck.randomized.races.linearizability import unexplained_part
from tests.support.histories import reply

CREATED = {
    "id": "session_1", "externalId": "e", "type": "chat.agent", "taskIdentifier": "my-chat", "tags": ["a"],
    "metadata": None, "closedAt": None, "closedReason": None, "expiresAt": None,
    "triggerConfig": {"basePayload": {}}, "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
}  # fmt: skip
CLOSED: dict[str, Any] = {"closedAt": "2026-01-01T00:00:05Z", "closedReason": "first"}
SENT = {name: CREATED[name] for name in ("externalId", "type", "taskIdentifier", "tags", "triggerConfig")}
CREATE = Ask(Action.CREATE, body=packed(SENT))
LOOK = Ask(Action.RETRIEVE)


def event(ask: Ask, start: float, end: float, status: int = 200, **members: Any) -> Event[Ask]:
    body = {**CREATED, **members} if status < 300 else {"error": "no"}
    return Event(1, ask, reply(status, body), start, end)


def made(start: float = 0, end: float = 1, **members: Any) -> Event[Ask]:
    return event(CREATE, start, end, 201, **{"isCached": False, **members})


def found(start: float, end: float, **members: Any) -> Event[Ask]:
    return event(CREATE, start, end, 200, **{"isCached": True, **members})


def told(*events: Event[Ask], initial: State = None) -> list[str]:
    return [asked(one.call) for one in unexplained_part(events, initial, Model())]


def test_one_new_session_and_the_rest_cached() -> None:
    assert told(made(0, 9), found(0, 8), found(1, 3), found(2, 9)) == []


def test_a_cached_answer_that_ends_before_the_create_begins() -> None:
    assert len(told(found(0, 1), made(2, 3))) == 1


def test_two_new_sessions_of_one_external_id() -> None:
    assert len(told(made(0, 9), found(0, 9), made(1, 8), found(2, 7))) == 2


def test_two_ids() -> None:
    assert len(told(made(0, 9), found(1, 8, id="session_2"), found(2, 7))) == 2


def test_a_lost_create_may_have_made_the_session() -> None:
    lost = Event(1, CREATE, None, 0, inf, "timeout")
    assert told(lost, found(0, 3), found(1, 4)) == []
    assert len(told(lost, found(0, 3), made(4, 5))) == 2


def test_updates_of_two_members_both_take_effect() -> None:
    tags, metadata = update(tags=["b"]), update(metadata={"m": 1})
    kept = [
        made(), event(tags, 2, 9, tags=["b"]), event(metadata, 2, 9, tags=["b"], metadata={"m": 1}),
        event(LOOK, 10, 11, tags=["b"], metadata={"m": 1}),
    ]  # fmt: skip
    assert told(*kept) == []


def test_an_update_that_is_gone_afterwards() -> None:
    tags, metadata = update(tags=["b"]), update(metadata={"m": 1})
    lost = [
        made(), event(tags, 2, 9, tags=["b"]), event(metadata, 2, 9, metadata={"m": 1}),
        event(update(), 10, 11, metadata={"m": 1}),
    ]  # fmt: skip
    assert 'update {"tags": ["b"]}' in told(*lost)


def test_an_answer_may_show_what_a_later_call_wrote() -> None:
    later = [made(), event(update(tags=["b"]), 2, 9, tags=["c"]), event(update(tags=["c"]), 3, 8, tags=["c"])]
    assert told(*later) == []


def test_an_answer_cannot_show_what_an_earlier_call_overwrote() -> None:
    before = [
        made(),
        event(update(tags=["b"]), 2, 3, tags=["b"]),
        event(update(tags=["c"]), 4, 5, tags=["b"]),
    ]
    assert 'update {"tags": ["c"]}' in told(*before)


def test_closes_with_the_reason_of_one_of_them() -> None:
    closes = [event(close("first"), 2, 9, **CLOSED), event(close("second"), 2, 8, **CLOSED)]
    assert told(made(), *closes) == []


def test_closes_with_a_reason_each() -> None:
    second = {**CLOSED, "closedReason": "second"}
    closes = [event(close("first"), 2, 9, **CLOSED), event(close("second"), 2, 8, **second)]
    assert len(told(made(), *closes)) == 2


def test_closes_with_an_instant_each() -> None:
    second = {**CLOSED, "closedAt": "2026-01-01T00:00:06Z"}
    closes = [event(close("first"), 2, 9, **CLOSED), event(close("second"), 2, 8, **second)]
    assert len(told(made(), *closes)) >= 2


@pytest.mark.parametrize(
    "late",
    [
        event(update(tags=["b"]), 4, 5, 409),
        event(update(tags=["b"]), 4, 5, tags=["b"], **CLOSED),
        event(update(tags=["b"]), 4, 5, **CLOSED),
    ],
    ids=["refused", "applied", "ignored"],
)
def test_an_update_of_a_closed_session_is_open(late: Event[Ask]) -> None:
    assert told(made(), event(close("first"), 2, 3, **CLOSED), late) == []


def test_an_update_that_opens_a_closed_session() -> None:
    late = event(update(tags=["b"]), 4, 5, tags=["b"])
    assert told(made(), event(close("first"), 2, 3, **CLOSED), late) == [
        'close {"reason": "first"}', 'update {"tags": ["b"]}'
    ]  # fmt: skip


def test_an_update_of_an_open_session_that_is_refused() -> None:
    assert told(made(), event(update(tags=["b"]), 2, 3, 409)) == ['update {"tags": ["b"]}']


def test_an_external_id_that_is_free_again() -> None:
    again = made(4, 5, id="session_2")
    assert len(told(made(), event(close("first"), 2, 3, **CLOSED), again)) >= 2


def test_a_look_before_anything_is_there() -> None:
    assert told(made(0, 9), event(LOOK, 1, 2, 404), event(LOOK, 3, 4)) == []


def test_a_look_at_something_that_vanished() -> None:
    assert len(told(made(0, 9), event(LOOK, 1, 2), event(LOOK, 3, 4, 404))) >= 2
