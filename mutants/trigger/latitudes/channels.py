"""Latitudes: what the pages leave open of channels, or say in two ways."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from sqlite3 import Connection
from threading import Timer

from sse_starlette import ServerSentEvent

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.channels import Channel, Record, Subscription

TOKEN_OF_A_TASK = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSIsInB1YiI6dHJ1ZX0.c2lnbmF0dXJl"  # noqa: S105 - nobody's


@latitude
class FramesBatches(TriggerReference):
    """A stream sends batches, whose id lines are opaque, with pings between, and says when it is done."""

    GROUPS = ("channels",)
    FRAMING = "batches"

    def framed(self, wanted: Subscription, records: Sequence[Record]) -> Iterator[ServerSentEvent | bytes]:
        yield ServerSentEvent(json.dumps({"timestamp": records[-1].at}), event="ping", sep="\n")
        yield from super().framed(wanted, records)


@latitude
class BatchesHoldControlRecords(TriggerReference):
    """Batches hold control records and commands as well, and the bodies of records are the bare texts."""

    GROUPS = ("channels",)
    FRAMING = "batches"

    def batch_event(self, wanted: Subscription, records: Sequence[Record]) -> ServerSentEvent | bytes:
        shown: list[Json] = []
        for record in records:
            number = record.number
            shown.append({"seq_num": number, "timestamp": record.at, "body": record.data})
            command = {"seq_num": number, "body": "fence", "headers": [["", "trim"]]}
            control = {"seq_num": number, "body": "", "headers": [["trigger-control", "turn-complete"]]}
            shown += [command, control]
        return ServerSentEvent(json.dumps({"records": shown}), event="batch", id="opaque", sep="\r\n")


@latitude
class NumbersHaveHoles(TriggerReference):
    """The first record of a log has the number 1000, each further one is seven above the one before."""

    GROUPS = ("channels",)
    FIRST_NUMBER = 1000

    def step(self) -> int:
        return 7


@latitude
class JsonIsShownAsItsValue(TriggerReference):
    """A record that is JSON is shown as its value."""

    GROUPS = ("channels",)

    def shown_data(self, record: Record) -> Json:
        try:
            return json.loads(record.data)
        except ValueError:
            return record.data


@latitude
class AppendShowsNoNumber(TriggerReference):
    """An append answers ok alone."""

    GROUPS = ("channels",)

    def appended_reply(self, record: Record) -> Reply:
        return Reply(200, {"ok": True})


@latitude
class EndedSessionsAnswer409(TriggerReference):
    """An append to a closed or expired session answers 409."""

    GROUPS = ("channels",)

    def closed_to_records(self) -> Refusal:
        return Refusal(409, "The session is closed")

    def expired_to_records(self) -> Refusal:
        return Refusal(409, "The session has expired")


@latitude
class PagesHaveThreeRecords(TriggerReference):
    """A page has three records, with headers."""

    GROUPS = ("channels",)
    PAGE_RECORDS = 3

    def drained_record(self, record: Record) -> dict[str, Json]:
        return {**super().drained_record(record), "headers": [["origin", "client"]]}


@latitude
class WrappedRecordCounts(TriggerReference):
    """The limit is one of the record as it is wrapped for storage, and answers 422."""

    GROUPS = ("channels",)

    def record_size(self, body: bytes) -> int:
        return len(body) * 3 // 2

    def record_too_large(self) -> Refusal:
        return Refusal(422, "The record is too large")


@latitude
class StreamsSayHelloAndMuchElse(TriggerReference):
    """A stream begins with a byte order mark and has CRLF, comments, retry lines and other events."""

    GROUPS = ("channels",)

    async def events(self, wanted: Subscription) -> AsyncIterator[ServerSentEvent | bytes]:
        yield b"\xef\xbb\xbf: hello\r\nretry: 1000\r\n\r\nevent: connected\r\ndata: {}\r\n\r\n"
        async for event in super().events(wanted):
            yield event
            yield b": still here\r\n\r\n"

    def plain_event(self, wanted: Subscription, record: Record) -> ServerSentEvent | bytes:
        data = {"data": self.event_data(wanted, record), "id": record.number, "timestamp": record.at}
        lines = json.dumps(data, indent=1).splitlines()
        return "".join([f"id:{record.number}\r\n", *(f"data:{line}\r\n" for line in lines), "\r\n"]).encode()


@latitude
class TokensAreRefusedAsIfNothingWereThere(TriggerReference):
    """A good token that does not reach a channel is answered with 404, and with 401 on out."""

    GROUPS = ("channels",)

    def scope_lacking(self) -> Refusal:
        return self.not_found()

    def token_not_for_out(self) -> Refusal:
        return self.token_not_allowed()


@latitude
class ExpiredLogsAreGone(TriggerReference):
    """The logs of an expired session are gone."""

    GROUPS = ("channels",)

    def row_by_id(self, db: Connection, environment: str, session_id: str) -> Row | None:
        return self.unless_gone(super().row_by_id(db, environment, session_id))

    def row_by_external_id(self, db: Connection, environment: str, external_id: str) -> Row | None:
        return self.unless_gone(super().row_by_external_id(db, environment, external_id))

    def unless_gone(self, row: Row | None) -> Row | None:
        """The session, unless it has expired and is asked for its logs."""
        return None if row is not None and self._of_logs and self.is_expired(row) else row

    def drain(self, call: Call) -> Reply:
        self._of_logs = True
        try:
            return super().drain(call)
        finally:
            self._of_logs = False

    _of_logs = False


@latitude
class NulIsRefusedAndTheMarkIsLost(TriggerReference):
    """A record with a NUL is refused, and a byte order mark at its beginning is taken off."""

    GROUPS = ("channels",)

    def record_text(self, call: Call) -> str:
        text = super().record_text(call)
        if "\0" in text:
            raise Refusal(400, "NUL cannot be kept")
        return text.removeprefix("\ufeff")


@latitude
class LogsLagBehindAppends(TriggerReference):
    """Drains and streams show a record some tenths of a second after its acknowledgement."""

    GROUPS = ("channels",)
    ALONE = "lag"
    LAG = 0.3

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        return [
            record
            for record in super().records_after(db, channel, after, most)
            if record.at <= self.now() - self.LAG * 1000
        ]

    def announce(self, channel: Channel, record: Record) -> None:
        Timer(self.LAG + 0.02, self.bells.ring, (channel,)).start()


@latitude
class StreamsShowTheirHeaders(TriggerReference):
    """A stream has further headers, a charset in capitals, and its media type in another case."""

    GROUPS = ("channels",)

    def stream_headers(self) -> Mapping[str, str]:
        media_type = "Text/Event-Stream; Charset=UTF-8"
        return {**super().stream_headers(), "x-session-settled": "true", "content-type": media_type}


@latitude
class PartsMayBeLong(TriggerReference):
    """A part of more than 64 characters is taken, and the id of a record is a name of the server's own."""

    GROUPS = ("channels",)
    PART_LENGTH = 500

    def drained_record(self, record: Record) -> dict[str, Json]:
        return {**super().drained_record(record), "id": f"rec-{record.number * 31:x}"}


@latitude
class TasksWriteToOut(TriggerReference):
    """The task of a session writes to its out: a greeting, a token, and the trace of an error of its own."""

    GROUPS = ("channels",)
    WRITTEN = (
        "good morning",
        f"{TOKEN_OF_A_TASK} is mine",
        "Traceback (most recent call last): ValueError in the task",
    )

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        for text in self.WRITTEN:
            self.add_record(db, self.channel(row, "out"), None, text)
