"""Histories written down by hand: calls, answers and times."""

import json
from collections.abc import Iterable
from math import inf
from typing import Any

from tck.randomized.races.history import Event
from tck.randomized.races.linearizability import unexplained_part
from tck.transport.messages import Call, Reply
from tck.values.json_equality import Kind
from tck.values.row import RowShape

SHAPE = RowShape(
    {"closedAt": Kind.INSTANT, "createdAt": Kind.INSTANT, "updatedAt": Kind.INSTANT, "tags": Kind.UNORDERED}
    | dict.fromkeys(
        (
            "id",
            "externalId",
            "type",
            "taskIdentifier",
            "metadata",
            "closedReason",
            "expiresAt",
            "triggerConfig",
        ),
        Kind.PLAIN,
    )
)


def reply(status: int, body: Any = None, exchange: str = "main-1", doubtful: bool = False) -> Reply:
    raw = json.dumps(body).encode()
    headers = (("content-type", "application/json"),)
    return Reply(Call("", "GET", "/x"), exchange, status, headers, raw, SHAPE, doubtful=doubtful)


class Register:
    """A register: `put x` stores, `get` shows what is stored."""

    def is_read(self, call: str) -> bool:
        return call == "get"

    def effects(self, state: str, event: Event[str]) -> Iterable[str]:
        return [event.call.removeprefix("put ") or state]

    def shown(self, state: str, event: Event[str]) -> Iterable[str]:
        assert event.reply is not None
        return [state] if event.call != "get" or event.reply.parsed == state else []


def put(value: str, start: float, end: float = inf, doubtful: bool = False) -> Event[str]:
    answer = None if end == inf else reply(200, value, doubtful=doubtful)
    return Event(1, f"put {value}", answer, start, end)


def get(value: str, start: float, end: float) -> Event[str]:
    return Event(2, "get", reply(200, value), start, end)


def told(*events: Event[str]) -> list[str]:
    """The calls of the part that has no explanation, and what was answered."""
    part = unexplained_part(events, "0", Register())
    return [f"{event.call} {event.reply.parsed if event.reply else ''}" for event in part]
