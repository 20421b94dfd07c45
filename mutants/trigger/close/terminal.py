"""Servers for which closed is not closed for good."""

from dataclasses import replace
from itertools import count
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Path, Refusal
from reference.trigger import Change, Row, TriggerReference


class _Again(TriggerReference):
    """A later close changes the row."""

    def close_again(self, db: Connection, change: Change) -> Row:
        row = self.closed_again(change)
        self.save_row(db, row)
        return row

    def closed_again(self, change: Change) -> Row:
        """The row after a later close."""
        raise NotImplementedError


@mutant("close.repeat-answers-200")
class SecondCloseAnswers409(TriggerReference):
    """A close of a closed session answers 409."""

    def close_again(self, db: Connection, change: Change) -> Row:
        raise self.closed_conflict()


@mutant("close.repeat-answers-200")
class SecondCloseAnswers404(TriggerReference):
    """A closed session is no longer found by a close."""

    def close_again(self, db: Connection, change: Change) -> Row:
        raise self.not_found()


@mutant("close.repeat-answers-200")
class SecondCloseAnswers202(TriggerReference):
    """A later close answers 202 with the row."""

    def close_session(self, call: Call) -> Reply:
        with self.reading() as db:
            row = self.find_to_change(db, self.environment_to_close(call), call)
        reply = super().close_session(call)
        return replace(reply, status=202) if self.is_closed(row) else reply


@mutant("close.repeat-returns-same-row")
class SecondCloseEndsTheRun(_Again):
    """A close of a closed session takes currentRunId away and moves updatedAt, as the end of a run does."""

    def closed_again(self, change: Change) -> Row:
        row = change.row
        return row if row.current_run_id is None else self.touched(replace(row, current_run_id=None))


@mutant("close.repeat-answers-200")
class TenthCloseFails(TriggerReference):
    """Every tenth later close answers 409."""

    def __init__(self, *arguments: Json) -> None:
        super().__init__(*arguments)
        self.closes = count(1)

    def close_again(self, db: Connection, change: Change) -> Row:
        if next(self.closes) % 10 == 0:
            raise self.closed_conflict()
        return super().close_again(db, change)


@mutant("close.repeat-returns-same-row")
class SecondCloseClosesAnew(_Again):
    """A later close is treated like the first."""

    def closed_again(self, change: Change) -> Row:
        return self.touched(self.closed_row(change))


@mutant("close.repeat-returns-same-row")
class SecondCloseChangesTheReason(_Again):
    """A later close keeps closedAt and records its own reason."""

    def closed_again(self, change: Change) -> Row:
        return replace(change.row, closed_reason=change.fields.get("reason", change.row.closed_reason))


@mutant("close.repeat-returns-same-row")
class SecondCloseFillsInAReason(_Again):
    """A later close records its reason where there was none."""

    def closed_again(self, change: Change) -> Row:
        reason = change.row.closed_reason or change.fields.get("reason")
        return replace(change.row, closed_reason=reason)


@mutant("close.repeat-returns-same-row")
class SecondCloseClearsTheReason(_Again):
    """A later close without a reason clears the one that was recorded."""

    def closed_again(self, change: Change) -> Row:
        reason = change.row.closed_reason if "reason" in change.fields else None
        return replace(change.row, closed_reason=reason)


@mutant("close.repeat-returns-same-row")
class SecondCloseBumpsUpdatedAt(_Again):
    """A later close moves updatedAt."""

    def closed_again(self, change: Change) -> Row:
        return self.touched(change.row)


@mutant("close.repeat-returns-same-row")
class SecondCloseByExternalIdBumpsUpdatedAt(_Again):
    """A later close by externalId moves updatedAt."""

    def closed_again(self, change: Change) -> Row:
        return change.row if self.is_id(self.address(change.call)) else self.touched(change.row)


@mutant("close.repeat-returns-same-row")
class SecondCloseWithoutBodyBumpsUpdatedAt(_Again):
    """A later close without a body moves updatedAt."""

    def closed_again(self, change: Change) -> Row:
        return change.row if change.call.body else self.touched(change.row)


@mutant("close.repeat-returns-same-row")
class SeventhCloseMovesClosedAt(_Again):
    """Every seventh later close moves closedAt."""

    def __init__(self, *arguments: Json) -> None:
        super().__init__(*arguments)
        self.closes = count(1)

    def closed_again(self, change: Change) -> Row:
        now = self.now() if next(self.closes) % 7 == 0 else change.row.closed_at
        return replace(change.row, closed_at=now)


