"""List sessions: pages by cursor and filters, each a condition in SQL."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from sqlite3 import Connection
from urllib.parse import parse_qsl

from reference.application import Call, Json, Operation, Reply
from reference.instants import MILLISECONDS_A_DAY, parse_instant
from reference.refusals import Problem, Refusal
from reference.trigger.access import Environment, Reader
from reference.trigger.operations import SessionOperations
from reference.trigger.store import Row

Parameters = Mapping[str, str]
"""The query by the names as they are written, such as `page[size]`."""
UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": MILLISECONDS_A_DAY, "w": 7 * MILLISECONDS_A_DAY}


@dataclass(frozen=True)
class Condition:
    """A part of a WHERE clause with the values for its question marks."""

    sql: str
    values: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What a list asks for: the conditions of its rows, and a page before or after a session's row."""

    conditions: tuple[Condition, ...]
    size: int
    after: Row | None = None
    before: Row | None = None


@dataclass(frozen=True)
class Page:
    """The rows of a page, newest first, and the cursors to the pages beside it."""

    rows: Sequence[Row]
    next: str | None
    previous: str | None


class ListOperations(SessionOperations):
    """The operation that lists sessions, one rule a method."""

    PAGE_SIZES = (1, 100)
    DEFAULT_SIZE = 20
    STATUSES = ("ACTIVE", "CLOSED", "EXPIRED")

    def operations(self) -> Sequence[Operation]:
        """List stands beside create, whose path it has."""
        first, *others = super().operations()
        return (first, Operation("list", "GET", first.path, self.list_sessions), *others)

    def list_sessions(self, call: Call) -> Reply:
        """Show a page of the environment's sessions; nothing is written."""
        reader = self.lister(call)
        asked = self.parameters(call)
        with self.listing() as db:
            return self.listed_reply(self.page(db, self.wanted(db, reader, asked)))

    def listing(self) -> AbstractContextManager[Connection]:
        """A connection to the rows that lists show."""
        return self.reading()

    def lister(self, call: Call) -> Reader:
        """Who lists: a secret key, or a public token, which sees the sessions that its scopes name."""
        return self.reader(call)

    # The query

    def parameters(self, call: Call) -> Parameters:
        """The query, percent-decoded; of a name that stands there twice the last value counts."""
        try:
            pairs = parse_qsl(call.query, keep_blank_values=True, errors="strict", max_num_fields=100)
        except ValueError:
            raise self.bad_query("", "the query cannot be read") from None
        return {name: value for name, value in pairs if self.is_parameter(name)}

    def is_parameter(self, name: str) -> bool:
        """Whether a parameter counts; all others are ignored."""
        return name.startswith(("page[", "filter["))

    def wanted(self, db: Connection, reader: Reader, asked: Parameters) -> Wanted:
        """What the query asks for; raises Refusal."""
        self.check_cursors(asked)
        return Wanted(
            (*self.always(reader), *self.filters(asked)),
            self.size(asked),
            self.cursor(db, reader.environment, asked, "page[after]"),
            self.cursor(db, reader.environment, asked, "page[before]"),
        )

    def check_cursors(self, asked: Parameters) -> None:
        """A page is after a session or before one."""
        if "page[after]" in asked and "page[before]" in asked:
            raise self.bad_query("page", "give after or before")

    def size(self, asked: Parameters) -> int:
        """The most rows of a page."""
        text = asked.get("page[size]")
        return self.DEFAULT_SIZE if text is None else self.size_in(text)

    def size_in(self, text: str) -> int:
        """The size that a text names."""
        least, most = self.PAGE_SIZES
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise self.bad_query("page[size]", f"a whole number from {least} to {most}")
        return int(text)

    def cursor(self, db: Connection, environment: Environment, asked: Parameters, name: str) -> Row | None:
        """The session that a cursor names."""
        if name not in asked:
            return None
        return self.cursor_row(db, environment, asked[name]) or self.no_cursor(name)

    def cursor_row(self, db: Connection, environment: Environment, session_id: str) -> Row | None:
        """The environment's session of this id."""
        return self.row_by_id(db, environment.id, session_id)

    def no_cursor(self, name: str) -> Row | None:
        """A cursor that names no session of the environment is refused."""
        raise self.bad_query(name, "no session has this id")

    def bad_query(self, name: str, sentence: str) -> Refusal:
        """A query that breaks a rule."""
        problem = Problem("invalid_query", sentence, (name,) if name else ())
        return Refusal(400, f"Invalid query: {sentence}", (problem,))

    # The conditions

    def always(self, reader: Reader) -> tuple[Condition, ...]:
        """What holds for every row, whatever is asked for."""
        return (self.in_environment(reader), *self.within_scopes(reader))

    def in_environment(self, reader: Reader) -> Condition:
        """The environment's own sessions."""
        return Condition("environment = ?", (reader.environment.id,))

    def within_scopes(self, reader: Reader) -> tuple[Condition, ...]:
        """Of a token, the sessions that its scopes name."""
        if reader.scopes is None:
            return ()
        begin = self.read_scope("")
        names = sorted(scope.removeprefix(begin) for scope in reader.scopes if scope.startswith(begin))
        return (self.any_of("id", names, more=self.any_of("external_id", names)),)

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        """A condition for each filter of the query: all must hold."""
        rules = self.filter_rules()
        found = (rules[name](value) for name, value in asked.items() if name in rules)
        return (*found, *self.created_within(asked))

    def filter_rules(self) -> Mapping[str, Callable[[str], Condition]]:
        """What each filter means."""
        return {
            "filter[type]": self.of_type,
            "filter[tags]": self.with_tags,
            "filter[taskIdentifier]": self.of_task,
            "filter[externalId]": self.with_external_id,
            "filter[status]": self.of_status,
        }

    def listed_values(self, text: str) -> list[str]:
        """The values of a list: between commas."""
        return text.split(",")

    def any_of(self, column: str, values: Sequence[str], more: Condition | None = None) -> Condition:
        """Rows whose column is one of these values, or for which another condition holds."""
        marks = ", ".join("?" for _ in values)
        other = f" OR {more.sql}" if more else ""
        return Condition(f"({column} IN ({marks}){other})", (*values, *(more.values if more else ())))

    def of_type(self, text: str) -> Condition:
        """Sessions of one of these types."""
        return self.any_of("type", self.listed_values(text))

    def with_tags(self, text: str) -> Condition:
        """Sessions with any of these tags."""
        one = self.any_of("value", self.listed_values(text))
        sql = f"EXISTS (SELECT 1 FROM json_each(sessions.tags) WHERE {one.sql})"  # noqa: S608 - our own parts
        return Condition(sql, one.values)

    def of_task(self, text: str) -> Condition:
        """Sessions of one of these tasks."""
        return self.any_of("task_identifier", self.listed_values(text))

    def with_external_id(self, text: str) -> Condition:
        """The session of this very externalId."""
        return Condition("external_id = ?", (text,))

    def of_status(self, text: str) -> Condition:
        """Sessions in one of these states."""
        parts = [self.in_state(state) for state in self.listed_values(text)]
        sql = " OR ".join(f"({part.sql})" for part in parts)
        return Condition(f"({sql})", tuple(value for part in parts for value in part.values))

    def in_state(self, state: str) -> Condition:
        """Sessions in one state; raises Refusal for a word that is none."""
        match state:
            case "ACTIVE":
                return self.active()
            case "CLOSED":
                return self.closed()
            case "EXPIRED":
                return self.expired()
            case _:
                return self.no_state(state)

    def active(self) -> Condition:
        """Neither closed nor expired."""
        return Condition("closed_at IS NULL AND (expires_at IS NULL OR expires_at > ?)", (self.now(),))

    def closed(self) -> Condition:
        """Closed, whenever."""
        return Condition("closed_at IS NOT NULL")

    def expired(self) -> Condition:
        """Past the deadline, and not closed."""
        return Condition("closed_at IS NULL AND expires_at <= ?", (self.now(),))

    def no_state(self, state: str) -> Condition:
        """A state that there is not is refused."""
        raise self.bad_query("filter[status]", f"{', '.join(self.STATUSES)} are known, not {state[:40]!r}")

    def created_within(self, asked: Parameters) -> tuple[Condition, ...]:
        """Sessions that were made in a range of time, or a period up to now."""
        names = {
            "filter[createdAt][from]": self.created_from,
            "filter[createdAt][to]": self.created_to,
            "filter[createdAt][period]": self.created_lately,
        }
        return tuple(rule(asked[name]) for name, rule in names.items() if name in asked)

    def created_from(self, text: str) -> Condition:
        """Made at this instant or later."""
        return Condition("created_at >= ?", (self.instant_in(text),))

    def created_to(self, text: str) -> Condition:
        """Made at this instant or earlier."""
        return Condition("created_at <= ?", (self.instant_in(text),))

    def created_lately(self, text: str) -> Condition:
        """Made within a period such as 1d up to now."""
        return Condition("created_at >= ?", (self.now() - self.period_in(text),))

    def period_in(self, text: str) -> int:
        """A period in milliseconds."""
        found = re.fullmatch("([0-9]{1,6})([smhdw])", text)
        if found is None:
            raise self.bad_query("filter[createdAt][period]", "a period such as 1d")
        return int(found[1]) * UNITS[found[2]]

    def instant_in(self, text: str) -> int:
        """An instant in milliseconds, written as a date-time or as milliseconds."""
        try:
            return int(text) if re.fullmatch("[0-9]{1,15}", text) else parse_instant(text)
        except ValueError:
            raise self.bad_query("filter[createdAt]", "a date-time") from None

    # The page

    def page(self, db: Connection, wanted: Wanted) -> Page:
        """The rows of the page, newest first, and the cursors to those beside it."""
        rows = self.rows_before(db, wanted) if wanted.before else self.rows_after(db, wanted)
        if not rows:
            return Page([], None, None)
        return Page(rows, self.next_cursor(db, wanted, rows), self.previous_cursor(db, wanted, rows))

    def rows_after(self, db: Connection, wanted: Wanted) -> list[Row]:
        """The newest rows, or those that come next after a session."""
        more = (self.older(wanted.after),) if wanted.after else ()
        return self.select(db, (*wanted.conditions, *more), self.newest_first(), wanted.size)

    def rows_before(self, db: Connection, wanted: Wanted) -> list[Row]:
        """The rows next before a session, newest first as well."""
        assert wanted.before is not None
        conditions = (*wanted.conditions, self.newer(wanted.before))
        return self.select(db, conditions, self.oldest_first(), wanted.size)[::-1]

    def older(self, row: Row) -> Condition:
        """What comes after a row."""
        return Condition("(created_at, id) < (?, ?)", (row.created_at, row.id))

    def newer(self, row: Row) -> Condition:
        """What comes before a row."""
        return Condition("(created_at, id) > (?, ?)", (row.created_at, row.id))

    def newest_first(self) -> str:
        """The order of rows; ids decide between rows of the same millisecond."""
        return "created_at DESC, id DESC"

    def oldest_first(self) -> str:
        """The reverse of it."""
        return "created_at, id"

    def select(self, db: Connection, conditions: Sequence[Condition], order: str, most: int) -> list[Row]:
        """So many rows for which all conditions hold."""
        where = " AND ".join(one.sql for one in conditions)
        values = tuple(value for one in conditions for value in one.values)
        statement = f"SELECT * FROM sessions WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - our own parts
        found = db.execute(statement, (*values, most))
        return [row for row in map(self.first_row, found.fetchall()) if row is not None]

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        """The last row's id, where more rows come after it."""
        return rows[-1].id if self.any_row(db, wanted, self.older(rows[-1])) else None

    def previous_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        """The first row's id, where rows come before it."""
        return rows[0].id if self.any_row(db, wanted, self.newer(rows[0])) else None

    def any_row(self, db: Connection, wanted: Wanted, further: Condition) -> bool:
        """Whether a row that is asked for fulfils a further condition."""
        return bool(self.select(db, (*wanted.conditions, further), self.newest_first(), 1))

    # The reply

    def listed_reply(self, page: Page) -> Reply:
        """A page of rows."""
        return Reply(200, self.listed_body(page))

    def listed_body(self, page: Page) -> dict[str, Json]:
        """The rows under `data`, the cursors under `pagination`."""
        return {"data": [self.listed_row(row) for row in page.rows], "pagination": self.pagination(page)}

    def pagination(self, page: Page) -> dict[str, Json]:
        """The cursors that there are."""
        cursors = {"next": page.next, "previous": page.previous}
        return {name: cursor for name, cursor in cursors.items() if cursor is not None}

    def listed_row(self, row: Row) -> dict[str, Json]:
        """A row as a list shows it: without the trigger options and the run."""
        shown = self.session_body(row)
        return {name: value for name, value in shown.items() if name not in self.omitted_members()}

    def omitted_members(self) -> tuple[str, ...]:
        """What a list does not show of a session."""
        return ("triggerConfig", "currentRunId")
