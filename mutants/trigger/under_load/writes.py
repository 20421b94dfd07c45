"""Updates and closes that are lost, or given to another session, when many are under way."""

import itertools
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import load_mutant
from mutants.crowd import Crowd
from reference.application import Call, Json, Reply
from reference.trigger import Change, Row, TriggerReference


@load_mutant("races.outcomes-have-an-order")
class LongQueuesAreNotLocked(Crowd, TriggerReference):
    """When more than eight calls are under way, an update takes no lock and writes its whole row back."""

    def update(self, call: Call) -> Reply:
        if not self.full:
            return super().update(call)
        environment = self.environment_to_update(call)
        fields = self.check_update(self.update_object(call))
        with self.reading() as db:
            early = self.find_to_change(db, environment, call)
        change = Change(call, environment, early, fields)
        self.check_external_id_kept(change)
        row = self.touched(self.updated_row(change))
        self.round_trip()
        with self.writing() as db:
            self.save_row(db, row)
        return self.updated_reply(row)


@load_mutant(
    "lifecycle.model-retrieve", "lifecycle.model-create", "lifecycle.model-update", "lifecycle.model-close",
    "races.outcomes-have-an-order", "list.shows-updates", "list.shows-closes",
)  # fmt: skip
class WriteBehindLosesOneInTwoThousand(TriggerReference):
    """A write-behind buffer of two thousand writes loses the one that fills it."""

    BUFFER = 2_000
    REQUESTS_OF_LOAD = 8_000

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._writes = itertools.count(1)

    def insert_row(self, db: Connection, row: Row) -> None:
        if next(self._writes) % self.BUFFER:
            super().insert_row(db, row)

    def save_row(self, db: Connection, row: Row) -> None:
        if next(self._writes) % self.BUFFER:
            super().save_row(db, row)


@load_mutant("lifecycle.model-retrieve")
class LongQueuesLoseCloses(Crowd, TriggerReference):
    """A close is left to a queue, which drops one in three when more than eight calls are under way."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._queued = itertools.count(1)

    def close_first(self, db: Connection, change: Change) -> Row:
        if self.full and next(self._queued) % 3 == 0:
            return self.touched(self.closed_row(change))
        return super().close_first(db, change)


@load_mutant("lifecycle.model-update")
class BatchedUpdatesShareTheirTags(Crowd, TriggerReference):
    """Updates of tags at a busy time are written in batches, and the last one's tags go to all."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._batch: Json = None

    def update_object(self, call: Call) -> dict[str, Json]:
        fields = super().update_object(call)
        if not self.full or not isinstance(fields.get("tags"), list):
            return fields
        self._batch = fields["tags"]
        time.sleep(self.ROUND_TRIP)
        return {**fields, "tags": self._batch}


@load_mutant("lifecycle.model-retrieve")
class LateUpdatesReviveClosedSessions(Crowd, TriggerReference):
    """A busy server writes an update a second time, with the row as it was before its session was closed."""

    KEPT = 64

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._waiting: list[Row] = []

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        if self.full:
            self._waiting.append(row)
        return row

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        again = [one for one in self._waiting if one.id == row.id]
        if again and self.full:
            self.save_row(db, replace(again[-1], updated_at=row.updated_at))
        self._waiting = [one for one in self._waiting if one.id != row.id][-self.KEPT :]
        return row
