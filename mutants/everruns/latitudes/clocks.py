"""Latitudes: nodes whose clocks differ, and reads that lag behind updates and go back while they do."""

import itertools
import threading
import time
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from threading import Lock
from typing import Any

from mutants.catalogue import latitude
from reference.application import Call, Reply
from reference.everruns import Change, EverrunsReference, Row


@latitude
class NodesApart(EverrunsReference):
    """Two nodes answer in turn, and the clock of one is three seconds ahead of the other's."""

    ALONE = "clocks"
    AHEAD = 3_000

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._turn = itertools.count()
        self._node = threading.local()

    def obey(self, operation: Any, call: Call) -> Reply:
        self._node.ahead = self.AHEAD * (next(self._turn) % 2)
        return super().obey(operation, call)

    def now(self) -> int:
        return super().now() + int(getattr(self._node, "ahead", 0))

    def touched(self, row: Row, change: Change) -> Row:
        return replace(row, updated_at=self.now())


@latitude
class LaggingReads(EverrunsReference):
    """A read shows what was written a tenth of a second ago and before."""

    ALONE = "lag"
    IN_PARTS = True
    LAG = 0.1

    def lag(self) -> float:
        """Seconds by which this read lags."""
        return self.LAG

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._written: dict[str, list[tuple[float, Row]]] = {}
        self._lock = Lock()

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self._remember(row)

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self._remember(row)

    def _remember(self, row: Row) -> None:
        with self._lock:
            self._written.setdefault(row.id, []).append((time.monotonic(), row))

    def read_reply(self, row: Row) -> Reply:
        seen = [old for at, old in self._written.get(row.id, []) if at <= time.monotonic() - self.lag()]
        if not seen:
            raise self.not_found()
        return super().read_reply(seen[-1])


@latitude
class EverySecondReadLags(LaggingReads):
    """Every second read asks a replica that is 0.2 seconds behind."""

    ALONE = "lag"
    IN_PARTS = True
    LAG = 0.2

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._reads = itertools.count()

    def lag(self) -> float:
        return self.LAG * (next(self._reads) % 2)
