"""Updates that are lost, or answered with another session, when many are under way."""

import itertools
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import load_mutant
from mutants.crowd import Crowd
from reference.application import Call, Reply
from reference.everruns import Change, EverrunsReference, Row


@load_mutant("races.outcomes-have-an-order")
class LongQueuesAreNotLocked(Crowd, EverrunsReference):
    """When more than eight calls are under way, an update takes no lock and writes its whole row back."""

    def update(self, call: Call) -> Reply:
        if not self.full:
            return super().update(call)
        self.check_access_to_update(call)
        fields = self.check_update(self.update_object(call))
        with self.reading() as db:
            early = self.find_to_update(db, self.address_to_update(call))
        change = Change(call, early, fields)
        row = self.touched(self.updated_row(change), change)
        self.round_trip()
        with self.writing() as db:
            self.save_row(db, row)
        return self.updated_reply(row)


@load_mutant("lifecycle.model-read")
class LongQueuesLoseUpdates(Crowd, EverrunsReference):
    """An update is left to a queue, which drops one in three when more than eight calls are under way."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._queued = itertools.count(1)

    def save_row(self, db: Connection, row: Row) -> None:
        if not self.full or next(self._queued) % 3:
            super().save_row(db, row)


@load_mutant("lifecycle.model-update")
class PoolOfEightMixesReplies(Crowd, EverrunsReference):
    """A pool of eight buffers lends the oldest again when all are lent, so that replies are mixed."""

    ROUND_TRIP = 0.2

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._turn = itertools.count()
        self._buffers: dict[int, Row] = {}

    def updated_reply(self, row: Row) -> Reply:
        buffer = next(self._turn) % self.POOL
        self._buffers[buffer] = row
        self.round_trip()
        return super().updated_reply(self._buffers[buffer])
