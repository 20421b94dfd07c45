"""Servers that keep a rule of the channels for one log, caller or part, and break it for another."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from mutants.trigger.channels.doors import WakesSomeAlone, by_token
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Reader
from reference.trigger.channels import Channel, Record, Subscription

READS = ("drain", "subscribe")


@mutant("append.same-part-is-added-once")
class PartsOfTheLastHundred(TriggerReference):
    """A part is known while its record is among the last hundred of the log."""

    KNOWN = 100

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        found = super().record_of_part(db, channel, part)
        if found is None or self.next_number(db, channel) - found.number <= self.KNOWN:
            return found
        db.execute(
            "UPDATE records SET part = NULL WHERE session = ? AND io = ? AND number = ?",
            (channel.session, channel.io, found.number),
        )
        return None


@mutant("append.equal-texts-are-two-records")
class PartsAreCut(TriggerReference):
    """Of a part 36 characters are looked at, as many as a UUID has."""

    def part_id(self, call: Call) -> str | None:
        part = super().part_id(call)
        return part[:36] if part else part


@mutant("append.equal-texts-are-two-records")
class PartsEndAtASemicolon(TriggerReference):
    """A part ends at its first semicolon."""

    def part_id(self, call: Call) -> str | None:
        part = super().part_id(call)
        return part.partition(";")[0] if part else part


@mutant("append.record-is-kept-once")
class PartsOfStrangersCount(TriggerReference):
    """The part of an append that was refused for its token is known: its record is not added later."""

    def append(self, call: Call) -> Reply:
        part = call.headers.get("x-part-id")
        try:
            return super().append(call)
        except Refusal as refusal:
            if part and refusal.status in (401, 403):
                self._refused = part
            raise

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        if part and part == self._refused:
            return Record(0, part, "", 0)
        return super().record_of_part(db, channel, part)

    _refused = ""


@mutant("append.expired-session-is-refused")
class ExpiredSessionsTakeRecordsToOut(TriggerReference):
    """An expired session takes records to its out."""

    def append(self, call: Call) -> Reply:
        self._io = call.parameters.get("io", "")
        return super().append(call)

    def row_to_append(self, db: Connection, row: Row) -> Row:
        is_open = not self.is_closed(self.row_by_id(db, row.environment, row.id) or row)
        return row if self._io == "out" and is_open else super().row_to_append(db, row)

    _io = ""


@mutant("append.closed-session-is-refused")
class ClosedSessionsWithoutANameTakeRecords(TriggerReference):
    """A closed session without an externalId takes records."""

    def row_to_append(self, db: Connection, row: Row) -> Row:
        return row if row.external_id is None else super().row_to_append(db, row)


class _OutIsRead(TriggerReference):
    """Some who may not read `out` read it all the same."""

    OPERATION = ""

    def row_for(
        self,
        reader: Reader,
        call: Call,
        scopes_of: Callable[[Row], frozenset[str]],
        scope_of: Callable[[str], str],
    ) -> Row:
        if call.operation != self.OPERATION or call.parameters.get("io") != "out":
            return super().row_for(reader, call, scopes_of, scope_of)
        return super().row_for(self.as_if(reader, call), call, scopes_of, scope_of)

    def as_if(self, reader: Reader, call: Call) -> Reader:
        """For whom the reader is taken."""
        raise NotImplementedError


class _OutIsForAllTokens(_OutIsRead):
    """Any token that may read a session reads `out` of every one."""

    def as_if(self, reader: Reader, call: Call) -> Reader:
        reads = reader.scopes and any(scope.startswith("read:") for scope in reader.scopes)
        return Reader(reader.environment, None) if reads else reader


@mutant("drain.foreign-token-is-refused")
class AnyTokenDrainsOut(_OutIsForAllTokens):
    """The token of any session drains out."""

    OPERATION = "drain"


@mutant("subscribe.foreign-token-is-refused")
class AnyTokenSubscribesToOut(_OutIsForAllTokens):
    """The token of any session subscribes to out."""

    OPERATION = "subscribe"


@mutant("drain.write-scope-is-refused")
class WriteScopeDrainsOut(_OutIsRead):
    """A write scope is enough to drain out."""

    OPERATION = "drain"

    def as_if(self, reader: Reader, call: Call) -> Reader:
        if reader.scopes is None:
            return reader
        return replace(reader, scopes=frozenset(one.replace("write:", "read:") for one in reader.scopes))


@mutant("subscribe.crosses-no-environment")
class OutIsFoundFromEverywhere(_OutIsRead):
    """A secret key subscribes to out of the sessions of every environment."""

    OPERATION = "subscribe"

    def as_if(self, reader: Reader, call: Call) -> Reader:
        with self.reading() as db:
            found = (one for one in self.environments if self.find(db, one, self.address(call)))
            home = next(found, reader.environment)
        return replace(reader, environment=home) if reader.scopes is None else reader


class _HiddenFromTokens(TriggerReference):
    """Shows a closed session's log to the key alone, for some operations."""

    def hide(self, call: Call) -> None:
        """Raise the refusal of a token that reads the log of a closed session."""
        if by_token(call):
            row = self.row_for(self.reader(call), call, self.reading_scopes, self.read_scope)
            if self.is_closed(row):
                raise self.not_found()


