"""Creates that meet: ids that are given twice, sessions that are made twice, tokens of another session."""

import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import load_mutant
from mutants.crowd import Crowd
from reference.application import Call, Json, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


class Overwrites(TriggerReference):
    """Writes a new row over one that has its id already."""

    def insert_row(self, db: Connection, row: Row) -> None:
        self.save_row(db, row)


@load_mutant("create.session-ids-are-unique")
class SecondWorkerCountsTheSameIds(Crowd, Overwrites):
    """Ids are numbers of a worker, and the second worker that a crowd needs counts on from the same one."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._turn = itertools.count()
        self._first = 0
        self._second = 0

    def new_session_id(self) -> str:
        if self.crowded and next(self._turn) % 2:
            self._second = max(self._second + 1, self._first)
            return f"session_{self._second:024x}"
        self._first += 1
        return f"session_{self._first:024x}"


@load_mutant("create.session-ids-are-unique")
class IdCounterWraps(Overwrites):
    """Ids are a counter of ten bits, which begins again after 1,024 sessions."""

    IDS = 1_024
    REQUESTS_OF_LOAD = 16_000

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._made = itertools.count()

    def new_session_id(self) -> str:
        return f"session_{next(self._made) % self.IDS:024x}"


@load_mutant("create.session-ids-are-unique")
class IdsOfOneMillisecondCollide(Crowd, Overwrites):
    """An id is the millisecond in which its session is made, so that two of one millisecond share it."""

    def new_session_id(self) -> str:
        return f"session_{self.now():024x}"


@load_mutant("races.outcomes-have-an-order")
class BusyCreatesMakeTwoSessions(Crowd, TriggerReference):
    """While more than eight calls wait, two creates with one externalId that meet make a session each."""

    def create(self, call: Call) -> Reply:
        environment = self.environment_to_create(call)
        fields = self.check_create(self.create_object(call))
        with self.reading() as db:
            known = self.existing_row(db, environment, fields)
        if known is not None or not self.full:
            return super().create(call)
        time.sleep(self.ROUND_TRIP)
        row = self.new_row(environment, fields)
        with self.writing() as db:
            self.insert_row(db, row)
        return self.created_reply(environment, row)


@load_mutant("tokens.carries-session-scopes")
class TokensOfOneMomentAreMixed(Crowd, TriggerReference):
    """The claims of tokens are filled into one template, which a create at the same time fills anew."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._template: dict[str, Any] = {}

    def create_body(self, environment: Environment, row: Row, *, cached: bool) -> dict[str, Json]:
        self._template = super().token_claims(environment, row)
        self.round_trip()
        return super().create_body(environment, row, cached=cached)

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        return self._template if self.crowded else super().token_claims(environment, row)
