"""Mutants: limits on a row as a whole, and what expired, closed or nameless sessions get wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Invalid, Path, Problem
from reference.trigger import Change, Row, TriggerReference


@mutant("create.same-external-id-answers-200")
class LeapDaysAreRefused(TriggerReference):
    """An expiresAt on the 29th of February is refused."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and value[5:10] == "02-29":
            raise Invalid(Problem("invalid_string", "It must be a date.", path))
        return super().check_expires_at(value, path)


@mutant("create.returns-trigger-config-as-sent")
class LongDurationsWrap(TriggerReference):
    """A maxDuration is kept in 32 bits, and begins again behind them."""

    def check_max_duration(self, value: Json, path: Path) -> Json:
        return super().check_max_duration(value, path) % 2**32


@mutant("update.body-inside-limit-accepted")
class RowsHaveALimit(TriggerReference):
    """An update is refused when all JSON of the row has more than 40,000 bytes together."""

    def save_row(self, db: Connection, row: Row) -> None:
        held = json.dumps([row.metadata, row.trigger_config], ensure_ascii=False)
        if len(held.encode()) > 40_000:
            raise self.too_large(40_000)
        super().save_row(db, row)


@mutant("update.different-external-id-answers-422")
class ExpiredSessionsCanBeRenamed(TriggerReference):
    """An update of an expired session takes another externalId."""

    def check_external_id_kept(self, change: Change) -> None:
        if not self.is_expired(change.row):
            super().check_external_id_kept(change)

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        named = change.fields.get("externalId", row.external_id)
        return replace(row, external_id=named) if self.is_expired(row) else row


@mutant("isolation.external-id-is-unique-per-environment")
class ExpiredNamesAreTakenEverywhere(TriggerReference):
    """A create is refused when a session of any environment has expired under the externalId."""

    def existing_row(self, db: Connection, environment: Any, fields: Mapping[str, Json]) -> Row | None:
        for one in self.environments:
            row = super().existing_row(db, one, fields)
            if row is not None and self.is_expired(row):
                raise self.expired_conflict()
        return super().existing_row(db, environment, fields)


@mutant("update.null-clears-metadata")
class ClosedSessionsKeepTheirMetadata(TriggerReference):
    """An update of a closed session does not clear the metadata, though it replaces it."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        sent = super().updated_metadata(change)
        return change.row.metadata if sent is None and self.is_closed(change.row) else sent


@mutant("update.eleven-tags-refused")
class NamelessUpdatesMayHaveManyTags(TriggerReference):
    """An update of a session without an externalId may have more than ten tags."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        return self.check_list(value, path, 2 * self.TAG_COUNT, self.check_tag)

    def apply_update(self, db: Connection, change: Change) -> Row:
        many = len(change.fields.get("tags", ())) > self.TAG_COUNT
        if many and change.row.external_id is not None:
            raise self.invalid(Problem("too_big", "At most ten tags.", ("tags",)))
        return super().apply_update(db, change)


class _EmptiesNothing(TriggerReference):
    """An update that names an externalId takes tags and metadata that are empty for none sent."""

    NAMING: Callable[[Json], bool]

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        if "externalId" not in change.fields or not type(self).NAMING(change.fields["externalId"]):
            return row
        return replace(row, tags=row.tags or change.row.tags, metadata=row.metadata or change.row.metadata)


@mutant("update.same-external-id-accepted")
class OwnNameEmptiesNothing(_EmptiesNothing):
    """An update that names the session's own externalId takes empty tags and metadata for none sent."""

    NAMING = staticmethod(lambda named: named is not None)


@mutant("update.null-external-id-accepted-when-unset")
class NullNameEmptiesNothing(_EmptiesNothing):
    """An update that names null for no externalId takes empty tags and metadata for none sent."""

    NAMING = staticmethod(lambda named: named is None)
