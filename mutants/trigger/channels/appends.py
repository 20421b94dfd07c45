"""Servers that lose, double, change or misplace records, or take what they must refuse."""

import html
import json
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from threading import Timer

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.channels import Channel, Record

ROUND_TRIP = 0.004
"""Seconds that a database over a network takes to answer."""


@mutant("append.answers-200")
class AppendAnswers201(TriggerReference):
    """An append answers 201."""

    def appended_reply(self, record: Record) -> Reply:
        return replace(super().appended_reply(record), status=201)


@mutant("append.answers-200")
class AppendToOutAnswers202(TriggerReference):
    """An append to out answers 202."""

    def append(self, call: Call) -> Reply:
        return replace(super().append(call), status=202 if call.parameters["io"] == "out" else 200)


@mutant("append.success-matches-schema")
class AppendSaysNothing(TriggerReference):
    """An append answers an empty object."""

    def appended_reply(self, record: Record) -> Reply:
        return Reply(200, {})


@mutant("append.success-matches-schema")
class AppendSaysOkAsText(TriggerReference):
    """An append answers ok as a text."""

    def appended_reply(self, record: Record) -> Reply:
        return Reply(200, {"ok": "true"})


@mutant("append.record-is-kept-once")
class EverySeventhRecordIsLost(TriggerReference):
    """Every seventh record of a log is acknowledged and not written."""

    def add_record(self, db: Connection, channel: Channel, part: str | None, text: str) -> Record:
        record = super().add_record(db, channel, part, text)
        if record.number % 7 == 6:
            db.execute("UPDATE records SET session = 'lost' WHERE session = ? AND number = ?",
                       (channel.session, record.number))  # fmt: skip
            db.execute("DELETE FROM records WHERE session = 'lost'")
            self.add_gap(db, channel, record)
        return record

    def add_gap(self, db: Connection, channel: Channel, record: Record) -> None:
        """Keep the number, as a record that nobody is shown."""
        db.execute(
            "INSERT INTO records VALUES (?,?,?,?,?,?)",
            (channel.session, channel.io, record.number, None, "lost", record.at),
        )


@mutant("append.record-is-kept-once")
class RecordsAreWrittenTwice(TriggerReference):
    """The fifth record of a log is written twice."""

    def add_record(self, db: Connection, channel: Channel, part: str | None, text: str) -> Record:
        record = super().add_record(db, channel, part, text)
        return super().add_record(db, channel, None, text) if record.number == 4 else record


