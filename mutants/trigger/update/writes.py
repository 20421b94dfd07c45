"""Updates that write too much, too little, or nothing."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

from mutants.catalogue import mutant
from mutants.trigger.latitudes.retention import RetainsForAMonth
from reference.application import Call, Json, Reply
from reference.trigger import Change, Row, TriggerReference

DAY = 86_400_000


def merged(old: Json, new: Json, depth: int) -> Json:
    """The new value over the old one, objects merged down to a depth."""
    if not depth or not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: merged(old.get(key), value, depth - 1) for key, value in new.items()}}


@mutant("update.answers-200")
class UpdateAnswers202(TriggerReference):
    """An update answers 202."""

    def updated_reply(self, row: Row) -> Reply:
        return replace(super().updated_reply(row), status=202)


@mutant("update.answers-200")
class UpdateThatEmptiesAnswers201(TriggerReference):
    """An update that leaves the row without metadata answers 201."""

    def updated_reply(self, row: Row) -> Reply:
        return replace(super().updated_reply(row), status=200 if row.metadata is not None else 201)


@mutant("update.tags-are-replaced")
class TagsAreAppended(TriggerReference):
    """Tags that are sent are added to the earlier ones."""

    def updated_tags(self, change: Change) -> list[str]:
        new = [tag for tag in change.fields.get("tags", []) if tag not in change.row.tags]
        return (new and change.row.tags + new) or super().updated_tags(change)


@mutant("update.tags-are-replaced")
class TagsAreReplacedByPosition(TriggerReference):
    """Each tag that is sent takes the place of the one at its position; the rest stays."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return tags and tags + change.row.tags[len(tags) :]


@mutant("update.tags-are-replaced")
class EverySeventhUpdateLosesItsTags(TriggerReference):
    """Every seventh update keeps the earlier tags."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.calls = count(1)

    def updated_tags(self, change: Change) -> list[str]:
        return change.row.tags if next(self.calls) % 7 == 0 else super().updated_tags(change)


@mutant("update.empty-tags-empty-the-row")
class EmptyTagsAreIgnored(TriggerReference):
    """An empty list of tags is taken for none sent."""

    def updated_tags(self, change: Change) -> list[str]:
        return super().updated_tags(change) or change.row.tags


@mutant("update.metadata-is-replaced")
class MetadataIsMerged(TriggerReference):
    """Metadata keeps the earlier keys that are not sent."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        new = super().updated_metadata(change)
        return new and {**(change.row.metadata or {}), **new}


@mutant("update.metadata-is-replaced")
class MetadataIsMergedOneLevelDown(TriggerReference):
    """Metadata is replaced, but objects in it that were objects before are merged."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        old, new = change.row.metadata or {}, super().updated_metadata(change)
        return new and {key: merged(old.get(key), value, 1) for key, value in new.items()}


@mutant("update.metadata-is-replaced")
class MetadataIsMergedFourLevelsDown(TriggerReference):
    """Metadata is replaced, but objects deep inside it keep their earlier members."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        new = super().updated_metadata(change)
        whole = merged(change.row.metadata or {}, new, 9)
        try:
            new["a"]["b"]["c"]["d"] = whole["a"]["b"]["c"]["d"]  # type: ignore[index]
        except (KeyError, TypeError):
            return new
        return new


@mutant("update.metadata-is-replaced")
class MetadataIsMergedByExternalId(TriggerReference):
    """Metadata is merged when the session is addressed by its externalId."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        new = super().updated_metadata(change)
        by_id = change.call.address.startswith("session_")
        return new if by_id or not new else {**(change.row.metadata or {}), **new}


@mutant("update.metadata-is-replaced")
class NullTakesAMemberOut(TriggerReference):
    """A member of metadata that is null is taken out, as in a JSON merge patch."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        new = super().updated_metadata(change)
        return new and {key: value for key, value in new.items() if value is not None}