@mutant("drain.closed-session-is-readable")
class TokensDoNotDrainOutOfClosedSessions(_HiddenFromTokens):
    """The out of a closed session is drained with the key alone."""

    def drain(self, call: Call) -> Reply:
        if call.parameters.get("io") == "out":
            self.hide(call)
        return super().drain(call)


@mutant("subscribe.closed-session-is-readable")
class TokensDoNotSubscribeToClosedSessions(_HiddenFromTokens):
    """A subscription to a closed session needs the key."""

    def subscribe(self, call: Call) -> Reply:
        self.hide(call)
        return super().subscribe(call)


@mutant("subscribe.shows-new-records")
class ResumedSubscribersAreNotWoken(WakesSomeAlone):
    """A subscriber that goes on from a number is shown what is there, and nothing that comes later."""

    def is_woken(self, call: Call) -> bool:
        return not call.headers.get("last-event-id")


class _LogsBeginWithARecord(TriggerReference):
    """A log is not there before its first record."""

    def is_there(self, call: Call) -> bool:
        """Whether the log that a call names has a record."""
        row = self.row_for(self.reader(call), call, self.reading_scopes, self.read_scope)
        with self.reading() as db:
            return bool(self.records_after(db, self.channel(row, call.parameters["io"]), -1, 1))


@mutant("drain.answers-200")
class EmptyLogsAreNotFound(_LogsBeginWithARecord):
    """A drain of a log without records answers 404."""

    def drain(self, call: Call) -> Reply:
        if not self.is_there(call):
            raise self.not_found()
        return super().drain(call)


@mutant("subscribe.shows-new-records")
class EmptyLogsHaveNoSubscribers(_LogsBeginWithARecord):
    """A subscription to a log without records answers 404."""

    def subscribe(self, call: Call) -> Reply:
        if not self.is_there(call):
            raise self.not_found()
        return super().subscribe(call)


@mutant("append.seq-is-its-number")
class AppendsCountFromOne(TriggerReference):
    """The number that an append tells is one higher than that of its record."""

    def appended_reply(self, record: Record) -> Reply:
        return Reply(200, {"ok": True, "seq": record.number + 1})


@mutant("append.text-is-kept-whole")
class RecordsAreUnwrapped(TriggerReference):
    """Of a record that looks like one in its wrapper the data is shown alone."""

    def shown_data(self, record: Record) -> Json:
        try:
            value = json.loads(record.data)
        except ValueError:
            return record.data
        return value["data"] if isinstance(value, dict) and {"data", "id"} <= value.keys() else record.data


@mutant("append.text-is-kept-whole")
class JsonIsReadAsLatin1(TriggerReference):
    """A record that is sent as JSON without a charset is read as Latin-1."""

    def record_text(self, call: Call) -> str:
        text = super().record_text(call)
        return call.body.decode("latin-1") if call.headers.get("content-type") == "application/json" else text


@mutant("append.text-is-kept-whole")
class ChunkedRecordsAreEmpty(TriggerReference):
    """A record without a Content-Length is kept as an empty text."""

    def record_text(self, call: Call) -> str:
        text = super().record_text(call)
        return text if "content-length" in call.headers else ""


