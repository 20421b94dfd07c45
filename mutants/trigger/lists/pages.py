"""Lists whose pages are of the wrong size, or whose cursors lead astray."""

from collections.abc import Sequence
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Json, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment
from reference.trigger.listing import Condition, Page, Parameters, Wanted


@mutant("list.holds-at-most-size")
class ListsOneRowMore(TriggerReference):
    """A page holds one row more than its size."""

    def rows_after(self, db: Connection, wanted: Wanted) -> list[Row]:
        return super().rows_after(db, replace(wanted, size=wanted.size + 1))


@mutant("list.holds-at-most-size")
class ListIgnoresSize(TriggerReference):
    """Every page holds up to twenty rows."""

    def size_in(self, text: str) -> int:
        super().size_in(text)
        return self.DEFAULT_SIZE


@mutant("list.sizes-within-bounds-accepted")
class ListRefusesSizeOne(TriggerReference):
    """The smallest page holds two rows."""

    PAGE_SIZES = (2, 100)


@mutant("list.sizes-within-bounds-accepted")
class ListRefusesSizeOfHundred(TriggerReference):
    """The largest page holds 99 rows."""

    PAGE_SIZES = (1, 99)


@mutant("list.default-size")
class ListsTenRowsByDefault(TriggerReference):
    """A page without a size holds ten rows."""

    DEFAULT_SIZE = 10


@mutant("list.walk-shows-each-session-once")
class ListRepeatsTheCursor(TriggerReference):
    """A page begins with the row that its cursor names."""

    def older(self, row: Row) -> Condition:
        return Condition("(created_at, id) <= (?, ?)", (row.created_at, row.id))

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        return super().next_cursor(db, wanted, rows) if len(rows) == wanted.size else None


@mutant("list.walk-shows-each-session-once")
class ListSkipsARow(TriggerReference):
    """The next cursor is one row too far."""

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        found = super().next_cursor(db, wanted, rows)
        if found is None:
            return None
        beyond = self.select(db, (*wanted.conditions, self.older(rows[-1])), self.newest_first(), 1)
        return beyond[0].id if len(rows) > 1 else found


