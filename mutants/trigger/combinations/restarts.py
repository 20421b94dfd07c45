"""Servers that lose something when they are restarted, and that refuse or change what exists there."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Invalid, Problem
from reference.refusals import Path as Place
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment


class _Forgetful(TriggerReference):
    """Something is lost at each start."""

    RESTARTS = True
    LOST = ""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        with self.writing() as db:
            db.execute(self.LOST)


@mutant("retrieve.rows-outlive-a-restart")
class RowsLiveInMemory(_Forgetful):
    """All rows are gone after a restart."""

    LOST = "DELETE FROM sessions"


@mutant("retrieve.rows-outlive-a-restart")
class MetadataLivesInMemory(_Forgetful):
    """The metadata of all rows is gone after a restart."""

    LOST = "UPDATE sessions SET metadata = NULL"


@mutant("create.external-ids-outlive-a-restart")
class ClosedNamesLiveInMemory(_Forgetful):
    """The externalIds of closed sessions can be used again after a restart."""

    LOST = "UPDATE sessions SET external_id = id || '-gone' WHERE closed_at IS NOT NULL"


@mutant("tokens.outlive-a-restart")
class TokensDieWithTheServer(TriggerReference):
    """Tokens are signed with a key that the server makes up at each start."""

    RESTARTS = True

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._key = secrets.token_bytes(32)

    def token_key(self, environment: Environment) -> bytes:
        return self._key


@mutant("create.existing-target-names-accepted")
class NoMachineExists(TriggerReference):
    """Every machine is refused, also one that exists."""

    def check_machine(self, value: Json, path: Place) -> Json:
        raise Invalid(Problem("custom", "There is no such machine.", path))


@mutant("create.existing-target-names-accepted")
class VersionsAreDated(TriggerReference):
    """A lockToVersion is kept without what stands behind its dot."""

    def check_lock_to_version(self, value: Json, path: Place) -> Json:
        return super().check_lock_to_version(value, path).partition(".")[0]


class _Expired(TriggerReference):
    """A create with the externalId of an expired session changes that session."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        row = super().existing_row(db, environment, fields)
        if row is not None and not self.is_closed(row) and self.is_expired(row):
            self.save_row(db, self.after_conflict(row, fields))
            db.execute("COMMIT")
            db.execute("BEGIN IMMEDIATE")
        return row

    def after_conflict(self, row: Row, fields: Mapping[str, Json]) -> Row:
        """The row once it was asked for again."""
        raise NotImplementedError


class _PastDeadlines(TriggerReference):
    """A create with a new externalId and an expiresAt that has passed."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        row = super().existing_row(db, environment, fields)
        deadline = fields.get("expiresAt")
        if row is None and deadline is not None and deadline <= self.now():
            row = self.made_in_the_past(self.new_row(environment, fields))
            self.insert_row(db, row)
            db.execute("COMMIT")
            db.execute("BEGIN IMMEDIATE")
        return row

    def made_in_the_past(self, row: Row) -> Row:
        """The row that is there already when the create looks for one."""
        return row


@mutant("create.past-expires-at-leaves-nothing-when-refused")
class PastDeadlineConflictsWithItself(_PastDeadlines):
    """A create with a new externalId whose expiresAt has passed writes its row, and answers 409 for that."""


@mutant("create.past-expires-at-leaves-nothing-when-refused")
class PastDeadlineIsRefusedTooLate(_PastDeadlines):
    """A create whose expiresAt has passed is refused when its row was written, without the deadline."""

    def made_in_the_past(self, row: Row) -> Row:
        return replace(row, expires_at=None)

    def reuse_row(self, db: Connection, change: Change) -> Row:
        deadline = change.fields.get("expiresAt")
        if deadline is not None and deadline <= self.now():
            raise self.invalid(Problem("custom", "It has passed.", ("expiresAt",)))
        return super().reuse_row(db, change)


@mutant("create.expired-external-id-answers-409")
class OnlyTimersExpire(TriggerReference):
    """A session that is made with an expiresAt in the past never expires, since no timer is set for it."""

    def is_expired(self, row: Row) -> bool:
        return super().is_expired(row) and row.expires_at is not None and row.expires_at > row.created_at


@mutant("create.expired-external-id-changes-nothing")
class ConflictRevivesExpired(_Expired):
    """A create with the externalId of an expired session answers 409 and moves the deadline of that."""

    def after_conflict(self, row: Row, fields: Mapping[str, Json]) -> Row:
        return replace(row, expires_at=fields.get("expiresAt"))


@mutant("create.expired-external-id-changes-nothing")
class ConflictRetagsExpired(_Expired):
    """A create with the externalId of an expired session answers 409 and takes the tags off that session."""

    def after_conflict(self, row: Row, fields: Mapping[str, Json]) -> Row:
        return replace(row, tags=[])


@mutant("create.cached-keeps-task-identifier")
class KnownNamesTakeNoOtherTask(TriggerReference):
    """A create is refused when the open session of its externalId has another task than was sent."""

    def reuse_row(self, db: Connection, change: Json) -> Row:
        if change.fields["taskIdentifier"] != change.row.task_identifier:
            raise self.invalid(Problem("custom", "The session has another task.", ("taskIdentifier",)))
        return super().reuse_row(db, change)


@mutant("retrieve.by-external-id-answers-200")
class NamesOfOneCharacterAreNotFound(TriggerReference):
    """A session whose externalId has one character is not found by it."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        return super().find(db, environment, address) if len(address) > 1 else None
