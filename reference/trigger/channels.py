"""The two durable logs of every session: append a record, drain a log, subscribe to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from urllib.parse import parse_qs

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from reference.application import Call, Json, Operation, Reply
from reference.refusals import Refusal
from reference.trigger.access import Reader
from reference.trigger.operations import SessionOperations
from reference.trigger.store import Row

DIRECTIONS = ("in", "out")


@dataclass(frozen=True)
class Channel:
    """One log: that of a session and a direction, `in` or `out`."""

    session: str
    io: str


@dataclass(frozen=True)
class Record:
    """One record of a log; `at` is when it came, in milliseconds, `part` the caller's own name for it."""

    number: int
    part: str | None
    data: str
    at: int


@dataclass(frozen=True)
class Subscription:
    """What a subscriber asked for; nothing up to the number `after` is shown, and `seconds` may be idle."""

    row: Row
    channel: Channel
    after: int
    seconds: float


class Bells:
    """Wakes the subscribers of a log when a record came to it."""

    def __init__(self) -> None:
        self._waiting: dict[Channel, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    @contextmanager
    def hung_up(self, channel: Channel) -> Iterator[asyncio.Event]:
        """An event of the running loop that every ring sets, while the block lasts."""
        one = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.setdefault(channel, set()).add(one)
        try:
            yield one[1]
        finally:
            self._waiting[channel].discard(one)

    def ring(self, channel: Channel) -> None:
        """Wake whoever waits for this log, from any thread."""
        for loop, event in tuple(self._waiting.get(channel, ())):
            loop.call_soon_threadsafe(event.set)


class ChannelOperations(SessionOperations):
    """The operations on channels, one rule a method."""

    RECORD_BYTES = 1 << 20
    KEPT_BYTES = 2 << 20
    PART_LENGTH = 64
    FIRST_NUMBER = 0
    PAGE_BYTES = 1 << 20
    PAGE_RECORDS = 10
    TIMEOUT_SECONDS = (1, 600)
    DEFAULT_TIMEOUT = 60
    FRAMING = "plain"
    """How records are framed for subscribers: `plain`, one event each, or `batches` of them."""

    SCHEMA = (
        *SessionOperations.SCHEMA,
        """CREATE TABLE IF NOT EXISTS records (
            session TEXT NOT NULL, io TEXT NOT NULL, number INTEGER NOT NULL, part TEXT, data TEXT NOT NULL,
            at INTEGER NOT NULL, UNIQUE (session, io, number))""",
        """CREATE UNIQUE INDEX IF NOT EXISTS records_by_part ON records (session, io, part)
            WHERE part IS NOT NULL""",
    )

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        self.bells = Bells()
        super().__init__(database, keys)

    def operations(self) -> Sequence[Operation]:
        """Those on sessions, and the three on channels."""
        log = "/realtime/v1/sessions/{session}/{io}"
        return (
            *super().operations(),
            Operation("append", "POST", f"{log}/append", self.append),
            Operation("drain", "GET", f"{log}/records", self.drain),
            Operation("subscribe", "GET", log, self.subscribe),
        )

    # Append

    def append(self, call: Call) -> Reply:
        """Add one record to the end of a log, unless it is there already."""
        io = self.channel_name(call)
        reader = self.appender(call, io)
        row = self.row_for(reader, call, self.writing_scopes, self.write_scope)
        text = self.record_text(call)
        part = self.part_id(call)
        with self.writing() as db:
            row = self.row_to_append(db, row)
            channel = self.channel(row, io)
            found = self.record_of_part(db, channel, part)
            record = found or self.add_record(db, channel, part, text)
        if found is None:
            self.announce(channel, record)
        return self.appended_reply(record)

    def channel_name(self, call: Call) -> str:
        """The direction that the path names."""
        io = call.parameters.get("io", "")
        if io not in DIRECTIONS:
            raise self.not_found()
        return io

    def channel(self, row: Row, io: str) -> Channel:
        """The log of a session and a direction."""
        return Channel(row.id, io)

    def appender(self, call: Call, io: str) -> Reader:
        """Who appends: to `in` a secret key or a public token, to `out` a secret key alone."""
        reader = self.reader(call)
        if io == "out" and reader.scopes is not None:
            raise self.token_not_for_out()
        return reader

    def token_not_for_out(self) -> Refusal:
        """A public token that is to append to `out`."""
        return Refusal(403, "Only a secret key appends to out")

    def row_for(
        self,
        reader: Reader,
        call: Call,
        scopes_of: Callable[[Row], frozenset[str]],
        scope_of: Callable[[str], str],
    ) -> Row:
        """The session at the address of a call, if the reader has one of the scopes for it."""
        address = self.address(call)
        with self.reading() as db:
            row = self.find(db, reader.environment, address)
        if row is None:
            known = reader.scopes is None or scope_of(address) in reader.scopes
            raise self.not_found() if known else self.scope_lacking()
        if reader.scopes is not None and reader.scopes.isdisjoint(scopes_of(row)):
            raise self.scope_lacking()
        return row

    def writing_scopes(self, row: Row) -> frozenset[str]:
        """The scopes that let a token append to a session's input: by its id and by its externalId."""
        names = {row.id} if row.external_id is None else {row.id, row.external_id}
        return frozenset(self.write_scope(name) for name in names)

    def record_text(self, call: Call) -> str:
        """The body as it was sent, which is the record."""
        if self.record_size(call.body) > self.RECORD_BYTES:
            raise self.record_too_large()
        try:
            return call.body.decode()
        except UnicodeDecodeError:
            raise Refusal(400, "The record is not UTF-8") from None

    def record_size(self, body: bytes) -> int:
        """Bytes on the wire."""
        return len(body)

    def record_too_large(self) -> Refusal:
        """A record over the limit."""
        return Refusal(413, "The record is too large")

    def part_id(self, call: Call) -> str | None:
        """The caller's own name for the record, by which it is added once."""
        part = call.headers.get("x-part-id")
        if part is not None and not 0 < len(part) <= self.PART_LENGTH:
            raise Refusal(400, f"X-Part-Id must have 1 to {self.PART_LENGTH} characters")
        return part

    def row_to_append(self, db: Connection, row: Row) -> Row:
        """The session as it is now, if it still takes records."""
        current = self.row_by_id(db, row.environment, row.id) or row
        if self.is_closed(current):
            raise self.closed_to_records()
        if self.is_expired(current):
            raise self.expired_to_records()
        return current

    def closed_to_records(self) -> Refusal:
        """An append to a closed session."""
        return Refusal(400, "The session is closed")

    def expired_to_records(self) -> Refusal:
        """An append to an expired session."""
        return Refusal(400, "The session has expired")

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        """The record that this part was added as, if it was."""
        if part is None:
            return None
        found = db.execute(
            "SELECT number, part, data, at FROM records WHERE session = ? AND io = ? AND part = ?",
            (channel.session, channel.io, part),
        ).fetchone()
        return Record(*found) if found else None

    def add_record(self, db: Connection, channel: Channel, part: str | None, text: str) -> Record:
        """Write a record behind all others of its log."""
        record = Record(self.next_number(db, channel), part, self.stored_text(text), self.now())
        db.execute(
            "INSERT INTO records VALUES (?,?,?,?,?,?)",
            (channel.session, channel.io, record.number, record.part, record.data, record.at),
        )
        return record

    def stored_text(self, text: str) -> str:
        """The text that is kept: all of it as it came."""
        return text

    def next_number(self, db: Connection, channel: Channel) -> int:
        """The number of the next record: they grow over the whole life of the session."""
        [last] = db.execute(
            "SELECT max(number) FROM records WHERE session = ? AND io = ?", (channel.session, channel.io)
        ).fetchone()
        return self.FIRST_NUMBER if last is None else last + self.step()

    def step(self) -> int:
        """How far a number is from the one before it."""
        return 1

    def announce(self, channel: Channel, record: Record) -> None:  # noqa: ARG002 - for subclasses
        """Wake the subscribers of a log."""
        self.bells.ring(channel)

    def appended_reply(self, record: Record) -> Reply:
        """A record that is kept."""
        return Reply(200, {"ok": True, "seq": record.number})

    # Drain

    def drain(self, call: Call) -> Reply:
        """Show the next records of a log; nothing is written."""
        io = self.channel_name(call)
        row = self.row_for(self.drainer(call), call, self.reading_scopes, self.read_scope)
        after = self.drained_after(call)
        with self.reading() as db:
            records = self.page_of(self.records_after(db, self.channel(row, io), after, self.PAGE_RECORDS))
        return self.drained_reply(records)

    def drainer(self, call: Call) -> Reader:
        """Who drains: a secret key or a public token."""
        return self.reader(call)

    def drained_after(self, call: Call) -> int:
        """The number that a drain goes on from; without one it shows all from the start."""
        given = parse_qs(call.query).get("afterEventId", [""])[-1]
        return self.number_in(given)

    def number_in(self, text: str) -> int:
        """The number in a text; a text that holds none means from the start."""
        return int(text) if text.isascii() and text.isdigit() else self.FIRST_NUMBER - 1

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        """The records with a number strictly above one, in their order."""
        found = db.execute(
            "SELECT number, part, data, at FROM records WHERE session = ? AND io = ? AND number > ?"
            " ORDER BY number LIMIT ?",
            (channel.session, channel.io, after, most),
        )
        return [Record(*columns) for columns in found]

    def page_of(self, records: Sequence[Record]) -> list[Record]:
        """As many of these records as one reply shows: one at least."""
        page: list[Record] = []
        size = 0
        for record in records:
            size += len(record.data)
            if page and size > self.PAGE_BYTES:
                break
            page.append(record)
        return page

    def drained_reply(self, records: Sequence[Record]) -> Reply:
        """A page of a log."""
        return Reply(200, {"records": [self.drained_record(record) for record in records]})

    def drained_record(self, record: Record) -> dict[str, Json]:
        """A record as a drain shows it."""
        return {
            "data": self.shown_data(record),
            "id": record.part or str(record.number),
            "seqNum": self.shown_number(record),
        }

    def shown_data(self, record: Record) -> Json:
        """What was sent, as text."""
        return record.data

    def shown_number(self, record: Record) -> Json:
        """The number of a record."""
        return record.number

    # Subscribe

    def subscribe(self, call: Call) -> Reply:
        """Send the records of a log as they come, until nothing came for as long as the caller wants."""
        io = self.channel_name(call)
        row = self.row_for(self.subscriber(call), call, self.reading_scopes, self.read_scope)
        self.check_accepts_events(call)
        after = self.subscribed_after(call)
        wanted = Subscription(row, self.channel(row, io), after, self.idle_seconds(call))
        return Reply(200, None, self.stream_headers(), self.events(wanted))

    def subscriber(self, call: Call) -> Reader:
        """Who subscribes: a secret key or a public token."""
        return self.reader(call)

    def check_accepts_events(self, call: Call) -> None:
        """A subscriber says that it takes a stream of events."""
        if "text/event-stream" not in call.headers.get("accept", ""):
            raise Refusal(406, "Accept must name text/event-stream")

    def subscribed_after(self, call: Call) -> int:
        """The number that a subscription goes on from."""
        return self.number_in(call.headers.get("last-event-id", ""))

    def idle_seconds(self, call: Call) -> float:
        """How long the stream is held while nothing comes."""
        given = call.headers.get("timeout-seconds", "")
        least, most = self.TIMEOUT_SECONDS
        if not given:
            return self.DEFAULT_TIMEOUT
        if not (given.isascii() and given.isdigit() and least <= int(given) <= most):
            raise Refusal(400, f"Timeout-Seconds must be a number from {least} to {most}")
        return int(given)

    def stream_headers(self) -> Mapping[str, str]:
        """The headers of a stream."""
        return {"x-stream-version": "v2"} if self.FRAMING == "batches" else {}

    async def events(self, wanted: Subscription) -> AsyncIterator[ServerSentEvent | bytes]:
        """Everything that a subscriber is sent."""
        async for records in self.record_batches(wanted):
            for event in self.framed(wanted, records):
                yield event
        for event in self.last_words(wanted):
            yield event

    async def record_batches(self, wanted: Subscription) -> AsyncIterator[list[Record]]:
        """The records after a number, as they come, until none came for long enough."""
        after = wanted.after
        with self.bells.hung_up(wanted.channel) as bell:
            while True:
                bell.clear()
                records = await run_in_threadpool(self.batch_after, wanted, after)
                if records:
                    after = records[-1].number
                    yield records
                    continue
                try:
                    async with asyncio.timeout(self.held_seconds(wanted)):
                        await bell.wait()
                except TimeoutError:
                    return

    def held_seconds(self, wanted: Subscription) -> float:
        """How long a stream with nothing new is held."""
        return wanted.seconds

    def batch_after(self, wanted: Subscription, after: int) -> list[Record]:
        """The next records for a subscriber."""
        with self.reading() as db:
            return self.page_of(self.records_after(db, wanted.channel, after, self.PAGE_RECORDS))

    def framed(self, wanted: Subscription, records: Sequence[Record]) -> Iterator[ServerSentEvent | bytes]:
        """Some records as events."""
        if self.FRAMING == "batches":
            yield self.batch_event(wanted, records)
        else:
            yield from (self.plain_event(wanted, record) for record in records)

    def plain_event(self, wanted: Subscription, record: Record) -> ServerSentEvent | bytes:
        """One record as one event."""
        number = self.event_number(wanted, record)
        data = {"data": self.event_data(wanted, record), "id": number}
        return ServerSentEvent(self.json_text(data), id=str(number), sep="\n")

    def batch_event(self, wanted: Subscription, records: Sequence[Record]) -> ServerSentEvent | bytes:
        """Several records as one event."""
        shown = [self.batched_record(wanted, record) for record in records]
        last = {"seq_num": records[-1].number + 1, "timestamp": records[-1].at}
        text = self.json_text({"records": shown, "tail": last})
        return ServerSentEvent(text, event="batch", id=f"{records[-1].number},{len(records)}", sep="\n")

    def batched_record(self, wanted: Subscription, record: Record) -> dict[str, Json]:
        """One record of a batch: its body holds the data and the name of the part."""
        number = self.event_number(wanted, record)
        body = {"data": self.event_data(wanted, record), "id": record.part or str(number)}
        return {"seq_num": number, "timestamp": record.at, "body": self.json_text(body)}

    def event_number(self, wanted: Subscription, record: Record) -> int:  # noqa: ARG002 - for subclasses
        """The number of a record as a subscriber sees it."""
        return record.number

    def event_data(self, wanted: Subscription, record: Record) -> Json:  # noqa: ARG002 - for subclasses
        """The data of a record as a subscriber sees it."""
        return self.shown_data(record)

    def last_words(self, wanted: Subscription) -> Iterator[ServerSentEvent | bytes]:  # noqa: ARG002
        """What ends a stream."""
        if self.FRAMING == "batches":
            yield ServerSentEvent("[DONE]", sep="\n")


def framing_in(environ: Mapping[str, str]) -> str:
    """The framing that the environment names; raises ValueError for another word."""
    given = environ.get("TRIGGER_STREAM_FRAMING") or "plain"
    if given not in {"plain", "batches"}:
        raise ValueError("TRIGGER_STREAM_FRAMING must be plain or batches")
    return given
