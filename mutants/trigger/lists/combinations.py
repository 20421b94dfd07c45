"""Lists that keep a rule for one filter, caller or way to ask, and break it for another."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Reader
from reference.trigger.listing import Condition, Parameters, Wanted

NOT_MODIFIED = 304


class _Asked(TriggerReference):
    """Knows the query while it answers it."""

    def list_sessions(self, call: Call) -> Reply:
        self.query = call.query
        return super().list_sessions(call)

    query = ""


def _without(asked: Parameters, *filters: str) -> Parameters:
    return {name: text for name, text in asked.items() if name not in filters}


@mutant("list.filters-combine")
class ExpiredOverrulesType(TriggerReference):
    """Beside EXPIRED the type does not count."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        expired = asked.get("filter[status]") == "EXPIRED"
        return super().filters(_without(asked, "filter[type]") if expired else asked)


@mutant("list.filters-combine")
class PeriodOverrulesTypeAndName(TriggerReference):
    """Beside a period the type and the externalId do not count."""

    def filters(self, asked: Parameters) -> tuple[Condition, ...]:
        overruled = ("filter[type]", "filter[externalId]") if "filter[createdAt][period]" in asked else ()
        return super().filters(_without(asked, *overruled))


@mutant("list.newest-first")
class SessionsOfATaskAreOldestFirst(_Asked):
    """A list by the task is shown oldest first."""

    def rows_after(self, db: Connection, wanted: Wanted) -> list[Row]:
        rows = super().rows_after(db, wanted)
        return rows[::-1] if "taskIdentifier" in self.query else rows


@mutant("list.holds-at-most-size")
class BracketsMustBeInCapitalHexDigits(TriggerReference):
    """A parameter counts when its brackets are percent-encoded in capital hex digits alone."""

    def parameters(self, call: Call) -> Parameters:
        pairs = [pair for pair in call.query.split("&") if "%5b" not in pair and "[" not in pair]
        return super().parameters(replace(call, query="&".join(pairs)))


@mutant("list.filter-type")
class BracketsOfFiltersMustBeEncoded(TriggerReference):
    """A filter counts when its brackets are percent-encoded alone."""

    def parameters(self, call: Call) -> Parameters:
        pairs = [pair for pair in call.query.split("&") if not pair.startswith("filter[")]
        return super().parameters(replace(call, query="&".join(pairs)))


@mutant("list.shows-updates")
class ListsAreCachedByTheirQuery(TriggerReference):
    """A list that was asked for once is shown ever after."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._lists: dict[tuple[Reader, str], Reply] = {}

    def list_sessions(self, call: Call) -> Reply:
        asked = (self.lister(call), call.query)
        self._lists[asked] = self._lists.get(asked) or super().list_sessions(call)
        return self._lists[asked]


@mutant("list.shows-updates")
class ListsAreKnownByTheirLength(TriggerReference):
    """The ETag of a list is how many rows it has, nearly: a client that has it is not shown the list."""

    def list_sessions(self, call: Call) -> Reply:
        reply = super().list_sessions(call)
        tag = f'"{len(reply.body["data"]) // 10}"'
        if call.headers.get("if-none-match") == tag:
            return Reply(NOT_MODIFIED, None, {"etag": tag})
        return replace(reply, headers={**reply.headers, "etag": tag})

    def render_json(self, value: Json) -> bytes:
        return b"" if value is None else super().render_json(value)


def _pattern(text: str) -> str:
    """A text as a pattern of SQLite's GLOB, which tells cases apart."""
    escaped = "".join(f"[{one}]" if one in "*?[" else one for one in text)
    return escaped.replace("%", "*").replace("_", "?")


@mutant("list.filter-type")
class ListTypeByPattern(TriggerReference):
    """A type is taken for a pattern."""

    def of_type(self, text: str) -> Condition:
        return Condition("type GLOB ?", (_pattern(text),))


@mutant("list.filter-tags")
class ListTagByPattern(TriggerReference):
    """A tag is taken for a pattern."""

    def with_tags(self, text: str) -> Condition:
        sql = "EXISTS (SELECT 1 FROM json_each(sessions.tags) WHERE value GLOB ?)"
        return Condition(sql, (_pattern(text),))


@mutant("list.token-shows-no-other-session")
class ListByTypeShowsAllToTokens(_Asked):
    """A token lists all sessions of a type."""

    def within_scopes(self, reader: Reader) -> tuple[Condition, ...]:
        return () if "filter%5Btype" in self.query else super().within_scopes(reader)


@mutant("list.other-environment-not-shown")
class ClosedSessionsAreListedEverywhere(_Asked):
    """CLOSED shows the closed sessions of all environments."""

    def in_environment(self, reader: Reader) -> Condition:
        return Condition("1") if "CLOSED" in self.query else super().in_environment(reader)


