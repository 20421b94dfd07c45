"""Latitudes: reads that lag behind writes, and go back while they do."""

import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection
from threading import Lock

from mutants.catalogue import latitude
from reference.application import Reply
from reference.trigger import Row, TriggerReference


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

    def retrieved_reply(self, row: Row) -> Reply:
        seen = [old for at, old in self._written.get(row.id, []) if at <= time.monotonic() - self.lag()]
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
