"""Pools of connections and buffers that have too few of them."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import load_mutant
from mutants.crowd import Crowd
from reference.application import Call, Operation, Reply
from reference.trigger import Row, TriggerReference


@load_mutant("lifecycle.model-retrieve")
class PoolOfEightMixesReplies(Crowd, TriggerReference):
    """A pool of eight buffers lends the oldest again when all are lent, so that replies are mixed."""

    ROUND_TRIP = 0.2

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._turn = itertools.count()
        self._buffers: dict[int, Row] = {}

    def retrieved_reply(self, row: Row) -> Reply:
        buffer = next(self._turn) % self.POOL
        self._buffers[buffer] = row
        self.round_trip()
        return super().retrieved_reply(self._buffers[buffer])


@load_mutant("lifecycle.model-retrieve")
class FullPoolRollsBackAfterTheReply(Crowd, TriggerReference):
    """A full pool takes a connection back before it commits, which rolls back one write in five."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._over = itertools.count(1)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with super().writing() as db:
            yield db
            if self.full and next(self._over) % 5 == 0:
                db.execute("ROLLBACK")
                db.execute("BEGIN IMMEDIATE")


@load_mutant("lifecycle.model-update")
class ReusedConnectionKeepsItsCredential(Crowd, TriggerReference):
    """A full proxy sends a call over a connection that is still authorised as its last caller."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._last = ""

    def obey(self, operation: Operation, call: Call) -> Reply:
        own = call.headers.get("authorization", "")
        last, self._last = self._last, own
        if self.full and last:
            call = replace(call, headers={**call.headers, "authorization": last})
        return super().obey(operation, call)


@load_mutant("replies.no-server-error")
class FullPoolIsAServerError(Crowd, TriggerReference):
    """One in ten of the calls that wait for one of eight connections gives up and is answered with 500."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._waited = itertools.count(1)

    def obey(self, operation: Operation, call: Call) -> Reply:
        reply = super().obey(operation, call)
        return self.broken() if self.full and next(self._waited) % 10 == 0 else reply
