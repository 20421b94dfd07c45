"""Servers that take fewer forms of a value than the pages allow, or lose an empty or long one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mutants.catalogue import mutant
from reference.application import Json
from reference.refusals import Invalid, Path, Problem
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

MOST_TOGETHER = 1000


class _Expiry(TriggerReference):
    """Some forms of expiresAt are refused."""

    def check_expires_at(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and self.is_refused(value):
            raise Invalid(Problem("invalid_string", "It must be a date-time.", path))
        return super().check_expires_at(value, path)

    def is_refused(self, text: str) -> bool:
        """Whether this form is refused."""
        raise NotImplementedError


@mutant("create.every-form-of-date-time-accepted")
class ExpiryNeedsAFraction(_Expiry):
    """An expiresAt without a fraction of a second is refused."""

    def is_refused(self, text: str) -> bool:
        return "." not in text


@mutant("create.every-form-of-date-time-accepted")
class ExpiryTakesNoMicroseconds(_Expiry):
    """An expiresAt with more than thousandths of a second is refused."""

    def is_refused(self, text: str) -> bool:
        digits = text.partition(".")[2]
        return len(digits) - len(digits.lstrip("0123456789")) > 3


@mutant("create.every-form-of-date-time-accepted")
class UtcMustBeWrittenAsZ(_Expiry):
    """An expiresAt with the offset +00:00 is refused."""

    def is_refused(self, text: str) -> bool:
        return text.endswith("+00:00")


@mutant("create.tags-are-shown-once-each")
class TenLongTagsAreTooMuch(TriggerReference):
    """A create is refused when its tags together have more than 1,000 characters."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        fields = super().check_create(body)
        if len(",".join(fields.get("tags", []))) > MOST_TOGETHER:
            raise self.invalid(Problem("too_big", "The tags are too long together.", ("tags",)))
        return fields


@mutant("update.tags-are-shown-once-each")
class UpdateCutsTenLongTags(TriggerReference):
    """An update keeps of its tags as many as have 1,000 characters together."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        while len(",".join(tags)) > MOST_TOGETHER:
            tags = tags[:-1]
        return tags


@mutant("create.returns-metadata-as-sent")
class CreateTakesEmptyMetadataForNone(TriggerReference):
    """A create with empty metadata stores null."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        return replace(row, metadata=row.metadata or None)


@mutant("create.values-keep-tags")
class CreateDropsEmptyTags(TriggerReference):
    """An empty tag of a create is left out."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        return replace(row, tags=[tag for tag in row.tags if tag])


class _Nulls(TriggerReference):
    """A create takes null for members that may be left out."""

    OPTIONAL = ("externalId", "tags", "metadata", "expiresAt")

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        nulls = {name for name in self.OPTIONAL if name in body and body[name] is None}
        rest = {name: value for name, value in body.items() if name not in nulls}
        meant = {name: value for name, value in self.meant().items() if name in nulls}
        return super().check_create(rest) | meant

    def meant(self) -> dict[str, Any]:
        """What null stands for, by member."""
        raise NotImplementedError


@mutant("create.without-external-id-is-always-new")
class NullExternalIdIsOneName(_Nulls):
    """All creates with externalId null come to one session."""

    def meant(self) -> dict[str, Any]:
        return {"externalId": ""}

    def shown_external_id(self, row: Row) -> Json:
        return row.external_id or None


@mutant("create.omitted-fields-are-empty")
class NullTagsBecomeText(_Nulls):
    """A create with tags null is given the tag null."""

    def meant(self) -> dict[str, Any]:
        return {"tags": ["null"]}


class _Reused(TriggerReference):
    """Some members of a create that finds an open session are not looked at."""

    UNSEEN: tuple[str, ...] = ()

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        unseen = {name: value for name, value in body.items() if name in self.UNSEEN}
        rest = {name: value for name, value in body.items() if name not in unseen}
        if not unseen or not self.is_open(rest.get("externalId")):
            return super().check_create(body)
        return super().check_create({"triggerConfig": {"basePayload": {}}, **rest})

    def is_open(self, external_id: Json) -> bool:
        """Whether an open session of the first environment has this externalId."""
        if not isinstance(external_id, str):
            return False
        with self.reading() as db:
            row = self.row_by_external_id(db, self.environments[0].id, external_id)
        return row is not None and not self.is_closed(row)


@mutant("create.max-attempts-too-high-refused")
class KnownNamesTakeAnyTriggerConfig(_Reused):
    """A create that finds an open session takes every triggerConfig."""

    UNSEEN = ("triggerConfig",)


@mutant("create.metadata-wrong-type-refused")
class KnownNamesTakeAnyMetadata(_Reused):
    """A create that finds an open session takes every value for metadata."""

    UNSEEN = ("metadata",)


@mutant("create.type-is-free-form")
class BlankTypeIsRefused(TriggerReference):
    """A type of white space alone is refused."""

    def check_type(self, value: Json, path: Path) -> Json:
        if isinstance(value, str) and value.isspace():
            raise Invalid(Problem("invalid_string", "It is blank.", path))
        return super().check_type(value, path)


@mutant("create.values-keep-metadata")
class LongListsAreCut(TriggerReference):
    """A list in metadata keeps 1,000 items."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        kept = {
            name: value[:MOST_TOGETHER] if isinstance(value, list) else value
            for name, value in (row.metadata or {}).items()
        }
        return replace(row, metadata=None if row.metadata is None else kept)


@mutant("update.omitted-metadata-stays")
class NamelessUpdatesClearMetadata(TriggerReference):
    """An update of a session without an externalId that names no metadata clears it."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        cleared = row.external_id is None and "metadata" not in change.fields
        return replace(row, metadata=None) if cleared else row


@mutant("create.without-external-id-is-always-new")
class ChatIdBecomesTheExternalId(TriggerReference):
    """A create without an externalId takes the chatId of its basePayload for one."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        fields = super().check_create(body)
        named = fields["triggerConfig"]["basePayload"].get("chatId")
        return {"externalId": named, **fields} if isinstance(named, str) else fields
