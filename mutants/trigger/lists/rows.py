"""Lists whose rows are of the wrong form, or lag behind what was written."""

import json
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Reader
from reference.trigger.listing import Condition, Page, Wanted


@mutant("list.answers-200")
class ListAnswers206(TriggerReference):
    """A list is answered with 206."""

    def listed_reply(self, page: Page) -> Reply:
        return Reply(206, self.listed_body(page))


@mutant("list.success-is-json")
class ListIsPlainText(TriggerReference):
    """A list is said to be plain text."""

    def content_type(self, reply: Reply) -> str:
        is_list = isinstance(reply.body, dict) and "pagination" in reply.body
        return "text/plain" if is_list else super().content_type(reply)


@mutant("list.success-matches-schema")
class ListRowsInEpochMilliseconds(TriggerReference):
    """Rows show when a session was made as a number."""

    def listed_row(self, row: Row) -> dict[str, Json]:
        return {**super().listed_row(row), "createdAt": row.created_at}


@mutant("list.rows-omit-trigger-config")
class ListShowsTriggerConfig(TriggerReference):
    """Rows show the trigger options."""

    def omitted_members(self) -> tuple[str, ...]:
        return ("currentRunId",)


@mutant("list.rows-omit-current-run")
class ListShowsTheRun(TriggerReference):
    """Rows show the run."""

    def omitted_members(self) -> tuple[str, ...]:
        return ("triggerConfig",)


class _ListedOtherwise(TriggerReference):
    """Rows of lists show one member otherwise than retrieve does."""

    MEMBER: str

    def listed_row(self, row: Row) -> dict[str, Json]:
        shown = super().listed_row(row)
        return {**shown, self.MEMBER: self.otherwise(shown[self.MEMBER], shown)}

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        """Another value of the member."""
        raise NotImplementedError


@mutant("list.rows-agree-with-retrieve")
class ListShowsMetadataAsText(_ListedOtherwise):
    """Rows show an empty object instead of null for metadata."""

    MEMBER = "metadata"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return {} if value is None else value


@mutant("list.rows-agree-with-retrieve")
class ListRoundsMetadata(_ListedOtherwise):
    """Rows show the numbers in metadata as whole ones."""

    MEMBER = "metadata"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return json.loads(json.dumps(value), parse_float=lambda text: int(float(text)))


@mutant("list.rows-agree-with-retrieve")
class ListShowsTheFirstTag(_ListedOtherwise):
    """Rows show no more than two tags."""

    MEMBER = "tags"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return value[:2]


@mutant("list.rows-agree-with-retrieve")
class ListLowersExternalIds(_ListedOtherwise):
    """Rows show externalIds in lower case."""

    MEMBER = "externalId"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return value and value.lower()


@mutant("list.rows-agree-with-retrieve")
class ListShowsCreationAsUpdate(_ListedOtherwise):
    """Rows show the time of the create as that of the last update."""

    MEMBER = "updatedAt"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return shown["createdAt"]


@mutant("list.rows-agree-with-retrieve")
class ListHidesDeadlines(_ListedOtherwise):
    """Rows show no deadline."""

    MEMBER = "expiresAt"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return None


@mutant("list.rows-agree-with-retrieve")
class ListShowsTheTypeAsTask(_ListedOtherwise):
    """Rows show the type where the task belongs."""

    MEMBER = "taskIdentifier"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return shown["type"]


@mutant("list.shows-new-sessions")
class ListLacksTheNameless(TriggerReference):
    """Sessions without an externalId are not listed."""

    def always(self, reader: Reader) -> tuple[Condition, ...]:
        return (*super().always(reader), Condition("external_id IS NOT NULL"))


@mutant("list.shows-new-sessions")
class ListLacksClosedSessions(TriggerReference):
    """Closed sessions are listed only where their status is asked for."""

    def wanted(self, db: Connection, reader: Reader, asked: object) -> Wanted:
        wanted = super().wanted(db, reader, asked)  # type: ignore[arg-type]
        if any("closed_at" in one.sql for one in wanted.conditions):
            return wanted
        return Wanted(
            (*wanted.conditions, Condition("closed_at IS NULL")), wanted.size, wanted.after, wanted.before
        )


@mutant("list.shows-updates")
class ListShowsOldMetadata(TriggerReference):
    """Rows show the metadata that the create sent."""

    SCHEMA = (
        *TriggerReference.SCHEMA,
        "CREATE TABLE IF NOT EXISTS first (id TEXT PRIMARY KEY, metadata TEXT)",
    )

    def apply_update(self, db: Connection, change: Change) -> Row:
        db.execute(
            "INSERT OR IGNORE INTO first VALUES (?, ?)", (change.row.id, json.dumps(change.row.metadata))
        )
        return super().apply_update(db, change)

    def listed_row(self, row: Row) -> dict[str, Json]:
        with self.reading() as db:
            first = db.execute("SELECT metadata FROM first WHERE id = ?", (row.id,)).fetchone()
        return {**super().listed_row(row), **({"metadata": json.loads(first[0])} if first else {})}


@mutant("list.shows-closes")
class ListHidesReasons(_ListedOtherwise):
    """Rows show no reason of a close."""

    MEMBER = "closedReason"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return None


@mutant("list.shows-closes")
class ListHidesCloses(_ListedOtherwise):
    """Rows show closed sessions as open ones."""

    MEMBER = "closedAt"

    def otherwise(self, value: Json, shown: dict[str, Json]) -> Json:
        return None


@mutant("list.seen-at-once")
class ListLagsASecond(TriggerReference):
    """Lists show what was written a second ago."""

    def always(self, reader: Reader) -> tuple[Condition, ...]:
        return (*super().always(reader), Condition("updated_at < ?", (self.now() - 1000,)))


@mutant("list.changes-nothing")
class ListTouchesRows(TriggerReference):
    """A list moves the updatedAt of the rows that it shows."""

    def list_sessions(self, call: Call) -> Reply:
        reply = super().list_sessions(call)
        ids = [row["id"] for row in reply.body["data"]]
        marks = ", ".join("?" for _ in ids)
        with self.writing() as db:
            db.execute(f"UPDATE sessions SET updated_at = updated_at + 1 WHERE id IN ({marks})", ids)  # noqa: S608
        return reply
