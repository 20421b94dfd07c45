"""Latitudes: how long a server retains a session, and which deadlines it takes."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from sqlite3 import Connection

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.refusals import Invalid, Path, Problem, Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

MINUTE, DAY = 60_000, 86_400_000
CONFLICT = 409


@latitude
class RetainsForAMonth(TriggerReference):
    """A session that is made without expiresAt gets one that lies a month ahead."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        return super().new_row(environment, {"expiresAt": self.now() + 30 * DAY, **fields})


@latitude
class RetentionBeginsWithTheClose(TriggerReference):
    """A close sets expiresAt to a month from then."""

    def closed_row(self, change: Change) -> Row:
        return replace(super().closed_row(change), expires_at=self.now() + 30 * DAY)


@latitude
class RetentionIsCapped(TriggerReference):
    """An expiresAt more than two months ahead is refused."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        instant = super().check_expires_at(value, path)
        if instant > self.now() + 60 * DAY:
            raise Invalid(Problem("custom", "It lies too far ahead.", path))
        return instant


@latitude
class DeadlinesNeedNotice(TriggerReference):
    """An expiresAt less than a minute ahead is refused."""

    ALONE = "deadlines"

    def check_expires_at(self, value: Json, path: Path) -> Json:
        instant = super().check_expires_at(value, path)
        if instant < self.now() + MINUTE:
            raise Invalid(Problem("custom", "It lies too near.", path))
        return instant


@latitude
class DeadlinesNeedADay(TriggerReference):
    """An expiresAt less than a day ahead is refused."""

    ALONE = "deadlines"

    def check_expires_at(self, value: Json, path: Path) -> Json:
        instant = super().check_expires_at(value, path)
        if instant is not None and instant < self.now() + 86_400_000:
            raise Invalid(Problem("custom", "It comes too soon.", path))
        return instant


@latitude
class ExpiredAreGone(TriggerReference):
    """A session that has expired is found no more, while its externalId stays taken."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        row = super().find(db, environment, address)
        return None if row is not None and not self.is_closed(row) and self.is_expired(row) else row


@latitude
class CreatesCloseTheExpired(TriggerReference):
    """A session that has expired is closed, as of its deadline, by the first create that names it."""

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal as refusal:
            if refusal.status == CONFLICT:
                self._close_the_expired(call)
            raise

    def _close_the_expired(self, call: Call) -> None:
        name = str(self.create_object(call)["externalId"])
        with self.writing() as db:
            row = self.row_by_external_id(db, self.environment_to_create(call).id, name)
            if row is not None and self.is_expired(row) and not self.is_closed(row):
                ended = replace(row, closed_at=row.expires_at, closed_reason="expired", current_run_id=None)
                self.save_row(db, self.touched(ended))


@latitude
class ExpiredAnswers410(TriggerReference):
    """A session that has expired is answered with 410, whatever is asked of it by an address."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        row = super().find(db, environment, address)
        if row is not None and not self.is_closed(row) and self.is_expired(row):
            raise Refusal(410, "The session has expired")
        return row


@latitude
class EachWriteRetainsLonger(TriggerReference):
    """A session that is made without expiresAt is kept for a month from its last update or create."""

    def __init__(self, database: FilePath, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._own: set[str] = set()

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        if row.expires_at is not None:
            return row
        self._own.add(row.id)
        return replace(row, expires_at=self.now() + 30 * DAY)

    def apply_update(self, db: Connection, change: Change) -> Row:
        return self._kept_longer(db, super().apply_update(db, change))

    def reuse_row(self, db: Connection, change: Change) -> Row:
        return self._kept_longer(db, super().reuse_row(db, change))

    def _kept_longer(self, db: Connection, row: Row) -> Row:
        if row.id not in self._own or self.is_closed(row):
            return row
        kept = replace(row, expires_at=self.now() + 30 * DAY)
        self.save_row(db, kept)
        return kept