@mutant("update.empty-metadata-is-kept")
class EmptyMetadataBecomesNull(TriggerReference):
    """An empty metadata object is stored as null."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        return super().updated_metadata(change) or None


@mutant("update.empty-metadata-is-kept")
class EmptyMetadataIsIgnored(TriggerReference):
    """An empty metadata object leaves the earlier metadata."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        new = super().updated_metadata(change)
        return change.row.metadata if new == {} else new


@mutant("update.null-clears-metadata")
class NullMetadataIsIgnored(TriggerReference):
    """metadata null is taken for none sent."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        new = super().updated_metadata(change)
        return change.row.metadata if new is None else new


@mutant("update.null-clears-metadata")
class NullMetadataBecomesEmpty(TriggerReference):
    """metadata null is stored as an empty object."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        new = super().updated_metadata(change)
        return {} if new is None and "metadata" in change.fields else new


@mutant("update.omitted-tags-stay")
class OmittedTagsAreEmptied(TriggerReference):
    """An update of the metadata without tags takes the tags away."""

    def updated_tags(self, change: Change) -> list[str]:
        return [] if change.fields.keys() == {"metadata"} else super().updated_tags(change)


@mutant("update.omitted-tags-stay")
class ClearingMetadataClearsTags(TriggerReference):
    """metadata null takes the tags away, too."""

    def updated_tags(self, change: Change) -> list[str]:
        clears = change.fields.get("metadata", 0) is None and "tags" not in change.fields
        return [] if clears else super().updated_tags(change)


@mutant("update.omitted-metadata-stays")
class OmittedMetadataIsCleared(TriggerReference):
    """An update of the tags without metadata clears the metadata."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        return None if change.fields.keys() == {"tags"} else super().updated_metadata(change)


@mutant("update.omitted-metadata-stays")
class OmittedMetadataBecomesEmpty(TriggerReference):
    """An update of the tags turns metadata that is null into an empty object."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        old = super().updated_metadata(change)
        return {} if old is None and change.fields.keys() == {"tags"} else old


@mutant("update.empty-body-changes-nothing")
class EmptyBodyEmptiesTheRow(TriggerReference):
    """An update with an empty object takes tags and metadata away."""

    def updated_row(self, change: Change) -> Row:
        return super().updated_row(change) if change.fields else replace(change.row, tags=[], metadata=None)


@mutant("update.empty-body-changes-nothing")
class EmptyBodyIsRefused(TriggerReference):
    """An update with an empty object is refused, as there is nothing to do."""

    def update_object(self, call: Call) -> dict[str, Json]:
        body = super().update_object(call)
        if not body:
            raise self.invalid()
        return body


@mutant("update.other-members-stay")
class UpdateDropsTheDeadline(TriggerReference):
    """An update of the tags takes expiresAt away."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        return replace(row, expires_at=None) if "tags" in change.fields else row


@mutant("update.other-members-stay")
class UpdateSetsADeadline(TriggerReference):
    """An update of a session without a deadline gives it thirty days."""

    def touched(self, row: Row) -> Row:
        return replace(super().touched(row), expires_at=row.expires_at or row.created_at + 30 * DAY)


@mutant("update.other-members-stay")
class UpdateRetainsForADay(RetainsForAMonth):
    """A session that is made without expiresAt is kept for a month, and for a day once it is updated."""

    def touched(self, row: Row) -> Row:
        own = row.expires_at is not None and row.expires_at > row.created_at + 29 * DAY
        touched = super().touched(row)
        return replace(touched, expires_at=row.created_at + DAY) if own else touched


@mutant("update.other-members-stay")
class UpdateKeepsOnlyThePayload(TriggerReference):
    """An update leaves nothing of triggerConfig but basePayload."""

    def updated_row(self, change: Change) -> Row:
        kept = {"basePayload": change.row.trigger_config["basePayload"]}
        return replace(super().updated_row(change), trigger_config=kept)


@mutant("update.other-members-stay")
class UpdateRestartsTheClock(TriggerReference):
    """An update moves createdAt as well."""

    def touched(self, row: Row) -> Row:
        row = super().touched(row)
        return replace(row, created_at=row.updated_at)
