"""Mutants: a reply shows the run of another session."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


class _KnowsTheNewestRun(TriggerReference):
    """Knows the first run of the newest session of all."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.newest_run = ""

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self.newest_run = row.run_id


@mutant("create.run-ids-are-unique")
class CachedCreateShowsTheNewestRun(_KnowsTheNewestRun):
    """A create that finds its session shows the first run of the newest one."""

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        reply = super().cached_reply(environment, row)
        return replace(reply, body={**reply.body, "runId": self.newest_run})


@mutant("create.run-ids-are-unique")
class UpdateShowsTheNewestRun(_KnowsTheNewestRun):
    """The reply to an update shows the run of the newest session as the live one."""

    def updated_reply(self, row: Row) -> Reply:
        reply = super().updated_reply(row)
        return replace(reply, body={**reply.body, "currentRunId": self.newest_run})
