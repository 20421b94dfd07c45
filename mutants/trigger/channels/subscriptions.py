"""Servers whose streams show subscribers another log than drains do."""

import html
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

from sse_starlette import ServerSentEvent

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.trigger import TriggerReference
from reference.trigger.channels import Channel, Record, Subscription


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
class BacklogIsAHundredRecords(TriggerReference):
    """A subscriber is shown little of what stands behind the first hundred records."""

    async def record_batches(self, wanted: Subscription) -> AsyncIterator[list[Record]]:
        left = 100
        async for records in super().record_batches(wanted):
            yield records[:left] or records[-1:]
            left = max(0, left - len(records))


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