@mutant("append.order-is-kept")
class RecordsAreSortedByTime(TriggerReference):
    """Records are shown by the millisecond in which they came, the newest of it first: two pages in one."""

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        records = super().records_after(db, channel, after, most)
        numbers = [record.number for record in records]
        newest = sorted(records, key=lambda record: (record.at // 50, -record.number))
        return [replace(record, number=number) for number, record in zip(numbers, newest, strict=True)]


@mutant("append.order-is-kept")
class RecordsAreSortedByText(TriggerReference):
    """The records of a page are shown in the order of their texts."""

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        records = super().records_after(db, channel, after, most)
        numbers = [record.number for record in records]
        by_text = sorted(records, key=lambda record: record.data, reverse=True)
        return [replace(record, number=number) for number, record in zip(numbers, by_text, strict=True)]


@mutant("append.text-is-kept-whole")
class RecordIsTrimmed(TriggerReference):
    """White space around a record is taken off."""

    def stored_text(self, text: str) -> str:
        return text.strip()


@mutant("append.text-is-kept-whole")
class LineEndsAreUnified(TriggerReference):
    """Every line end of a record becomes a line feed."""

    def stored_text(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")


@mutant("append.text-is-kept-whole")
class RecordIsComposed(TriggerReference):
    """A record is brought into its composed normal form."""

    def stored_text(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


@mutant("append.text-is-kept-whole")
class RecordMustBeJson(TriggerReference):
    """A record that is not JSON is refused."""

    def record_text(self, call: Call) -> str:
        text = super().record_text(call)
        try:
            json.loads(text)
        except ValueError:
            raise Refusal(400, "The record is not JSON") from None
        return text


@mutant("append.text-is-kept-whole")
class BlankRecordIsRefused(TriggerReference):
    """A record of white space alone is refused."""

    def record_text(self, call: Call) -> str:
        text = super().record_text(call)
        if not text.strip():
            raise Refusal(400, "The record is empty")
        return text


@mutant("append.text-is-kept-whole")
class MarkupIsEscaped(TriggerReference):
    """A record is kept as HTML."""

    def stored_text(self, text: str) -> str:
        return html.escape(text, quote=False)


@mutant("append.text-is-kept-whole")
class WideCharactersAreLost(TriggerReference):
    """Characters beyond the first plane become question marks."""

    def stored_text(self, text: str) -> str:
        return "".join("?" if ord(one) > 0xFFFF else one for one in text)


@mutant("append.text-is-kept-whole")
class ControlCharactersAreLost(TriggerReference):
    """Control characters but for line ends and tabs are left out."""

    def stored_text(self, text: str) -> str:
        return "".join(one for one in text if one in "\r\n\t" or unicodedata.category(one) != "Cc")


@mutant("append.text-is-kept-whole")
class NullIsNoRecord(TriggerReference):
    """A record of JSON null is kept as an empty text."""

    def stored_text(self, text: str) -> str:
        return "" if text == "null" else text


@mutant("append.odd-text-is-kept-whole")
class TextEndsAtNul(TriggerReference):
    """A record ends at its first NUL."""

    def stored_text(self, text: str) -> str:
        return text.partition("\0")[0]


@mutant("append.half-a-mebibyte-is-kept-whole")
class RecordLimitIsLower(TriggerReference):
    """Records of more than 500,000 bytes are refused."""

    RECORD_BYTES = 500_000


@mutant("append.half-a-mebibyte-is-kept-whole")
class LimitCountsEscapes(TriggerReference):
    """The size of a record is that of JSON in which each wide character is an escape."""

    def record_size(self, body: bytes) -> int:
        return len(json.dumps(body.decode(errors="replace")))


@mutant("append.half-a-mebibyte-is-kept-whole")
class LongRecordIsCut(TriggerReference):
    """Of a record 500,000 bytes are kept."""

    def stored_text(self, text: str) -> str:
        return text.encode()[:500_000].decode(errors="ignore")


@mutant("append.a-megabyte-is-kept-whole")
class RecordLimitIsNineHundredThousand(TriggerReference):
    """Records of more than 900,000 bytes are refused."""

    RECORD_BYTES = 900_000


@mutant("append.more-than-a-mebibyte-is-refused")
class RecordsHaveNoLimit(TriggerReference):
    """A record may be of any size."""

    RECORD_BYTES = 1 << 30


@mutant("append.more-than-a-mebibyte-is-refused")
class LimitCountsCharacters(TriggerReference):
    """The limit is one of characters."""

    def record_size(self, body: bytes) -> int:
        return len(body.decode(errors="replace"))


@mutant("append.more-than-a-mebibyte-is-refused")
class TooLargeRecordIsCut(TriggerReference):
    """Of a record that is too large the first mebibyte is kept."""

    def record_text(self, call: Call) -> str:
        return super().record_text(replace(call, body=call.body[: 1 << 20]))


@mutant("append.more-than-a-mebibyte-is-refused")
class TooLargeRecordIsRefusedAndKept(TriggerReference):
    """A record that is too large is answered with 413, and is there."""

    RECORD_BYTES = 1 << 30

    def appended_reply(self, record: Record) -> Reply:
        if len(record.data.encode()) > 1 << 20:
            raise self.record_too_large()
        return super().appended_reply(record)


@mutant("append.too-large-answers-413")
class TooLargeRecordAnswers422(TriggerReference):
    """A record that is too large is answered with 422."""

    def record_too_large(self) -> Refusal:
        return Refusal(422, "The record is too large")


@mutant("append.closed-session-is-refused")
class ClosedSessionTakesRecords(TriggerReference):
    """A closed session takes records."""

    def row_to_append(self, db: Connection, row: Row) -> Row:
        return row


@mutant("append.closed-session-is-refused")
class ClosedSessionRefusesAndKeeps(TriggerReference):
    """An append to a closed session is answered with 400, and its record is there."""

    def row_to_append(self, db: Connection, row: Row) -> Row:
        current = self.row_by_id(db, row.environment, row.id) or row
        self._ended = self.is_closed(current)
        return current

    def appended_reply(self, record: Record) -> Reply:
        if self._ended:
            raise self.closed_to_records()
        return super().appended_reply(record)


@mutant("append.expired-session-is-refused")
class ExpiredSessionTakesRecords(TriggerReference):
    """An expired session takes records."""

    def row_to_append(self, db: Connection, row: Row) -> Row:
        current = self.row_by_id(db, row.environment, row.id) or row
        if self.is_closed(current):
            raise self.closed_to_records()
        return current


@mutant("append.ended-session-answers-400-or-409")
class EndedSessionAnswers410(TriggerReference):
    """An append to a closed session is answered with 410."""

    def closed_to_records(self) -> Refusal:
        return Refusal(410, "The session is closed")


@mutant("append.unknown-session-answers-404")
class UnknownSessionTakesRecords(TriggerReference):
    """An append to an address that no session has is acknowledged."""

    def append(self, call: Call) -> Reply:
        try:
            return super().append(call)
        except Refusal as refusal:
            if refusal.status == 404:
                return Reply(200, {"ok": True})
            raise


@mutant("channels.races-keep-each-record-once")
class NumberIsTakenEarly(TriggerReference):
    """The number of a record is taken before its transaction; of two with one number the later one stays."""

    def part_id(self, call: Call) -> str | None:
        part = super().part_id(call)
        with self.reading() as db:
            row = self.find(db, self.reader(call).environment, self.address(call))
            assert row is not None
            self._early[call.body] = super().next_number(db, self.channel(row, call.parameters["io"]))
        time.sleep(ROUND_TRIP)
        return part

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._early: dict[bytes, int] = {}

    def add_record(self, db: Connection, channel: Channel, part: str | None, text: str) -> Record:
        record = Record(self._early[text.encode()], part, text, self.now())
        db.execute(
            "REPLACE INTO records VALUES (?,?,?,?,?,?)",
            (channel.session, channel.io, record.number, part, text, record.at),
        )
        return record


@mutant("channels.races-keep-the-order")
class WritesLandLate(TriggerReference):
    """Every third record is acknowledged at once and written a little later."""

    def append(self, call: Call) -> Reply:
        if sum(call.body) % 3:
            return super().append(call)
        Timer(0.03, super().append, (call,)).start()
        return Reply(200, {"ok": True})
