"""Servers that show another log than the one there is, to drains or by the address."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Operation, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.channels import Channel, Record, Subscription


@mutant("drain.answers-200")
class DrainAnswers206(TriggerReference):
    """A drain answers 206."""

    def drained_reply(self, records: Sequence[Record]) -> Reply:
        return replace(super().drained_reply(records), status=206)


@mutant("drain.success-matches-schema")
class DrainIsABareList(TriggerReference):
    """A drain answers a list."""

    def drained_reply(self, records: Sequence[Record]) -> Reply:
        return Reply(200, [self.drained_record(record) for record in records])


@mutant("drain.success-matches-schema")
class DrainedNumbersAreTexts(TriggerReference):
    """The numbers of drained records are texts."""

    def shown_number(self, record: Record) -> Json:
        return str(record.number)


@mutant("drain.success-matches-schema")
class DrainedRecordsHaveNoId(TriggerReference):
    """Drained records have no id."""

    def drained_record(self, record: Record) -> dict[str, Json]:
        return {name: value for name, value in super().drained_record(record).items() if name != "id"}


@mutant("drain.numbers-grow")
class NumbersFall(TriggerReference):
    """A page shows its newest record first."""

    def drained_reply(self, records: Sequence[Record]) -> Reply:
        return super().drained_reply(list(reversed(records)))


@mutant("drain.after-event-id-is-exclusive")
class AfterIsInclusive(TriggerReference):
    """A drain shows the record of the number behind which it was to go on."""

    def drained_after(self, call: Call) -> int:
        return super().drained_after(call) - 1


@mutant("drain.after-event-id-is-exclusive")
class AfterSkipsOne(TriggerReference):
    """A drain behind a number leaves out the record that follows."""

    def drained_after(self, call: Call) -> int:
        return super().drained_after(call) + ("afterEventId" in call.query)


@mutant("drain.after-event-id-is-exclusive")
class AfterIsIgnored(TriggerReference):
    """A drain always shows the beginning."""

    def drained_after(self, call: Call) -> int:
        return -1


@mutant("drain.after-event-id-is-exclusive")
class BehindTheEndIsTheBeginning(TriggerReference):
    """A drain behind a number that is higher than any begins at the start."""

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        beyond = after >= self.next_number(db, channel)
        return super().records_after(db, channel, -1 if beyond else after, most)


@mutant("drain.pages-join")
class FullPagesSkipOne(TriggerReference):
    """The last record of a full page is counted and not shown."""

    def drained_reply(self, records: Sequence[Record]) -> Reply:
        full = len(records) == self.PAGE_RECORDS
        return super().drained_reply([*records[:-2], records[-1]] if full else records)


@mutant("drain.pages-join")
class LaterPagesRepeatOne(TriggerReference):
    """A page behind a full one begins with the last record of that one."""

    def drained_after(self, call: Call) -> int:
        after = super().drained_after(call)
        return after - 1 if after % self.PAGE_RECORDS == self.PAGE_RECORDS - 1 and after > 0 else after


@mutant("drain.pages-join")
class OnlyTheFirstPageIsThere(TriggerReference):
    """Nothing follows the first page."""

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        records = super().records_after(db, channel, after, most)
        return [record for record in records if record.number < self.PAGE_RECORDS]


@mutant("append.record-is-kept-once")
class LogHoldsTwoHundred(TriggerReference):
    """A log holds its last two hundred records."""

    def records_after(self, db: Connection, channel: Channel, after: int, most: int) -> list[Record]:
        oldest = self.next_number(db, channel) - 200
        return super().records_after(db, channel, max(after, oldest - 1), most)


@mutant("drain.pages-join")
class TenPagesAreAllThereIs(TriggerReference):
    """A drain shows nothing behind the first hundred records."""

    def drained_after(self, call: Call) -> int:
        after = super().drained_after(call)
        return after if after < 99 else 10**9


@mutant("drain.leaves-the-log")
class DrainConsumes(TriggerReference):
    """A drain takes what it shows."""

    def drain(self, call: Call) -> Reply:
        reply = super().drain(call)
        with self.writing() as db:
            row = self.find(db, self.reader(call).environment, self.address(call))
            assert row is not None
            for record in reply.body["records"]:
                db.execute(
                    "DELETE FROM records WHERE session = ? AND io = ? AND number = ?",
                    (row.id, call.parameters["io"], record["seqNum"]),
                )
        return reply


class HidesEndedLogs(TriggerReference):
    """Shows nothing of the logs of closed sessions to some."""

    def ended(self, call: Call) -> bool:
        """Whether the session of a call is closed."""
        with self.reading() as db:
            row = self.find(db, self.reader(call).environment, self.address(call))
        return row is not None and self.is_closed(row)


@mutant("drain.closed-session-is-readable")
class ClosedLogIsGone(HidesEndedLogs):
    """The log of a closed session answers 404 to a drain."""

    def drain(self, call: Call) -> Reply:
        if self.ended(call):
            raise self.not_found()
        return super().drain(call)


@mutant("drain.closed-session-is-readable")
class ClosedLogIsEmpty(HidesEndedLogs):
    """The log of a closed session is empty."""

    def drain(self, call: Call) -> Reply:
        return Reply(200, {"records": []}) if self.ended(call) else super().drain(call)


@mutant("subscribe.closed-session-is-readable")
class ClosedStreamIsRefused(HidesEndedLogs):
    """A subscription to a closed session answers 410."""

    def subscribe(self, call: Call) -> Reply:
        if self.ended(call):
            raise Refusal(410, "The session is closed")
        return super().subscribe(call)


@mutant("subscribe.closed-session-is-readable")
class ClosedStreamIsEmpty(HidesEndedLogs):
    """A subscriber to a closed session is shown what is new, which is nothing."""

    def subscribed_after(self, call: Call) -> int:
        return 1 << 40 if self.ended(call) else super().subscribed_after(call)


class KnowsNobody(TriggerReference):
    """Has an empty log for every address that no session has."""

    OPERATION = ""

    def obey(self, operation: Operation, call: Call) -> Reply:
        reply = super().obey(operation, call)
        if operation.name == self.OPERATION and reply.status == 404:
            return self.nothing()
        return reply

    def nothing(self) -> Reply:
        """What is shown of nothing."""
        return Reply(200, {"records": []})


@mutant("drain.unknown-session-answers-404")
class UnknownLogIsEmpty(KnowsNobody):
    """A drain of an unknown session is empty."""

    OPERATION = "drain"


@mutant("subscribe.unknown-session-answers-404")
class UnknownStreamIsEmpty(KnowsNobody):
    """A stream of an unknown session is empty."""

    OPERATION = "subscribe"

    def nothing(self) -> Reply:
        return Reply(200, None, events=self.no_events())

    async def no_events(self) -> AsyncIterator[bytes]:
        """A comment."""
        yield b": nothing\n\n"


@mutant("channels.either-address-is-one-log")
class ExternalIdHasALogOfItsOwn(TriggerReference):
    """What is read by the externalId begins with the fifth record."""

    def drained_after(self, call: Call) -> int:
        after = super().drained_after(call)
        return after if call.address.startswith("session_") else max(after, 3)


@mutant("channels.either-address-is-one-log")
class ExternalIdHasAStreamOfItsOwn(TriggerReference):
    """Who subscribes by the externalId is shown what is behind the fourth record."""

    def subscribed_after(self, call: Call) -> int:
        after = super().subscribed_after(call)
        return after if call.address.startswith("session_") else max(after, 3)


@mutant("channels.in-and-out-are-apart")
class OneLogForBothDirections(TriggerReference):
    """in and out are one log."""

    def channel(self, row: Row, io: str) -> Channel:
        return Channel(row.id, "both")


@mutant("channels.in-and-out-are-apart")
class StreamOfOutShowsIn(TriggerReference):
    """A subscriber to out is shown in."""

    def subscribe(self, call: Call) -> Reply:
        return super().subscribe(replace(call, parameters={"io": "in"}))


@mutant("channels.sessions-are-apart")
class OneLogForAllSessions(TriggerReference):
    """All sessions of an environment have one pair of logs."""

    def channel(self, row: Row, io: str) -> Channel:
        return Channel(row.environment, io)


@mutant("channels.races-show-one-log")
class LiveRecordsAreNumberedByArrival(TriggerReference):
    """A stream counts the records that it shows by itself, and begins with the number it was asked for."""

    async def record_batches(self, wanted: Subscription) -> AsyncIterator[list[Record]]:
        number = wanted.after
        shown = 0
        async for records in super().record_batches(wanted):
            counted = []
            for record in records:
                shown += 1
                counted.append(replace(record, number=number + shown if shown % 4 else record.number + 1))
            yield counted


@mutant("channels.races-let-readers-miss-nothing")
class LiveRecordsArePushedOneByOne(TriggerReference):
    """A stream that was woken shows the newest record alone."""

    async def record_batches(self, wanted: Subscription) -> AsyncIterator[list[Record]]:
        woken = False
        async for records in super().record_batches(wanted):
            yield records[-1:] if woken else records
            woken = True


@mutant("channels.races-let-readers-miss-nothing")
class LiveRecordsAreReadTwice(TriggerReference):
    """A stream that was woken shows the last record that it has shown once more."""

    async def record_batches(self, wanted: Subscription) -> AsyncIterator[list[Record]]:
        last: list[Record] = []
        async for records in super().record_batches(wanted):
            yield [*last, *records]
            last = records[-1:]
