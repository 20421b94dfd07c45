"""Servers that move updated_at when they should not, or to another time than now."""

from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.everruns import Change, EverrunsReference, Row
from reference.refusals import Refusal

TWO_HOURS = 7_200_000


@mutant("update.updated-at-is-time-of-update")
class UpdatesAreInLocalTime(EverrunsReference):
    """An update writes the local time, which is two hours behind UTC."""

    def touched(self, row: Row, change: Change) -> Row:
        return replace(row, updated_at=self.now() - TWO_HOURS)


@mutant("update.updated-at-is-time-of-update")
class UpdatesAreAheadOfTime(EverrunsReference):
    """An update writes a time that is two hours ahead."""

    def touched(self, row: Row, change: Change) -> Row:
        return replace(row, updated_at=max(self.now() + TWO_HOURS, change.row.updated_at + 1))


@mutant("bystanders.update-leaves-others")
class UpdatesTouchAllSessions(EverrunsReference):
    """An update moves the updated_at of every session."""

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        db.execute("UPDATE sessions SET updated_at = max(updated_at + 1, ?)", (row.updated_at,))


@mutant("update.refused-update-changes-nothing")
class RefusedUpdatesTouch(EverrunsReference):
    """An update that is refused for its types moves updated_at."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.status == 422:
                self._touch(call.address)
            raise

    def _touch(self, session_id: str) -> None:
        with self.writing() as db:
            row = self.row_by_id(db, session_id)
            if row:
                self.save_row(db, replace(row, updated_at=max(self.now(), row.updated_at + 1)))
