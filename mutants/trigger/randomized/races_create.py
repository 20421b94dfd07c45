"""Servers that go wrong when creates with one externalId come at the same time."""

import time
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment

ROUND_TRIP = 0.004
"""Seconds that a database over a network takes to answer."""


class LooksFirst(TriggerReference):
    """Looks for the externalId before the transaction that makes the session begins."""

    def create(self, call: Call) -> Reply:
        environment = self.environment_to_create(call)
        fields = self.check_create(self.create_object(call))
        with self.reading() as db:
            existing = self.existing_row(db, environment, fields)
        if existing is not None:
            self.check_not_ended(existing)
            return self.cached_reply(environment, existing)
        time.sleep(ROUND_TRIP)
        return self.create_unless_known(environment, self.new_row(environment, fields))

    def create_unless_known(self, environment: Environment, row: Row) -> Reply:
        """Make the session that was not there a moment ago."""
        with self.writing() as db:
            self.insert_row(db, row)
        return self.created_reply(environment, row)

    def known_by_now(self, db: Connection, environment: Environment, row: Row) -> Row | None:
        """The session that has the externalId, if somebody was faster."""
        return self.existing_row(db, environment, {"externalId": row.external_id})


@mutant("races.creates-converge-on-one-session")
class RacingCreatesMakeTwoRows(LooksFirst):
    """Two creates with one externalId at the same time make a session each."""


@mutant("races.creates-converge-on-one-session")
class RacingCreateIsRefused(LooksFirst):
    """A create that finds out too late that the externalId is taken is answered with 409."""

    def create_unless_known(self, environment: Environment, row: Row) -> Reply:
        with self.writing() as db:
            if self.known_by_now(db, environment, row):
                raise self.closed_conflict()
            self.insert_row(db, row)
        return self.created_reply(environment, row)


@mutant("races.creates-converge-on-one-session")
class RacingCreateShowsTheRowItLost(LooksFirst):
    """A create that was too late answers isCached true, but with the row that it did not store."""

    def create_unless_known(self, environment: Environment, row: Row) -> Reply:
        with self.writing() as db:
            if self.known_by_now(db, environment, row):
                return self.cached_reply(environment, row)
            self.insert_row(db, row)
        return self.created_reply(environment, row)


@mutant("races.one-create-is-not-cached")
class RacingCreatesAreAllNew(LooksFirst):
    """A create that was too late returns the one session, but says that it is new."""

    def create_unless_known(self, environment: Environment, row: Row) -> Reply:
        with self.writing() as db:
            known = self.known_by_now(db, environment, row)
            if known is None:
                self.insert_row(db, row)
        return self.created_reply(environment, known or row)


@mutant("races.one-create-is-not-cached")
class RacingCreatesAreAllCached(LooksFirst):
    """The session is made first and looked for afterwards, so that with several creates nobody's is new."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.under_way: dict[str | None, int] = {}

    def create_unless_known(self, environment: Environment, row: Row) -> Reply:
        with self.writing() as db:
            known = self.known_by_now(db, environment, row)
            if known is None:
                self.insert_row(db, row)
            self.under_way[row.external_id] = self.under_way.get(row.external_id, 0) + 1
        time.sleep(5 * ROUND_TRIP)
        alone = known is None and self.under_way[row.external_id] == 1
        reply = self.created_reply if alone else self.cached_reply
        return reply(environment, known or row)


@mutant("races.calls-are-answered")
class RacingCreateBreaks(LooksFirst):
    """The database refuses a second row of one externalId, and nobody has thought of that."""

    def create_unless_known(self, environment: Environment, row: Row) -> Reply:
        with self.writing() as db:
            if self.known_by_now(db, environment, row):
                raise RuntimeError("UNIQUE constraint failed")
            self.insert_row(db, row)
        return self.created_reply(environment, row)
