"""Servers whose replies on channels break, or tell what goes on inside them."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from dataclasses import replace

from sse_starlette import ServerSentEvent

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import TriggerReference
from reference.trigger.channels import Record, Subscription

TRACE = "Error: no such log\n    at drain (/srv/channels.js:41:11)\n    at async handle (/srv/app.js:9:3)"
JVM = 'Exception in thread "main" java.lang.IllegalStateException: closed\n\tat app.Log.append(Log.java:17)'


@mutant("channels.no-server-error")
class DrainBehindTheEndBreaks(TriggerReference):
    """A drain that has nothing to show breaks the server."""

    def drained_reply(self, records: Sequence[Record]) -> Reply:
        return super().drained_reply(records) if records else self.broken()


@mutant("channels.no-server-error")
class AppendWithAForgedTokenBreaks(TriggerReference):
    """An append with a token that cannot be verified breaks the server."""

    def append(self, call: Call) -> Reply:
        try:
            return super().append(call)
        except Refusal as refusal:
            if refusal.status == 401 and "Bearer eyJ" in call.headers.get("authorization", ""):
                return self.broken()
            raise


@mutant("channels.no-secret-in-replies")
class StreamBeginsWithTheRequest(TriggerReference):
    """A stream begins with a comment that shows the headers of the request."""

    def subscribe(self, call: Call) -> Reply:
        reply = super().subscribe(call)
        assert reply.events is not None
        return replace(reply, events=self.preceded(call.headers["authorization"], reply.events))

    async def preceded(
        self, credential: str, events: AsyncIterable[ServerSentEvent | bytes]
    ) -> AsyncIterator[ServerSentEvent | bytes]:
        yield f": authorization {credential}\n\n".encode()
        async for event in events:
            yield event


@mutant("channels.no-secret-in-replies")
class EventsOfInHoldAToken(TriggerReference):
    """Each event of the channel in holds a token of the session."""

    def plain_event(self, wanted: Subscription, record: Record) -> ServerSentEvent | bytes:
        if wanted.channel.io == "out":
            return super().plain_event(wanted, record)
        token = self.issue_token(self.environments[0], wanted.row)
        data: Json = {"data": self.event_data(wanted, record), "id": record.number, "token": token}
        return ServerSentEvent(self.json_text(data), id=str(record.number), sep="\n")


@mutant("channels.no-secret-in-replies")
class DrainsOfOutShowTheCaller(TriggerReference):
    """A drain of the channel out shows the credential that it was asked with."""

    def drain(self, call: Call) -> Reply:
        reply = super().drain(call)
        if call.parameters.get("io") != "out" or not isinstance(reply.body, Mapping):
            return reply
        return replace(reply, body={**reply.body, "asked": call.headers["authorization"]})


@mutant("channels.no-secret-in-replies")
class AppendRefusedTellsTheKey(TriggerReference):
    """An append to a closed session names the key of its environment."""

    def closed_to_records(self) -> Refusal:
        return Refusal(400, f"{self.environments[0].key} appends to no closed session")


@mutant("channels.no-secret-in-replies")
class StreamsTellTheKeyInAHeader(TriggerReference):
    """A stream has a header that holds the key of its environment."""

    def stream_headers(self) -> Mapping[str, str]:
        return {**super().stream_headers(), "x-stream-owner": self.environments[0].key}


@mutant("channels.hold-no-stack-trace")
class DrainOfNobodyShowsTheStack(TriggerReference):
    """A drain of an unknown session shows the stack of the program."""

    def drain(self, call: Call) -> Reply:
        try:
            return super().drain(call)
        except Refusal as refusal:
            raise Refusal(refusal.status, TRACE if refusal.status == 404 else refusal.error) from None


@mutant("channels.hold-no-stack-trace")
class AppendToClosedShowsTheStack(TriggerReference):
    """An append to a closed session shows the stack of the program."""

    def closed_to_records(self) -> Refusal:
        return Refusal(400, JVM)


@mutant("channels.hold-no-stack-trace")
class StreamsOfInEndWithTheStack(TriggerReference):
    """A stream of the channel in begins with the trace of something that went wrong before."""

    async def events(self, wanted: Subscription) -> AsyncIterator[ServerSentEvent | bytes]:
        if wanted.channel.io == "in":
            yield b"event: ping\ndata: Traceback (most recent call last): KeyError\n\n"
        async for event in super().events(wanted):
            yield event
