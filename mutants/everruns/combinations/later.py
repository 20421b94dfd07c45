"""Servers that lose what they were given after a while, or when they are restarted."""

import re
import threading
import time
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.everruns import EverrunsReference, Row
from reference.refusals import Refusal

UNPROCESSABLE = 422


class _ShortOfMemory(EverrunsReference):
    """After a second and a half a read shows less than was written."""

    KEPT = 1.5

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._written: dict[str, float] = {}

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self._written[row.id] = time.monotonic()

    def read_reply(self, row: Row) -> Reply:
        is_old = time.monotonic() - self._written.get(row.id, time.monotonic()) > self.KEPT
        return super().read_reply(self.faded(row) if is_old else row)

    def faded(self, row: Row) -> Row:
        """The row as it is shown then."""
        raise NotImplementedError


@mutant("update.writes-last")
class TitlesFade(_ShortOfMemory):
    """A title is no longer shown a while after it was written."""

    def faded(self, row: Row) -> Row:
        return replace(row, title=None)


@mutant("update.writes-last")
class OneTagFades(_ShortOfMemory):
    """The last tag is no longer shown a while after it was written."""

    def faded(self, row: Row) -> Row:
        return replace(row, tags=row.tags[:-1])


class _SlowToAct(EverrunsReference):
    """Something is done a second and a half after it was refused."""

    WAIT = 1.5

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            late = self.meant_for(call, refusal)
            title = self.title_in(call.body)
            if late and title:
                timer = threading.Timer(self.WAIT, self._write, (late, title))
                timer.daemon = True
                timer.start()
            raise

    def meant_for(self, call: Call, refusal: Refusal) -> str:
        """The session that a refused update is carried out on, if any."""
        raise NotImplementedError

    def title_in(self, body: bytes) -> str:
        """The title in a body, empty when there is none."""
        found = re.search(rb'"title":"([^"]*early[^"]*)"', body)
        return found[1].decode() if found else ""

    def _write(self, session_id: str, title: str) -> None:
        with self.writing() as db:
            row = self.row_by_id(db, session_id)
            if row:
                self.save_row(db, replace(row, title=title))


@mutant("update.refused-update-changes-nothing")
class RefusedUpdatesAreQueued(_SlowToAct):
    """An update that is refused for its types takes effect later."""

    def meant_for(self, call: Call, refusal: Refusal) -> str:
        return call.address if refusal.status == UNPROCESSABLE else ""


@mutant("update.near-miss-id-changes-nothing")
class NearMissesAreQueued(_SlowToAct):
    """An update of an id with a digit too many is refused, and takes effect later."""

    def meant_for(self, call: Call, refusal: Refusal) -> str:
        whole = call.address[: len(self.PREFIX) + self.DIGITS]
        return whole if call.address != whole else ""


class _Forgetful(EverrunsReference):
    """Something is lost at each start."""

    RESTARTS = True
    LOST = ""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        with self.writing() as db:
            db.execute(self.LOST)


@mutant("update.writes-outlive-a-restart")
class RowsLiveInMemory(_Forgetful):
    """All sessions are gone after a restart."""

    LOST = "DELETE FROM sessions"


@mutant("update.writes-outlive-a-restart")
class TitlesLiveInMemory(_Forgetful):
    """The titles of all sessions are gone after a restart."""

    LOST = "UPDATE sessions SET title = NULL"
