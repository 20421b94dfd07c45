"""Latitudes: servers whose clocks differ, and whose runs end when they like."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


@latitude
class DatabaseClockAhead(TriggerReference):
    """The database, which tells when a row was made, is 50 ms ahead of the server, which tells all else."""

    AHEAD = 50

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        return replace(row, created_at=row.created_at + self.AHEAD)

    def touched(self, row: Row) -> Row:
        return replace(row, updated_at=self.now())


@latitude
class NodesApart(TriggerReference):
    """Two nodes answer in turn, and the clock of one is three seconds ahead of the other's."""

    ALONE = "clocks"
    AHEAD = 3_000

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._turn = itertools.count()
        self._node = threading.local()

    def obey(self, operation: Any, call: Call) -> Reply:
        self._node.ahead = self.AHEAD * (next(self._turn) % 2)
        return super().obey(operation, call)

    def now(self) -> int:
        return super().now() + int(getattr(self._node, "ahead", 0))

    def touched(self, row: Row) -> Row:
        return replace(row, updated_at=self.now())


@latitude
class RunEndsAfterTheClose(TriggerReference):
    """The run ends 60 ms after its session was closed, which takes currentRunId away and moves updatedAt."""

    ALONE = "clocks"
    LATER = 60

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        return self._ended(db, super().find_to_change(db, environment, call))

    def retrieve(self, call: Call) -> Reply:
        with self.writing() as db:
            for environment in self.environments:
                row = self.find(db, environment, self.address(call))
                if row is not None:
                    self._ended(db, row)
        return super().retrieve(call)

    def _ended(self, db: Connection, row: Row) -> Row:
        at = (row.closed_at or self.now()) + self.LATER
        if row.current_run_id is None or at > self.now():
            return row
        ended = replace(row, current_run_id=None, updated_at=at)
        self.save_row(db, ended)
        return ended