@mutant("list.walk-shows-each-session-once")
class ListCursorsBySecond(TriggerReference):
    """A cursor stands for a second, so that rows of the same second are skipped."""

    def older(self, row: Row) -> Condition:
        return Condition("created_at / 1000 < ?", (row.created_at // 1000,))


@mutant("list.walk-shows-each-session-once")
class ListEndsEarly(TriggerReference):
    """A page has no next cursor where only one more page of its size follows."""

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        further = self.select(
            db, (*wanted.conditions, self.older(rows[-1])), self.newest_first(), wanted.size + 1
        )
        return rows[-1].id if len(further) > wanted.size else None


@mutant("list.walk-shows-each-session-once")
class ListHasNoNext(TriggerReference):
    """No page has a next cursor."""

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        return None


@mutant("list.walk-shows-each-session-once")
class ListGoesRound(TriggerReference):
    """The last page leads on to the first row once more."""

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        found = super().next_cursor(db, wanted, rows)
        newest = self.select(db, wanted.conditions, self.newest_first(), 1)
        return found or newest[0].id


@mutant("list.page-size-does-not-change-the-set")
class ListSmallPagesLackTheNameless(TriggerReference):
    """Pages of less than ten rows show no session without an externalId."""

    def wanted(self, db: Connection, reader: object, asked: Parameters) -> Wanted:
        wanted = super().wanted(db, reader, asked)  # type: ignore[arg-type]
        named = (Condition("external_id IS NOT NULL"),) if wanted.size < self.DEFAULT_SIZE // 2 else ()
        return replace(wanted, conditions=(*wanted.conditions, *named))


@mutant("list.page-size-does-not-change-the-set")
class ListDropsAShortLastPage(TriggerReference):
    """A last page that is not full is left out, except where it is the first."""

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        further = self.select(
            db, (*wanted.conditions, self.older(rows[-1])), self.newest_first(), wanted.size
        )
        return rows[-1].id if len(further) == wanted.size else None


@mutant("list.previous-leads-back")
class ListPreviousLeadsToTheNewest(TriggerReference):
    """The page before a session begins with the newest row, however far away that is."""

    def rows_before(self, db: Connection, wanted: Wanted) -> list[Row]:
        assert wanted.before is not None
        conditions = (*wanted.conditions, self.newer(wanted.before))
        return self.select(db, conditions, self.newest_first(), wanted.size)


@mutant("list.previous-leads-back")
class ListPreviousIsReversed(TriggerReference):
    """The page before a session is shown oldest first."""

    def rows_before(self, db: Connection, wanted: Wanted) -> list[Row]:
        return super().rows_before(db, wanted)[::-1]


@mutant("list.previous-leads-back")
class ListPreviousHoldsTheCursor(TriggerReference):
    """The page before a session holds that session, too."""

    def newer(self, row: Row) -> Condition:
        return Condition("(created_at, id) >= (?, ?)", (row.created_at, row.id))


@mutant("list.previous-leads-back")
class ListHasNoPrevious(TriggerReference):
    """No page has a previous cursor."""

    def previous_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        return None


@mutant("list.next-and-previous-are-inverse")
class ListForgetsNextAfterPrevious(TriggerReference):
    """A page that a previous cursor led to has no next cursor."""

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        return None if wanted.before else super().next_cursor(db, wanted, rows)


@mutant("list.next-and-previous-are-inverse")
class ListNextAfterPreviousIsTheFirst(TriggerReference):
    """The next cursor of a page that a previous cursor led to is its first row."""

    def next_cursor(self, db: Connection, wanted: Wanted, rows: Sequence[Row]) -> str | None:
        found = super().next_cursor(db, wanted, rows)
        return rows[0].id if wanted.before and found else found


@mutant("list.newest-first")
class ListsOldestFirst(TriggerReference):
    """Rows are shown oldest first."""

    def newest_first(self) -> str:
        return "created_at, id"

    def older(self, row: Row) -> Condition:
        return super().newer(row)

    def newer(self, row: Row) -> Condition:
        return super().older(row)


@mutant("list.newest-first")
class ListsById(TriggerReference):
    """Rows are shown in the order of their ids."""

    def newest_first(self) -> str:
        return "id DESC"


@mutant("list.unknown-cursor-shows-nothing")
class ListIgnoresAnUnknownCursor(TriggerReference):
    """A cursor that names no session is ignored."""

    def no_cursor(self, name: str) -> Row | None:
        return None


@mutant("list.both-cursors-refused")
class ListTakesBothCursors(TriggerReference):
    """Of two cursors one is ignored."""

    def check_cursors(self, asked: Parameters) -> None:
        """Nothing is refused."""


@mutant("list.foreign-cursor-shows-nothing-of-ours")
class ListCursorOpensItsEnvironment(TriggerReference):
    """A page after or before a session is of that session's environment."""

    def wanted(self, db: Connection, reader: object, asked: Parameters) -> Wanted:
        wanted = super().wanted(db, reader, asked)  # type: ignore[arg-type]
        named = wanted.after or wanted.before
        if named is None:
            return wanted
        first = Condition("environment = ?", (named.environment,))
        return replace(wanted, conditions=(first, *wanted.conditions[1:]))

    def cursor_row(self, db: Connection, environment: Environment, session_id: str) -> Row | None:
        found = db.execute("SELECT * FROM sessions WHERE id = ?", (session_id,))
        return self.first_row(found.fetchone())


@mutant("list.success-matches-schema")
class ListIsABareArray(TriggerReference):
    """A list is the array of its rows."""

    def listed_reply(self, page: Page) -> Reply:
        return Reply(200, self.listed_body(page)["data"])


@mutant("list.success-matches-schema")
class ListHasNoPagination(TriggerReference):
    """A list has no pagination."""

    def listed_body(self, page: Page) -> dict[str, Json]:
        return {"data": super().listed_body(page)["data"]}
