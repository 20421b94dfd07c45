"""Latitudes: reads that lag behind writes, and go back while they do."""

import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection
from threading import Lock

from mutants.catalogue import latitude
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


@latitude
class LaggingReads(TriggerReference):
    """A retrieve shows what was written a moment ago and before."""

    ALONE = "lag"
    IN_PARTS = True
    LAG = 0.04

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._written: dict[str, list[tuple[float, Row]]] = {}
        self._lock = Lock()

    def lag(self) -> float:
        """Seconds by which this read lags."""
        return self.LAG

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self._remember(row)

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self._remember(row)

    def _remember(self, row: Row) -> None:
        with self._lock:
            self._written.setdefault(row.id, []).append((time.monotonic(), row))

    def seen_of(self, row: Row) -> list[Row]:
        """What the replica has of a row, the latest last."""
        return [old for at, old in self._written.get(row.id, []) if at <= time.monotonic() - self.lag()]

    def retrieved_reply(self, row: Row) -> Reply:
        seen = self.seen_of(row)
        if not seen:
            raise self.not_found()
        return super().retrieved_reply(seen[-1])


@latitude
class EverySecondReadLags(LaggingReads):
    """Every second retrieve asks a replica that is 0.2 seconds behind."""

    ALONE = "lag"
    IN_PARTS = True
    LAG = 0.2

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._turn = itertools.count()

    def lag(self) -> float:
        return self.LAG * (next(self._turn) % 2)


@latitude
class CachedCreatesLag(LaggingReads):
    """A create that finds its session reads a replica that is 0.2 seconds behind; retrieves do not."""

    ALONE = "lag"
    IN_PARTS = False
    LAG = 0.2

    def retrieved_reply(self, row: Row) -> Reply:
        return TriggerReference.retrieved_reply(self, row)

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        seen = self.seen_of(row)
        return super().cached_reply(environment, seen[-1] if seen else row)


@latitude
class TokensReadAReplica(LaggingReads):
    """A retrieve with a token asks a replica that is 0.4 seconds behind; one with the key does not."""

    ALONE = "lag"
    IN_PARTS = False
    LAG = 0.4

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        if self.reader(call).scopes is None:
            return reply
        return self.replicated(reply)

    def replicated(self, reply: Reply) -> Reply:
        """The reply as the replica gives it."""
        with self.reading() as db:
            row = next(
                row for one in self.environments if (row := self.row_by_id(db, one.id, reply.body["id"]))
            )
        return super().retrieved_reply(row)

    def retrieved_reply(self, row: Row) -> Reply:
        return TriggerReference.retrieved_reply(self, row)
