"""Caches of rows that are not told of a write, or write back what they should have dropped."""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection
from threading import Lock

from mutants.catalogue import load_mutant
from mutants.crowd import Crowd
from reference.application import Reply
from reference.trigger import Change, Row, TriggerReference


@load_mutant("lifecycle.model-retrieve")
class FullCacheKeepsOldRows(TriggerReference):
    """A cache that is full with 500 rows takes no new version of a row and serves the one that it has."""

    ROWS = 500
    REQUESTS_OF_LOAD = 8_500

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._cached: dict[str, Row] = {}

    def retrieved_reply(self, row: Row) -> Reply:
        if len(self._cached) < self.ROWS:
            self._cached[row.id] = row
        return super().retrieved_reply(self._cached.get(row.id, row))


@load_mutant("lifecycle.model-retrieve")
class BusyCacheIsNotInvalidated(Crowd, TriggerReference):
    """The messages that tell the cache of writes are dropped while more than eight calls are under way."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._cached: dict[str, Row] = {}
        self._caching = Lock()

    def retrieved_reply(self, row: Row) -> Reply:
        with self._caching:
            return super().retrieved_reply(self._cached.setdefault(row.id, row))

    def updated_reply(self, row: Row) -> Reply:
        self._tell(row)
        return super().updated_reply(row)

    def closed_reply(self, row: Row) -> Reply:
        self._tell(row)
        return super().closed_reply(row)

    def _tell(self, row: Row) -> None:
        with self._caching:
            newer = row.updated_at >= self._cached.get(row.id, row).updated_at
            if newer and not self.full:
                self._cached[row.id] = row


@load_mutant("lifecycle.model-retrieve")
class WriteBackRevivesClosedSessions(TriggerReference):
    """A cache of 32 updated rows writes back the one that it drops, which may be closed by then."""

    ROWS = 32

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._updated: OrderedDict[str, Row] = OrderedDict()

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        self._updated[row.id] = row
        self._updated.move_to_end(row.id)
        if len(self._updated) > self.ROWS:
            _, dropped = self._updated.popitem(last=False)
            self.save_row(db, dropped)
        return row


@load_mutant("lifecycle.model-retrieve")
class CrowdsReadAStandby(Crowd, TriggerReference):
    """The reads of a crowd go to a standby that is copied every 20 seconds."""

    COPIED_EVERY = 20_000

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._standby: dict[str, Row] = {}
        self._since: dict[str, Row] = {}
        self._copied_at = self.now()
        self._copying = Lock()

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self._since[row.id] = row

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self._since[row.id] = row

    def retrieved_reply(self, row: Row) -> Reply:
        if not self.crowded:
            return super().retrieved_reply(row)
        with self._copying:
            if self.now() - self._copied_at > self.COPIED_EVERY:
                self._standby.update(self._since.copy())
                self._copied_at = self.now()
        if row.id not in self._standby:
            raise self.not_found()
        return super().retrieved_reply(self._standby[row.id])
