"""Servers that go wrong when updates and closes come at the same time."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from threading import Lock

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

ROUND_TRIP = 0.004
"""Seconds that a database over a network takes to answer."""


@mutant("races.calls-are-answered")
class BusyDatabaseBreaks(TriggerReference):
    """A write that meets another one gives up instead of waiting for it."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        self.busy = Lock()
        super().__init__(database, keys)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if not self.busy.acquire(blocking=False):
            raise RuntimeError("database is locked")
        try:
            with super().writing() as db:
                time.sleep(ROUND_TRIP)
                yield db
        finally:
            self.busy.release()


@mutant("races.outcomes-have-an-order")
class RacingUpdateIsRefused(TriggerReference):
    """An update of a session that another call is changing is answered with 409."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.busy = Lock()

    def update(self, call: Call) -> Reply:
        if not self.busy.acquire(blocking=False):
            raise Refusal(409, "The session is being changed")
        try:
            time.sleep(ROUND_TRIP)
            return super().update(call)
        finally:
            self.busy.release()


class ReadsBeforeItWrites(TriggerReference):
    """Reads the row that an update or a close changes before the transaction that writes it begins."""

    def row_read_early(self, environment: Environment, call: Call) -> Row:
        """The row as it is a round trip before it is written."""
        with self.reading() as db:
            row = self.find_to_change(db, environment, call)
        time.sleep(ROUND_TRIP)
        return row

    def saved_now(self, row: Row) -> Row:
        """Write the row, whatever has come in between."""
        with self.writing() as db:
            current = self.row_by_id(db, row.environment, row.id)
            row = self.merged(row, current or row)
            self.save_row(db, row)
        return row

    def merged(self, row: Row, current: Row) -> Row:
        """What is written; subclasses keep more of what is there by now."""
        return row

    def update(self, call: Call) -> Reply:
        environment = self.environment_to_update(call)
        fields = self.check_update(self.update_object(call))
        change = Change(call, environment, self.row_read_early(environment, call), fields)
        self.check_external_id_kept(change)
        return self.updated_reply(self.saved_now(self.touched(self.updated_row(change))))


def _with_close_of(row: Row, current: Row) -> Row:
    return replace(row, closed_at=current.closed_at, closed_reason=current.closed_reason)


@mutant("races.updates-lose-nothing")
class RacingUpdatesLoseEachOther(ReadsBeforeItWrites):
    """An update writes back the whole row as it was when the update began, but for the close."""

    def merged(self, row: Row, current: Row) -> Row:
        return _with_close_of(row, current)


@mutant("races.updates-lose-nothing")
class RacingUpdatesLoseMetadata(TriggerReference):
    """An update of tags alone writes back the metadata that it read at its beginning."""

    def update(self, call: Call) -> Reply:
        environment = self.environment_to_update(call)
        fields = self.check_update(self.update_object(call))
        if set(fields) == {"tags"}:
            with self.reading() as db:
                early = self.find_to_change(db, environment, call)
            time.sleep(ROUND_TRIP)
            fields = {**fields, "metadata": early.metadata}
        with self.writing() as db:
            row = self.find_to_change(db, environment, call)
            row = self.apply_update(db, Change(call, environment, row, fields))
        return self.updated_reply(row)


@mutant("races.close-beats-update")
class RacingUpdateReopens(ReadsBeforeItWrites):
    """An update that began before a close writes back that the session is open."""

    def update(self, call: Call) -> Reply:
        environment = self.environment_to_update(call)
        early = self.row_read_early(environment, call)
        fields = self.check_update(self.update_object(call))
        with self.writing() as db:
            row = self.find_to_change(db, environment, call)
            self.check_external_id_kept(Change(call, environment, row, fields))
            row = self.updated_row(Change(call, environment, row, fields))
            row = self.touched(_with_close_of(row, early))
            self.save_row(db, row)
        return self.updated_reply(row)


@mutant("races.close-beats-update")
class RacingUpdateForgetsTheReason(TriggerReference):
    """An update that began before a close takes the reason off the closed session."""

    def update(self, call: Call) -> Reply:
        environment = self.environment_to_update(call)
        with self.reading() as db:
            early = self.find_to_change(db, environment, call)
        time.sleep(ROUND_TRIP)
        reply = super().update(call)
        with self.writing() as db:
            row = self.find_to_change(db, environment, call)
            if not self.is_closed(early) and self.is_closed(row):
                self.save_row(db, replace(row, closed_reason=None))
        return reply


class ClosesInTwoSteps(ReadsBeforeItWrites):
    """Looks whether the session is closed before the transaction that closes it begins."""

    def update(self, call: Call) -> Reply:
        return TriggerReference.update(self, call)

    def close_session(self, call: Call) -> Reply:
        environment = self.environment_to_close(call)
        fields = self.check_close(self.close_object(call))
        row = self.row_read_early(environment, call)
        if self.is_closed(row):
            return self.closed_reply(row)
        return self.closed_reply(
            self.saved_now(self.touched(self.closed_row(Change(call, environment, row, fields))))
        )


def _with_values_of(row: Row, current: Row) -> Row:
    return replace(row, tags=current.tags, metadata=current.metadata)


@mutant("races.closes-return-one-row")
class RacingClosesOverwriteEachOther(ClosesInTwoSteps):
    """Of two closes at the same time, each writes its own reason and instant."""

    def merged(self, row: Row, current: Row) -> Row:
        return _with_values_of(row, current)


@mutant("races.closes-return-one-row")
class RacingClosesMoveClosedAt(ClosesInTwoSteps):
    """Of two closes at the same time, the later one keeps the reason but writes its own closedAt."""

    def merged(self, row: Row, current: Row) -> Row:
        reason = current.closed_reason if self.is_closed(current) else row.closed_reason
        return replace(_with_values_of(row, current), closed_reason=reason)


@mutant("races.closes-return-one-row")
class RacingCloseShowsItsOwnReason(ClosesInTwoSteps):
    """A close that was too late stores nothing, but answers as if its own reason had been stored."""

    def saved_now(self, row: Row) -> Row:
        with self.writing() as db:
            current = self.row_by_id(db, row.environment, row.id)
            if current is None or not self.is_closed(current):
                row = row if current is None else _with_values_of(row, current)
                self.save_row(db, row)
        return row


@mutant("races.closes-return-one-row")
class RacingCloseUndoesUpdates(ClosesInTwoSteps):
    """A close writes back tags and metadata as they were when the close began."""

    def merged(self, row: Row, current: Row) -> Row:
        return _with_close_of(row, current) if self.is_closed(current) else row


@mutant("races.replies-show-own-session")
class RacingUpdatesShareAReply(TriggerReference):
    """An update keeps the row that it will show where the next update keeps its own."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.shown_now: Row | None = None

    def updated_reply(self, row: Row) -> Reply:
        self.shown_now = row
        time.sleep(ROUND_TRIP)
        return super().updated_reply(self.shown_now)
