"""The two documented ways in which a stream frames records: one event each, or batches of them."""

import json
from collections.abc import Iterator
from typing import Any

from tck.checking import Broken, Listened, LogRecord, Reading, StreamEvent, shown

PLAIN, BATCH, PING = "message", "batch", "ping"
DONE = "[DONE]"
CONTROL = "trigger-control"
DOCUMENTED = "an id line and data of {data, id}, or an event batch with data of {records: [{seq_num, body}]}"


class NoFraming(ValueError):  # noqa: N818 - an outcome
    """An event that is framed in neither way."""


def records_in(event: StreamEvent) -> list[LogRecord]:
    """The records that an event carries, without those that are for the task alone; raises NoFraming."""
    if event.event == PING or event.data == DONE or event.event not in {PLAIN, BATCH}:
        return []
    try:
        data = json.loads(event.data)
    except (ValueError, RecursionError):
        raise NoFraming("its data is no JSON") from None
    if not isinstance(data, dict):
        raise NoFraming("its data is no JSON object")
    return list(_batched(data)) if event.event == BATCH else [_plain(event, data)]


def _plain(event: StreamEvent, data: dict[str, Any]) -> LogRecord:
    if "data" not in data:
        raise NoFraming("its data has no member data")
    if not (event.id.isascii() and event.id.isdigit()):
        raise NoFraming(f"its id is {shown(event.id)}, which is no number")
    return LogRecord(int(event.id), (data["data"],))


def _batched(data: dict[str, Any]) -> Iterator[LogRecord]:
    if not isinstance(data.get("records"), list):
        raise NoFraming("its data has no list of records")
    for one in data["records"]:
        if not isinstance(one, dict) or not _is_number(one.get("seq_num")):
            raise NoFraming("a record of the batch has no seq_num")
        if not isinstance(one.get("body"), str):
            raise NoFraming("a record of the batch has no body that is a text")
        if not _is_for_the_task(one):
            yield LogRecord(one["seq_num"], (*_wrapped(one["body"]), one["body"]))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_for_the_task(record: dict[str, Any]) -> bool:
    """Whether a record is a control record or a command."""
    given = record.get("headers") or []
    pairs = list(given.items()) if isinstance(given, dict) else [tuple(one) for one in given]
    names = [pair[0] for pair in pairs if pair]
    return names == [""] or (not record["body"] and CONTROL in names)


def _wrapped(body: str) -> tuple[Any, ...]:
    """What stands as data in a body that wraps it, if this one does."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    return (value["data"],) if isinstance(value, dict) and {"data", "id"} <= value.keys() else ()


def numbers_in(event: StreamEvent) -> list[int]:
    """The numbers of the records of an event; none where it is framed in neither way."""
    try:
        return [record.number for record in records_in(event)]
    except NoFraming:
        return []


def heard_in(listened: Listened, by: str = "a subscriber", after: int | None = None) -> Reading:
    """What a subscriber was shown; raises Broken for an event in neither framing."""
    records: list[LogRecord] = []
    for event in listened.events:
        try:
            records += records_in(event)
        except NoFraming as fault:
            said = f"an event is framed in neither documented way: {fault}"
            seen = f"event {event.event} with id {shown(event.id)} and data {shown(event.data, 120)}"
            raise Broken(said, DOCUMENTED, seen, listened.exchange) from None
    return Reading(by, tuple(records), (listened.exchange,), after)