@mutant("subscribe.resumes-after-any-number")
class NumbersBeyondTheEndAreTheStart(TriggerReference):
    """A subscriber that names a number far behind the last begins at the start."""

    def subscribed_after(self, call: Call) -> int:
        after = super().subscribed_after(call)
        return after if after < 10_000 else self.FIRST_NUMBER - 1


@mutant("drain.success-matches-schema")
class DrainIsHtmlUnlessJsonIsNamed(TriggerReference):
    """A drain is told to be HTML unless Accept names JSON."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        named = call.operation != "drain" or "application/json" in call.headers.get("accept", "")
        return reply if named else replace(reply, headers={**reply.headers, "content-type": "text/html"})

    def content_type(self, reply: Reply) -> str:
        return reply.headers.get("content-type", "application/json")


class _SpoilsWhatComesLater(TriggerReference):
    """A stream shows records that come while it is held otherwise than those that were there."""

    async def record_batches(self, wanted: Subscription) -> AsyncIterator[list[Record]]:
        began = self.now()
        async for records in super().record_batches(wanted):
            shown = self.spoilt(records) if records[0].at >= began else records
            if shown:
                yield shown

    def spoilt(self, records: list[Record]) -> list[Record]:
        """What is shown of records that came later."""
        raise NotImplementedError


@mutant("subscribe.shows-new-records")
class NoticesHaveEightThousandBytes(_SpoilsWhatComesLater):
    """Who listens is not shown a new record of more than 8,000 bytes."""

    def spoilt(self, records: list[Record]) -> list[Record]:
        return [record for record in records if len(record.data.encode()) <= 8_000]


@mutant("subscribe.shows-new-records")
class NewRecordsAreOneLine(_SpoilsWhatComesLater):
    """Who listens is shown a new record with blanks for its line ends."""

    def spoilt(self, records: list[Record]) -> list[Record]:
        return [replace(record, data=record.data.replace("\n", " ")) for record in records]


@mutant("append.seq-is-its-number")
class KnownPartsAreCountedOn(TriggerReference):
    """An append of a known part tells the number of the next record."""

    def append(self, call: Call) -> Reply:
        self._known = False
        return super().append(call)

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        found = super().record_of_part(db, channel, part)
        self._known = found is not None
        return found

    def appended_reply(self, record: Record) -> Reply:
        return Reply(200, {"ok": True, "seq": record.number + self._known})

    _known = False


@mutant("append.part-belongs-to-one-log")
class PartsOfTokensAreKnownEverywhere(TriggerReference):
    """A part that comes with a token is looked for in the logs of all sessions."""

    def append(self, call: Call) -> Reply:
        self._by_token = by_token(call)
        return super().append(call)

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        if not self._by_token or part is None:
            return super().record_of_part(db, channel, part)
        found = db.execute(
            "SELECT number, part, data, at FROM records WHERE io = ? AND part = ?", (channel.io, part)
        ).fetchone()
        return Record(*found) if found else None

    _by_token = False


@mutant("drain.pages-join")
class TokensDrainTheLastHundred(TriggerReference):
    """A token drains the last hundred records of a log alone."""

    def drain(self, call: Call) -> Reply:
        self._by_token = by_token(call)
        return super().drain(call)

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        begin = self.next_number(db, channel) - 101 if self._by_token else after
        return super().records_after(db, channel, max(after, begin), most)

    _by_token = False


@mutant("subscribe.closed-session-is-readable")
class ClosedStreamsAreNotResumed(_HiddenFromTokens):
    """A token does not resume a subscription to a closed session."""

    def subscribe(self, call: Call) -> Reply:
        if call.headers.get("last-event-id"):
            self.hide(call)
        return super().subscribe(call)


@mutant("drain.closed-session-is-readable")
class ClosedLogsAreDrainedFromTheStartAlone(TriggerReference):
    """A drain of a closed session that goes on behind a number shows nothing."""

    def drain(self, call: Call) -> Reply:
        row = self.row_for(self.drainer(call), call, self.reading_scopes, self.read_scope)
        return self.drained_reply([]) if self.is_closed(row) and call.query else super().drain(call)