@mutant("list.other-environment-not-shown")
class TasksAreListedEverywhere(_Asked):
    """A task is looked for in all environments."""

    def in_environment(self, reader: Reader) -> Condition:
        return Condition("1") if "taskIdentifier" in self.query else super().in_environment(reader)


@mutant("list.success-is-json")
class ListIsHtmlUnlessJsonIsNamed(TriggerReference):
    """A list is told to be HTML unless Accept names JSON."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        named = call.operation != "list" or "application/json" in call.headers.get("accept", "")
        return reply if named else replace(reply, headers={**reply.headers, "content-type": "text/html"})

    def content_type(self, reply: Reply) -> str:
        return reply.headers.get("content-type", "application/json")


class _Indexed(TriggerReference):
    """Lists are read from copies of rows."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.copies: dict[str, Row] = {}


@mutant("list.rows-agree-with-retrieve")
class ClosedRowsAreAsTheyWereMade(_Indexed):
    """Rows of closed sessions show the metadata that the create sent."""

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self.copies[row.id] = row

    def listed_row(self, row: Row) -> dict[str, Json]:
        made = self.copies.get(row.id, row)
        return super().listed_row(row if row.closed_at is None else replace(row, metadata=made.metadata))


@mutant("list.shows-updates")
class RowsShowTheFirstUpdate(_Indexed):
    """Rows show what the first update of a session wrote, and nothing of later ones."""

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self.copies.setdefault(row.id, row)

    def listed_row(self, row: Row) -> dict[str, Json]:
        first = self.copies.get(row.id, row)
        return super().listed_row(replace(row, metadata=first.metadata, tags=first.tags))


@mutant("list.token-shows-no-other-session")
class ListBehindACursorShowsAllToTokens(_Asked):
    """A token is shown all sessions that come after a row."""

    def within_scopes(self, reader: Reader) -> tuple[Condition, ...]:
        return () if "page%5Bafter" in self.query else super().within_scopes(reader)


@mutant("list.walk-shows-each-session-once")
class ListBeginsAnewBehindTheEnd(TriggerReference):
    """A page after the last row is the first page."""

    def rows_after(self, db: Connection, wanted: Wanted) -> list[Row]:
        return super().rows_after(db, wanted) or super().rows_after(db, replace(wanted, after=None))


@mutant("list.filter-tags")
class ListFindsTagsInAsciiAlone(TriggerReference):
    """Of a tag that is looked for what is beyond ASCII is left out."""

    def with_tags(self, text: str) -> Condition:
        return super().with_tags(text.encode("ascii", "ignore").decode())


@mutant("list.shows-updates")
class UpdatesByNameAreNotListed(_Indexed):
    """Rows show what updates by the id wrote, and nothing of those by the externalId."""

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self.copies[row.id] = row

    def update(self, call: Call) -> Reply:
        reply = super().update(call)
        if reply.status == 200:
            with self.reading() as db:
                row = self.row_by_id(db, self.environments[0].id, self.address(call))
            self.copies.update({row.id: row} if row else {})
        return reply

    def listed_row(self, row: Row) -> dict[str, Json]:
        copied = self.copies.get(row.id, row)
        return super().listed_row(replace(row, metadata=copied.metadata, tags=copied.tags))


@mutant("list.further-filter-adds-no-rows")
class ExpiredSessionsAreListedByStatusAlone(_Asked):
    """Expired sessions are listed only where their status is asked for."""

    def always(self, reader: Reader) -> tuple[Condition, ...]:
        if "status" in self.query:
            return super().always(reader)
        is_kept = Condition("(closed_at IS NOT NULL OR expires_at IS NULL OR expires_at > ?)", (self.now(),))
        return (*super().always(reader), is_kept)


@mutant("list.token-shows-no-other-session")
class ListOfClosedShowsAllToTokens(_Asked):
    """A token lists all closed sessions."""

    def within_scopes(self, reader: Reader) -> tuple[Condition, ...]:
        return () if "CLOSED" in self.query else super().within_scopes(reader)


@mutant("list.newest-first")
class ClosedSessionsAreListedByTheirClose(_Asked):
    """CLOSED shows first what was closed last."""

    def newest_first(self) -> str:
        return (
            f"closed_at DESC, {super().newest_first()}" if "CLOSED" in self.query else super().newest_first()
        )


@mutant("list.newest-first")
class ListsByTheLastUpdate(TriggerReference):
    """Rows are shown in the order of their updates, the latest first."""

    def newest_first(self) -> str:
        return "updated_at DESC, id DESC"

    def oldest_first(self) -> str:
        return "updated_at, id"

    def older(self, row: Row) -> Condition:
        return Condition("(updated_at, id) < (?, ?)", (row.updated_at, row.id))

    def newer(self, row: Row) -> Condition:
        return Condition("(updated_at, id) > (?, ?)", (row.updated_at, row.id))