@mutant("close.repeat-returns-same-row")
class SecondCloseEchoesItsReason(TriggerReference):
    """A later close shows its own reason and stores nothing."""

    def close_again(self, db: Connection, change: Change) -> Row:
        return replace(change.row, closed_reason=change.fields.get("reason"))


@mutant("close.repeat-is-stored-unchanged")
class SecondCloseIsStoredBehindTheReply(TriggerReference):
    """A later close returns the old row and stores its own reason."""

    def close_again(self, db: Connection, change: Change) -> Row:
        self.save_row(db, replace(change.row, closed_reason=change.fields.get("reason")))
        return change.row


@mutant("close.repeat-is-stored-unchanged")
class SecondCloseTouchesBehindTheReply(TriggerReference):
    """A later close returns the old row and moves the stored updatedAt once."""

    def close_again(self, db: Connection, change: Change) -> Row:
        self.save_row(db, self.touched(change.row))
        return change.row


class _Update(TriggerReference):
    """An update changes a closed session's ending."""

    def updated_row(self, change: Change) -> Row:
        return self.ended_otherwise(change, super().updated_row(change))

    def ended_otherwise(self, change: Change, row: Row) -> Row:
        """The updated row with another ending."""
        raise NotImplementedError


@mutant("close.is-terminal")
class UpdateReopens(_Update):
    """An update of a closed session opens it again."""

    def ended_otherwise(self, change: Change, row: Row) -> Row:
        return replace(row, closed_at=None, closed_reason=None)


@mutant("close.is-terminal")
class UpdateMayClearClosedAt(_Update):
    """An update with closedAt null opens the session again."""

    def ended_otherwise(self, change: Change, row: Row) -> Row:
        return replace(row, closed_at=None) if b'"closedAt":null' in change.call.body else row


@mutant("close.is-terminal")
class UpdateClearsTheReason(_Update):
    """An update of a closed session's metadata clears closedReason."""

    def ended_otherwise(self, change: Change, row: Row) -> Row:
        return replace(row, closed_reason=None) if "metadata" in change.fields else row


@mutant("close.is-terminal")
class UpdateMovesClosedAt(_Update):
    """An update of a closed session closes it once more."""

    def ended_otherwise(self, change: Change, row: Row) -> Row:
        return row if row.closed_at is None else replace(row, closed_at=self.now())


@mutant("close.is-terminal")
class CreateReopens(TriggerReference):
    """A create with the externalId of a closed session opens it again."""

    def check_not_ended(self, row: Row) -> None:
        if self.is_expired(row):
            raise self.expired_conflict()

    def reuse_row(self, db: Connection, change: Change) -> Row:
        row = replace(change.row, closed_at=None, closed_reason=None)
        self.save_row(db, row)
        return row


@mutant("close.is-terminal")
class RefusedCreateReopens(TriggerReference):
    """A create with the externalId of a closed session answers 409 and clears closedAt."""

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal as refusal:
            if refusal.status == 409:
                self.reopen(call)
            raise

    def reopen(self, call: Call) -> None:
        """Open the session that has the externalId of the body."""
        environment = self.environment_to_create(call)
        with self.writing() as db:
            row = self.existing_row(db, environment, self.create_object(call))
            assert row is not None
            self.save_row(db, replace(row, closed_at=None))


@mutant("close.is-terminal")
class RefusedCloseClearsTheReason(TriggerReference):
    """A close of a closed session with a bad reason is refused and clears closedReason."""

    def close_session(self, call: Call) -> Reply:
        try:
            return super().close_session(call)
        except Refusal:
            with self.writing() as db:
                row = self.find(db, self.environment_to_close(call), self.address(call))
                if row is not None and row.closed_at is not None:
                    self.save_row(db, replace(row, closed_reason=None))
            raise


@mutant("close.is-terminal")
class NullTakesTheReasonBack(TriggerReference):
    """A repeated close whose reason is null clears the reason."""

    def check_reason(self, value: Json, path: Path) -> Json:
        return None if value is None else super().check_reason(value, path)

    def close_again(self, db: Connection, change: Change) -> Row:
        if "reason" in change.fields and change.fields["reason"] is None:
            row = replace(change.row, closed_reason=None)
            self.save_row(db, row)
            return row
        return change.row
