"""Latitudes: what lists may show, refuse, and by how much they may lag."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import latitude
from reference.application import Call, Json, Operation
from reference.database import Database
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Reader
from reference.trigger.listing import Condition, Page, Parameters, Wanted

LISTS = ("list",)


@latitude
class OnlyTheCore(TriggerReference):
    """The server neither lists sessions nor has their channels."""

    GROUPS = ("core", "list", "channels")
    ALONE = "groups"
    CORE = ("create", "retrieve", "update", "close")

    def operations(self) -> Sequence[Operation]:
        return [one for one in super().operations() if one.name in self.CORE]


@latitude
class ListLagsTenSeconds(TriggerReference):
    """Lists are read from another store, which has every write ten seconds later."""

    GROUPS = LISTS
    ALONE = "lists"
    LAG = 10.0

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.behind = Database(database.with_name("behind.sqlite"), self.SCHEMA)
        self.pending: list[tuple[float, Row]] = []
        self.catching_up = threading.Lock()

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self.pending.append((time.monotonic() + self.LAG, row))

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self.pending.append((time.monotonic() + self.LAG, row))

    def listing(self) -> AbstractContextManager[Connection]:
        with self.catching_up, self.behind.writing() as db:
            while self.pending and self.pending[0][0] <= time.monotonic():
                super().save_row(db, self.pending.pop(0)[1])
        return self.behind.connection()


@latitude
class ListShowsRuns(TriggerReference):
    """Rows of lists show the run, and members that no page names."""

    GROUPS = LISTS

    def omitted_members(self) -> tuple[str, ...]:
        return ("triggerConfig",)

    def listed_row(self, row: Row) -> dict[str, Json]:
        return {**super().listed_row(row), "runs": 1}


@latitude
class ListRefusesWithOtherStatus(TriggerReference):
    """Bad queries are refused with 422."""

    GROUPS = LISTS

    def bad_query(self, name: str, sentence: str) -> Refusal:
        return Refusal(422, "The query is not valid", super().bad_query(name, sentence).problems)


@latitude
class ListFindsNothingAtUnknownCursors(TriggerReference):
    """A list after or before a session that is not there is empty."""

    GROUPS = LISTS

    def page(self, db: Connection, wanted: Wanted) -> Page:
        return Page([], None, None) if NOWHERE in wanted.conditions else super().page(db, wanted)

    def wanted(self, db: Connection, reader: Reader, asked: Parameters) -> Wanted:
        try:
            return super().wanted(db, reader, asked)
        except UnknownCursor:
            return Wanted((NOWHERE,), 1)

    def no_cursor(self, name: str) -> Row | None:
        raise UnknownCursor(name)


NOWHERE = Condition("0")


class UnknownCursor(Exception):  # noqa: N818 - no error, an empty page
    """A cursor names no session."""


@latitude
class ListFindsNothingInUnknownStates(TriggerReference):
    """A status that there is not shows nothing."""

    GROUPS = LISTS

    def no_state(self, state: str) -> Condition:
        return NOWHERE


@latitude
class ListRefusesSeveralStates(TriggerReference):
    """Several statuses between commas are refused."""

    GROUPS = LISTS

    def of_status(self, text: str) -> Condition:
        if "," in text:
            raise self.bad_query("filter[status]", "one status")
        return super().of_status(text)


@latitude
class ListTakesMilliseconds(TriggerReference):
    """Ranges of time are in milliseconds; date-times are refused."""

    GROUPS = LISTS

    def instant_in(self, text: str) -> int:
        if not text.isdecimal():
            raise self.bad_query("filter[createdAt]", "milliseconds since 1970")
        return super().instant_in(text)


@latitude
class ListRefusesTokens(TriggerReference):
    """Public tokens may not list."""

    GROUPS = LISTS

    def lister(self, call: Call) -> Reader:
        return Reader(self.secret_environment(call), None)


@latitude
class ListShowsNullCursors(TriggerReference):
    """Cursors that there are not are null."""

    GROUPS = LISTS

    def pagination(self, page: Page) -> dict[str, Json]:
        return {"next": page.next, "previous": page.previous}


@latitude
class ListLeadsToAnEmptyPage(TriggerReference):
    """A full page always has a next cursor, and the first page a previous one; they may lead to no rows."""

    GROUPS = LISTS

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        return rows[-1].id if len(rows) == wanted.size else super().next_cursor(db, wanted, rows)

    def previous_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        return rows[0].id


@latitude
class ListFiltersByTagsOfRuns(TriggerReference):
    """Tags are looked for among those of the trigger options."""

    GROUPS = LISTS

    def with_tags(self, text: str) -> Condition:
        one = self.any_of("value", self.listed_values(text))
        tags = "json_extract(sessions.trigger_config, '$.tags')"
        return Condition(f"EXISTS (SELECT 1 FROM json_each({tags}) WHERE {one.sql})", one.values)  # noqa: S608


@latitude
class ListTakesTheLastCursor(TriggerReference):
    """Of two cursors the first is ignored."""

    GROUPS = LISTS

    def check_cursors(self, asked: Parameters) -> None:
        """Nothing is refused."""


@latitude
class ListOrdersWithinSeconds(TriggerReference):
    """Rows that were made within three seconds stand in the order of their ids."""

    GROUPS = LISTS

    def newest_first(self) -> str:
        return "created_at / 3000 DESC, id DESC"

    def oldest_first(self) -> str:
        return "created_at / 3000, id"

    def older(self, row: Row) -> Condition:
        return Condition("(created_at / 3000, id) < (?, ?)", (row.created_at // 3000, row.id))

    def newer(self, row: Row) -> Condition:
        return Condition("(created_at / 3000, id) > (?, ?)", (row.created_at // 3000, row.id))


@latitude
class ListLeavesNullsOut(TriggerReference):
    """Rows of lists, and of retrieves, leave out what has no value, and show times with an offset."""

    GROUPS = LISTS

    def session_body(self, row: Row) -> dict[str, Json]:
        return {name: value for name, value in super().session_body(row).items() if value is not None}

    def shown_instant(self, instant: int | None) -> Json:
        shown = super().shown_instant(instant)
        return shown and shown.replace("Z", "+00:00")


@latitude
class ListIsCrowded(TriggerReference):
    """The environment holds five thousand sessions of others, some of them newer than any of the run.

    What they have stored looks like a token and like the trace of an error.
    """

    GROUPS = LISTS
    ALONE = "lists"
    CROWD = 5000
    STORED = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSJ9.c2ln, Traceback (most recent call last): KeyError"

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        with self.writing() as db:
            for environment in self.environments:
                for number in range(self.CROWD):
                    self.insert_row(db, self.stranger(environment.id, number))

    def stranger(self, environment: str, number: int) -> Row:
        """A session of somebody else."""
        made = self.now() - (number - self.CROWD // 10) * 60_000
        return Row(
            id=self.new_session_id(), environment=environment, external_id=f"chat-{number}",
            type="chat.agent",
            task_identifier="my-chat", trigger_config={"basePayload": {}}, run_id=self.new_run_id(),
            current_run_id=None, tags=["red", f"user:{number % 50}"],
            metadata={"kept": self.STORED},
            closed_at=made + 1 if number % 3 else None, closed_reason=None, expires_at=None,
            created_at=made, updated_at=made + 1,
        )  # fmt: skip
