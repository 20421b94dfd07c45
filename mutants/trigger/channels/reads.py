"""Servers that show readers another log than the one there is."""

import html
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from sqlite3 import Connection

from sse_starlette import ServerSentEvent

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


@mutant("subscribe.answers-event-stream")
class StreamIsJsonLines(TriggerReference):
    """A subscription answers with another media type."""

    def subscribe(self, call: Call) -> Reply:
        super().subscribe(call)
        return Reply(200, {"records": []})


@mutant("subscribe.answers-event-stream")
class StreamOfOutAnswers206(TriggerReference):
    """A subscription to out answers 206."""

    def subscribe(self, call: Call) -> Reply:
        return replace(super().subscribe(call), status=206 if call.parameters["io"] == "out" else 200)


@mutant("subscribe.framing-is-documented")
class EventsHaveNoNumber(TriggerReference):
    """Events have no id line."""

    def plain_event(self, wanted: Subscription, record: Record) -> ServerSentEvent | bytes:
        return ServerSentEvent(self.json_text({"data": record.data}), sep="\n")


@mutant("subscribe.framing-is-documented")
class EventsAreTheBareText(TriggerReference):
    """The data of an event is the text."""

    def plain_event(self, wanted: Subscription, record: Record) -> ServerSentEvent | bytes:
        return ServerSentEvent(record.data, id=str(record.number), sep="\n")


@mutant("subscribe.framing-is-documented")
class BatchesHaveNoNumbers(TriggerReference):
    """The records of a batch have no seq_num."""

    FRAMING = "batches"

    def batched_record(self, wanted: Subscription, record: Record) -> dict[str, Json]:
        return {"body": super().batched_record(wanted, record)["body"]}


@mutant("subscribe.shows-the-log-from-the-start")
class StreamBeginsAtTheEnd(TriggerReference):
    """A subscriber without Last-Event-ID is shown what is new."""

    def subscribed_after(self, call: Call) -> int:
        return super().subscribed_after(call) if "last-event-id" in call.headers else 1 << 40


@mutant("subscribe.shows-the-log-from-the-start")
class StreamSkipsTheFirst(TriggerReference):
    """A subscriber from the start is shown the second record first."""

    def subscribed_after(self, call: Call) -> int:
        return max(0, super().subscribed_after(call))


@mutant("subscribe.shows-the-log-from-the-start")
class StreamRepeatsRecords(TriggerReference):
    """A stream shows every fifth record twice."""

    def framed(self, wanted: Subscription, records: Sequence[Record]) -> Iterator[ServerSentEvent | bytes]:
        return super().framed(wanted, [one for one in records for _ in range(1 + (one.number % 5 == 4))])


@mutant("subscribe.shows-the-log-from-the-start")
class StreamHasNumbersOfItsOwn(TriggerReference):
    """A stream numbers records one higher than a drain."""

    def event_number(self, wanted: Subscription, record: Record) -> int:
        return record.number + 1


@mutant("subscribe.shows-the-log-from-the-start")
class BatchesMayHaveThree(TriggerReference):
    """Of a batch the first three records are shown."""

    FRAMING = "batches"

    def framed(self, wanted: Subscription, records: Sequence[Record]) -> Iterator[ServerSentEvent | bytes]:
        return super().framed(wanted, records[:3])


@mutant("subscribe.resumes-after-any-number")
class LastEventIdIsIgnored(TriggerReference):
    """A subscriber is always shown the whole log."""

    def subscribed_after(self, call: Call) -> int:
        return -1


@mutant("subscribe.resumes-after-any-number")
class LastEventIdIsInclusive(TriggerReference):
    """A subscriber is shown the record with the number of its Last-Event-ID again."""

    def subscribed_after(self, call: Call) -> int:
        return super().subscribed_after(call) - ("last-event-id" in call.headers)


@mutant("subscribe.resumes-after-any-number")
class LastEventIdZeroIsNone(TriggerReference):
    """A Last-Event-ID of 0 is taken for none."""

    def subscribed_after(self, call: Call) -> int:
        return super().subscribed_after(call) or -1


@mutant("subscribe.resumes-after-any-number")
class LastEventIdIsAPage(TriggerReference):
    """A subscriber goes on at the next page."""

    def subscribed_after(self, call: Call) -> int:
        after = super().subscribed_after(call)
        return after if after < 0 else after - after % 4 + 3


@mutant("subscribe.goes-on-after-a-cut")
class StreamGoesOnWhereItWasCut(TriggerReference):
    """Whoever comes back is shown what was not sent before, received or not."""

    def framed(self, wanted: Subscription, records: Sequence[Record]) -> Iterator[ServerSentEvent | bytes]:
        self.__dict__.setdefault("sent", {})[wanted.channel] = records[-1].number
        return super().framed(wanted, records)

    async def record_batches(self, wanted: Subscription) -> AsyncIterator[list[Record]]:
        sent = self.__dict__.get("sent", {}).get(wanted.channel, -1)
        after = max(wanted.after, sent) if wanted.after >= 0 else wanted.after
        async for records in super().record_batches(replace(wanted, after=after)):
            yield records


@mutant("subscribe.text-is-shown-whole")
class StreamTrimsTexts(TriggerReference):
    """A stream shows texts without white space around them."""

    def event_data(self, wanted: Subscription, record: Record) -> Json:
        return record.data.strip()


@mutant("subscribe.text-is-shown-whole")
class StreamEscapesMarkup(TriggerReference):
    """A stream shows texts as HTML."""

    def event_data(self, wanted: Subscription, record: Record) -> Json:
        return html.escape(record.data)


@mutant("subscribe.text-is-shown-whole")
class StreamCutsLongTexts(TriggerReference):
    """A stream shows 64 KiB of each text."""

    def event_data(self, wanted: Subscription, record: Record) -> Json:
        return record.data[:65_536]


@mutant("subscribe.text-is-shown-whole")
class StreamSplitsAtLineSeparators(TriggerReference):
    """A stream takes the separators of lines and paragraphs for line ends."""

    def event_data(self, wanted: Subscription, record: Record) -> Json:
        return record.data.replace("\u2028", "\n").replace("\u2029", "\n").replace("\u0085", "\n")


@mutant("subscribe.text-is-shown-whole")
class StreamShowsFalsyTextsAsNothing(TriggerReference):
    """A stream shows an empty list as null."""

    def event_data(self, wanted: Subscription, record: Record) -> Json:
        return record.data if record.data != "[]" else None


@mutant("subscribe.shows-new-records")
class StreamEndsAtTheEnd(TriggerReference):
    """A stream ends once it has shown what there is."""

    def held_seconds(self, wanted: Subscription) -> float:
        return 0.0


@mutant("subscribe.shows-new-records")
class NobodyIsWoken(TriggerReference):
    """Nobody is told of new records."""

    def announce(self, channel: Channel, record: Record) -> None:
        pass


@mutant("subscribe.ends-after-its-timeout")
class TimeoutIsIgnored(TriggerReference):
    """A stream is held for as long as the server likes."""

    def held_seconds(self, wanted: Subscription) -> float:
        return 60.0


@mutant("subscribe.idle-subscribers-hinder-nobody")
class TwentySubscribersAreEnough(TriggerReference):
    """Of more than twenty subscribers the others are told nothing."""

    def announce(self, channel: Channel, record: Record) -> None:
        waiting = list(self.bells._waiting.get(channel, ()))
        for loop, event in waiting[:20]:
            loop.call_soon_threadsafe(event.set)


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
