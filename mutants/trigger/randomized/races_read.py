"""Servers on which a retrieve among writes shows what was never there."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.trigger import Change, Row, TriggerReference

ROUND_TRIP = 0.004
"""Seconds that a database over a network takes to answer."""


@mutant("races.reads-show-written-rows")
class TornWrites(TriggerReference):
    """An update of tags and metadata writes them one after the other, and others may come between."""

    def update(self, call: Call) -> Reply:
        fields = self.check_update(self.update_object(call))
        if {"tags", "metadata"} <= fields.keys():
            environment = self.environment_to_update(call)
            with self.writing() as db:
                row = self.find_to_change(db, environment, call)
                self.apply_update(db, Change(call, environment, row, {"tags": fields["tags"]}))
            time.sleep(2 * ROUND_TRIP)
        return super().update(call)


@mutant("races.reads-show-written-rows")
class SharedReplyBuffer(TriggerReference):
    """A retrieve keeps its row where the next retrieve keeps its own."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.shown_now: Row | None = None

    def retrieved_reply(self, row: Row) -> Reply:
        self.shown_now = row
        time.sleep(ROUND_TRIP)
        return super().retrieved_reply(self.shown_now)


@mutant("races.reads-show-written-rows")
class UncommittedReads(TriggerReference):
    """A retrieve shows the tags of an update that was not written yet and that may be refused."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.coming: dict[str, list[str]] = {}

    def apply_update(self, db: Connection, change: Change) -> Row:
        self.coming[change.row.id] = [*change.row.tags, *change.fields.get("tags", [])]
        time.sleep(ROUND_TRIP)
        try:
            return super().apply_update(db, change)
        finally:
            self.coming.pop(change.row.id, None)

    def retrieved_reply(self, row: Row) -> Reply:
        tags: Json = self.coming.get(row.id, row.tags)
        return super().retrieved_reply(replace(row, tags=tags))
