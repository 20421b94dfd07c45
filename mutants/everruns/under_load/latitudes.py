"""Latitudes: what a conforming server, and what stands in front of it, may do when many clients call."""

import itertools
from pathlib import Path

from mutants.catalogue import load_latitude
from reference.application import Call, Operation, Reply
from reference.everruns import EverrunsReference


@load_latitude
class ThrottlesOneInSeven(EverrunsReference):
    """Every seventh call is answered with 429 and a Retry-After of one second, and does nothing."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._calls = itertools.count(1)

    def obey(self, operation: Operation, call: Call) -> Reply:
        if next(self._calls) % 7 == 0:
            return Reply(429, {"error": "Too many requests"}, {"retry-after": "1"})
        return super().obey(operation, call)


@load_latitude
class LosesReplies(EverrunsReference):
    """Of thirty calls one is answered with 502 and does nothing, and one with 504 and has taken effect."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._calls = itertools.count(1)

    def obey(self, operation: Operation, call: Call) -> Reply:
        turn = next(self._calls) % 30
        if turn == 10:
            return Reply(502, {"error": "Bad Gateway"})
        reply = super().obey(operation, call)
        return Reply(504, {"error": "Gateway Timeout"}) if turn == 20 else reply
