"""Servers with two replicas of which one has something for ever that the other one has not."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference


class _TwoReplicas(TriggerReference):
    """Every second retrieve asks the second replica."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._turn = itertools.count()
        self.other: dict[str, Row] = {}

    def retrieved_reply(self, row: Row) -> Reply:
        second = next(self._turn) % 2 == 1
        return super().retrieved_reply(self.at_second(row) if second else row)

    def at_second(self, row: Row) -> Row:
        """The row as the second replica has it."""
        return self.other.get(row.id, row)


@mutant("replies.write-seen-within-wait")
class SecondReplicaIsNeverWritten(_TwoReplicas):
    """One of two replicas shows every session as it was made, for ever."""

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self.other[row.id] = row


@mutant("update.refused-update-applies-nothing")
class RefusedUpdateReachesOneReplica(_TwoReplicas):
    """An update that names another externalId is refused, and one of two replicas has its tags."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal:
            self.apply_to_one(call)
            raise

    def apply_to_one(self, call: Call) -> None:
        """What the second replica has of a refused update."""
        with self.reading() as db:
            row = self.find(db, self.environment_to_update(call), self.address(call))
        sent = json.loads(call.body)
        if row is not None and isinstance(sent, dict) and "externalId" in sent and sent.get("tags"):
            self.other[row.id] = replace(row, tags=sent["tags"])
