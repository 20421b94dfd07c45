"""Mutants: what becomes of sessions that have ended, and of what was written to them before."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

INVALID = 422


@mutant("create.closed-external-id-answers-409")
class ClosedNamesAreFreeAfterTheirDeadline(TriggerReference):
    """A closed session is swept away at its deadline, and its externalId may be used again."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        row = super().existing_row(db, environment, fields)
        if row is not None and self.is_closed(row) and self.is_expired(row):
            db.execute("DELETE FROM sessions WHERE id = ?", (row.id,))
            return None
        return row


@mutant("create.expired-external-id-answers-409")
class ClosingAnExpiredSessionFreesItsName(TriggerReference):
    """A close of an expired session takes its externalId away."""

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        if self.is_expired(row):
            db.execute("UPDATE sessions SET external_id = NULL WHERE id = ?", (row.id,))
        return row


@mutant("create.expired-external-id-changes-nothing")
class ConflictSweepsAndEmpties(TriggerReference):
    """A create that meets an expired session closes it, and takes its tags away."""

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal:
            self._sweep(call)
            raise

    def _sweep(self, call: Call) -> None:
        with self.writing() as db:
            name = self.create_object(call).get("externalId")
            row = isinstance(name, str) and self.row_by_external_id(
                db, self.environment_to_create(call).id, name
            )
            if row and self.is_expired(row) and not self.is_closed(row):
                self.save_row(db, replace(row, closed_at=row.expires_at, closed_reason="expired", tags=[]))


@mutant("close.keeps-other-members")
class CloseForgetsUpdates(TriggerReference):
    """A close writes the tags and the metadata that the session was made with."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._made: dict[str, Row] = {}

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self._made[row.id] = row

    def closed_row(self, change: Change) -> Row:
        made = self._made[change.row.id]
        return replace(super().closed_row(change), tags=made.tags, metadata=made.metadata)


@mutant("close.keeps-other-members")
class CloseClearsEmptyMetadata(TriggerReference):
    """A close makes null of empty metadata."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, metadata=row.metadata or None)


@mutant("update.null-external-id-answers-422")
class ClosedSessionsIgnoreNullNames(TriggerReference):
    """An update of a closed session with externalId null is answered with 200."""

    def check_external_id_kept(self, change: Change) -> None:
        if not self.is_closed(change.row) or change.fields.get("externalId", "") is not None:
            super().check_external_id_kept(change)


@mutant("update.metadata-wrong-type-refused")
class ClosedSessionsIgnoreBadMetadata(TriggerReference):
    """An update of a closed session leaves out metadata that is no object."""

    def update_object(self, call: Call) -> dict[str, Json]:
        body, environment = super().update_object(call), self.environment_to_update(call)
        with self.reading() as db:
            row = self.find(db, environment, self.address(call))
        if row is not None and self.is_closed(row) and not isinstance(body.get("metadata"), dict | None):
            del body["metadata"]
        return body


@mutant("update.refused-update-applies-nothing")
class RefusedUpdateTouchesAClosedRow(TriggerReference):
    """A refused update moves the updatedAt of a closed session."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.status == INVALID:
                self._touch(call)
            raise

    def _touch(self, call: Call) -> None:
        with self.writing() as db:
            row = self.find(db, self.environment_to_update(call), self.address(call))
            if row is not None and self.is_closed(row):
                self.save_row(db, self.touched(row))


@mutant("close.records-reason")
class LateCloseLosesItsReason(TriggerReference):
    """A close of a session that has expired records no reason."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_reason=None) if self.is_expired(row) else row


@mutant("close.repeat-returns-same-row")
class NamelessRepeatsTakeReasons(TriggerReference):
    """A repeated close of a session without an externalId records a reason where there was none."""

    def close_again(self, db: Connection, change: Change) -> Row:
        row, sent = super().close_again(db, change), change.fields.get("reason")
        if row.external_id is None and row.closed_reason is None and sent:
            row = replace(row, closed_reason=sent)
            self.save_row(db, row)
        return row


@mutant("close.closed-at-is-time-of-close")
class NamelessClosesCountFromTheLastWrite(TriggerReference):
    """A session without an externalId is closed as of its last write."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_at=change.row.updated_at) if row.external_id is None else row


@mutant("close.is-terminal")
class ClosedAtIsStampedLater(TriggerReference):
    """Two and a half seconds after a close, its session is shown as closed just then."""

    LATER = 2_500

    def shown_closed_at(self, row: Row) -> Json:
        if row.closed_at is None or row.closed_at > self.now() - self.LATER:
            return super().shown_closed_at(row)
        return self.shown_instant(row.closed_at + self.LATER)


@mutant("create.conflict-leaves-closed-session")
class InvalidCreatesEmptyClosedRows(TriggerReference):
    """A create that is refused as invalid takes the tags of the closed session away that it names."""

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal as refusal:
            if refusal.status == INVALID:
                self._empty(call)
            raise

    def _empty(self, call: Call) -> None:
        with suppress(Refusal), self.writing() as db:
            name = str(self.create_object(call).get("externalId"))
            row = self.row_by_external_id(db, self.environment_to_create(call).id, name)
            if row is not None and self.is_closed(row):
                self.save_row(db, replace(row, tags=[]))


@mutant("isolation.update-crosses-no-environment")
class ClosedSessionsAreUpdatedFromAbroad(TriggerReference):
    """An update finds closed sessions of all environments."""

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        among = self.environments if call.operation == "update" else ()
        rows = [self.find(db, one, self.address(call)) for one in among]
        closed = next((row for row in rows if row is not None and self.is_closed(row)), None)
        return closed or super().find_to_change(db, environment, call)
