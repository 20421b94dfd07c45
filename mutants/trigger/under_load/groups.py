"""Lists and logs that miss what was written while many calls were under way."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import load_mutant
from mutants.crowd import Crowd
from reference.trigger import Row, TriggerReference
from reference.trigger.channels import Channel, Record
from reference.trigger.listing import Condition


@load_mutant("channels.races-keep-each-record-once")
class LongQueuesLoseRecords(Crowd, TriggerReference):
    """An append is left to a queue, which drops one in three when more than eight calls are under way."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._queued = itertools.count(1)

    def add_record(self, db: Connection, channel: Channel, part: str | None, text: str) -> Record:
        if self.full and next(self._queued) % 3 == 0:
            return Record(self.next_number(db, channel), part, text, self.now())
        return super().add_record(db, channel, part, text)


@load_mutant("list.shows-new-sessions")
class BusyIndexMissesSessions(Crowd, TriggerReference):
    """An index for lists misses every second session made when more than eight calls are under way."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._made = itertools.count(1)
        self._missed: set[str] = set()

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        if self.full and next(self._made) % 2:
            self._missed.add(row.id)

    def select(self, db: Connection, conditions: Sequence[Condition], order: str, most: int) -> list[Row]:
        rows = super().select(db, conditions, order, most)
        return [row for row in rows if row.id not in self._missed]
