"""Mutants: creates with null, with another task, and without an externalId."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Json
from reference.trigger import Change, Row, TriggerReference


class _NullClears(TriggerReference):
    """A create that finds its session clears a member for which it sends null; a new one leaves it out."""

    MEMBER, CLEARED = "", ""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        nothing = self.MEMBER in body and body[self.MEMBER] is None
        rest = {name: value for name, value in body.items() if not (nothing and name == self.MEMBER)}
        return {**super().check_create(rest), "clears": nothing}

    def reuse_row(self, db: Connection, change: Change) -> Row:
        cleared: dict[str, Any] = {self.CLEARED: None} if change.fields["clears"] else {}
        row = replace(change.row, **cleared)
        self.save_row(db, row)
        return row


@mutant("create.cached-keeps-metadata")
class KnownNamesClearMetadataByNull(_NullClears):
    """A create that finds its session clears the metadata when it sends null for it."""

    MEMBER, CLEARED = "metadata", "metadata"


@mutant("create.cached-keeps-expires-at")
class KnownNamesClearTheDeadlineByNull(_NullClears):
    """A create that finds its session clears the deadline when it sends null for it."""

    MEMBER, CLEARED = "expiresAt", "expires_at"


@mutant("create.same-external-id-returns-same-id")
class NamesAreUniquePerTask(TriggerReference):
    """An externalId is unique for each task, so that another task makes another session of it."""

    def existing_row(self, db: Connection, environment: Any, fields: Mapping[str, Json]) -> Row | None:
        found = db.execute(
            "SELECT * FROM sessions WHERE environment = ? AND external_id = ? AND task_identifier = ?",
            (environment.id, fields.get("externalId"), fields["taskIdentifier"]),
        )
        return self.first_row(found.fetchone())


@mutant("create.closed-external-id-answers-409")
class ClosedNamesAreFreeForOtherTasks(TriggerReference):
    """The externalId of a closed session can be used again for another task."""

    def existing_row(self, db: Connection, environment: Any, fields: Mapping[str, Json]) -> Row | None:
        row = super().existing_row(db, environment, fields)
        other = row is not None and row.task_identifier != fields["taskIdentifier"]
        return None if row is not None and other and self.is_closed(row) else row


@mutant("create.eleven-tags-refused")
class NamelessSessionsMayHaveManyTags(TriggerReference):
    """A create without an externalId may have more than ten tags."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        tags = body.get("tags")
        if "externalId" in body or not isinstance(tags, list):
            return super().check_create(body)
        first = super().check_create({**body, "tags": tags[: self.TAG_COUNT]})
        return {**first, "tags": [*first["tags"], *tags[self.TAG_COUNT :]]}


@mutant("create.returns-expires-at-as-sent")
class YearsAreThoseOfTheWeek(TriggerReference):
    """Instants are shown in the year that their ISO week belongs to."""

    def shown_instant(self, instant: int | None) -> Json:
        text = super().shown_instant(instant)
        if instant is None:
            return text
        return f"{datetime.fromtimestamp(instant / 1000, UTC).isocalendar().year:04}{text[4:]}"


@mutant("create.returns-expires-at-as-sent")
class ClocksHaveTwelveHours(TriggerReference):
    """Instants are shown with the hour of a clock of twelve hours."""

    def shown_instant(self, instant: int | None) -> Json:
        text = super().shown_instant(instant)
        return text if instant is None else f"{text[:11]}{int(text[11:13]) % 12 or 12:02}{text[13:]}"
