"""One server with many targets, each the reference with streams that misbehave in a way of their own."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sse_starlette import ServerSentEvent
from starlette.applications import Starlette
from starlette.routing import Mount

from reference.serving import Server
from reference.trigger import TriggerReference
from reference.trigger.channels import Subscription

BLOCK = b"x" * 65536
GIGABYTE = 2**30
Events = AsyncIterator[ServerSentEvent | bytes]


class NeverEnds(TriggerReference):
    """Streams go on with comments for ever, whatever Timeout-Seconds says."""

    async def events(self, wanted: Subscription) -> Events:
        async for event in super().events(wanted):
            yield event
        while True:
            yield b": still here\n\n"
            await asyncio.sleep(0.2)


class FloodsWithComments(TriggerReference):
    """Streams are comments without end, as fast as they are read."""

    async def events(self, wanted: Subscription) -> Events:  # noqa: ARG002
        while True:
            yield b": not a word\n" * 5000
            await asyncio.sleep(0)


class FloodsWithEvents(TriggerReference):
    """Streams are events without records, without end."""

    async def events(self, wanted: Subscription) -> Events:  # noqa: ARG002
        while True:
            yield b"event: ping\ndata: {}\n\n" * 3000
            await asyncio.sleep(0)


class RepeatsTheFirst(TriggerReference):
    """Streams show the first record again and again, without end."""

    async def events(self, wanted: Subscription) -> Events:
        async for event in super().events(wanted):
            while True:
                yield event
                await asyncio.sleep(0)


class HalfAnEvent(TriggerReference):
    """Streams end within the first event."""

    async def events(self, wanted: Subscription) -> Events:
        async for event in super().events(wanted):
            sent = event if isinstance(event, bytes) else event.encode()
            yield sent[: len(sent) // 2]
            return


class WrongEncoding(TriggerReference):
    """Streams are UTF-16."""

    async def events(self, wanted: Subscription) -> Events:
        async for event in super().events(wanted):
            sent = event if isinstance(event, bytes) else event.encode()
            yield sent.decode().encode("utf-16")


class AGigabyte(TriggerReference):
    """The first event of a stream is a gigabyte."""

    async def events(self, wanted: Subscription) -> Events:  # noqa: ARG002
        yield b'id: 0\ndata: {"id": 0, "data": "'
        for _ in range(GIGABYTE // len(BLOCK)):
            yield BLOCK
            await asyncio.sleep(0)
        yield b'"}\n\n'


TARGETS: Mapping[str, type[TriggerReference]] = {
    "honest": TriggerReference, "never-ends": NeverEnds, "floods-with-comments": FloodsWithComments,
    "floods-with-events": FloodsWithEvents, "repeats-the-first": RepeatsTheFirst,
    "half-an-event": HalfAnEvent, "wrong-encoding": WrongEncoding, "a-gigabyte": AGigabyte,
}  # fmt: skip


@contextmanager
def hostile_streams(folder: Path, keys: Mapping[str, str]) -> Iterator[str]:
    """The URL below which the targets stand by their names, while the block lasts."""
    routes = [
        Mount(f"/{name}", app=target(folder / f"{name}.sqlite", keys).app())
        for name, target in TARGETS.items()
    ]
    with Server(Starlette(routes=routes)) as url:
        yield url
