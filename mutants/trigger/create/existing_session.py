"""Servers that go wrong only for a session that is there already, or for odd but good requests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from types import MappingProxyType

from mutants.catalogue import mutant
from reference.application import Call, Json
from reference.refusals import Path as Place
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment


class _KnownExternalIdIsEnough(TriggerReference):
    """A create that names the externalId of a session is served before some credentials are looked at."""

    def environment_to_create(self, call: Call) -> Environment:
        if self.is_let_in(call) and self.is_known(call):
            return self.environments[0]
        return super().environment_to_create(call)

    def is_known(self, call: Call) -> bool:
        """Whether the body names a session of the first environment."""
        name = self.create_object(call).get("externalId")
        with self.reading() as db:
            return self.row_by_external_id(db, self.environments[0].id, str(name)) is not None

    def is_let_in(self, call: Call) -> bool:
        """Whether the credential is not looked at."""
        raise NotImplementedError


@mutant("credentials.none-answers-401")
class KnownExternalIdNeedsNoCredential(_KnownExternalIdIsEnough):
    """A create that names the externalId of a session needs no credential."""

    def is_let_in(self, call: Call) -> bool:
        return "authorization" not in call.headers


@mutant("credentials.unknown-key-answers-401")
class KnownExternalIdNeedsAnyKey(_KnownExternalIdIsEnough):
    """A create that names the externalId of a session is shown it, whatever the key."""

    def is_let_in(self, call: Call) -> bool:
        return call.headers.get("authorization", "").startswith("Bearer tr_")


@mutant("tokens.unsigned-answers-401")
class KnownExternalIdNeedsAnyToken(_KnownExternalIdIsEnough):
    """A create that names the externalId of a session is shown it for any token, signed or not."""

    def is_let_in(self, call: Call) -> bool:
        return call.headers.get("authorization", "").startswith("Bearer ey")


class _KnownExternalIdIsNotChecked(TriggerReference):
    """A create that names the externalId of a session is served whatever one member of its body is."""

    GOOD: Mapping[str, Json] = MappingProxyType({})

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        with self.reading() as db:
            known = self.row_by_external_id(db, self.environments[0].id, str(body.get("externalId")))
        return super().check_create(body if known is None else {**body, **self.GOOD})


@mutant("create.type-too-long-refused")
class KnownExternalIdTakesAnyType(_KnownExternalIdIsNotChecked):
    """A create that finds an open session does not look at the type that was sent."""

    GOOD = MappingProxyType({"type": "chat.agent"})


@mutant("create.eleven-tags-refused")
class KnownExternalIdTakesAnyTags(_KnownExternalIdIsNotChecked):
    """A create that finds an open session does not look at the tags that were sent."""

    GOOD = MappingProxyType({"tags": []})


@mutant("create.trigger-config-required")
class KnownExternalIdNeedsNoTriggerConfig(_KnownExternalIdIsNotChecked):
    """A create that finds an open session needs no triggerConfig."""

    GOOD = MappingProxyType({"triggerConfig": {"basePayload": {}}})


@mutant("create.same-external-id-answers-200")
class CharsetOfABodyIsRefused(TriggerReference):
    """A create is answered with 415 when its media type names a charset."""

    def create_object(self, call: Call) -> dict[str, Json]:
        if "charset" in call.headers.get("content-type", ""):
            raise Refusal(415, "Unsupported media type")
        return super().create_object(call)


@mutant("close.answers-200")
class ExpiredSessionIsNotClosed(TriggerReference):
    """A close of an expired session is refused with 409."""

    def close_first(self, db: Connection, change: Change) -> Row:
        if self.is_expired(change.row):
            raise self.expired_conflict()
        return super().close_first(db, change)


@mutant("close.sets-closed-at")
class ExpiredSessionStaysOpen(TriggerReference):
    """A close of an expired session answers 200 and leaves it open."""

    def close_first(self, db: Connection, change: Change) -> Row:
        return change.row if self.is_expired(change.row) else super().close_first(db, change)


@mutant("create.expired-external-id-answers-409")
class ExpiryIsComparedAsText(TriggerReference):
    """The text of expiresAt is compared with that of the time in UTC, whatever its own zone is."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.texts: dict[int | None, str] = {}

    def check_expires_at(self, value: Json, path: Place) -> Json:
        instant = super().check_expires_at(value, path)
        self.texts[instant] = value
        return instant

    def is_expired(self, row: Row) -> bool:
        text = self.texts.get(row.expires_at)
        return text is not None and text <= datetime.now(UTC).isoformat()


@mutant("create.omitted-fields-are-empty")
class OmittedTagsAreThoseOfTheRuns(TriggerReference):
    """A session that is created without tags takes those of its triggerConfig."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        return super().new_row(environment, {"tags": fields["triggerConfig"].get("tags", []), **fields})


def _without_deep_nulls(value: Json, level: int = 0) -> Json:
    if isinstance(value, list):
        return [_without_deep_nulls(item, level + 1) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: item for name, item in value.items() if item is not None or level < 20}
    return {name: _without_deep_nulls(item, level + 1) for name, item in kept.items()}


@mutant("create.values-keep-metadata")
class CreateDropsDeepNulls(TriggerReference):
    """Create drops what is null inside metadata, below twenty levels."""

    def check_metadata(self, value: Json, path: Place) -> Json:
        return _without_deep_nulls(super().check_metadata(value, path))


@mutant("retrieve.near-miss-is-not-found")
class LeadingZerosAreLookedOver(TriggerReference):
    """An externalId of digits alone is looked up as the number that it is."""

    def row_by_external_id(self, db: Connection, environment: str, external_id: str) -> Row | None:
        if not external_id.isdecimal():
            return super().row_by_external_id(db, environment, external_id)
        found = db.execute(
            "SELECT * FROM sessions WHERE environment = ? AND ltrim(external_id, '0') = ?",
            (environment, external_id.lstrip("0")),
        )
        return self.first_row(found.fetchone())


def _as_number(text: Json) -> Json:
    return str(int(text)) if isinstance(text, str) and text.isdecimal() else text


@mutant("create.values-keep-external-id")
class DigitsOfAnExternalIdAreANumber(TriggerReference):
    """An externalId of digits alone is stored as the number that it is."""

    def check_new_external_id(self, value: Json, path: Place) -> Json:
        return _as_number(super().check_new_external_id(value, path))


@mutant("create.values-keep-type")
class DigitsOfATypeAreANumber(TriggerReference):
    """A type of digits alone is stored as the number that it is."""

    def check_type(self, value: Json, path: Place) -> Json:
        return _as_number(super().check_type(value, path))


@mutant("close.values-keep-reason")
class DigitsOfAReasonAreANumber(TriggerReference):
    """A reason of digits alone is recorded as the number that it is."""

    def check_reason(self, value: Json, path: Place) -> Json:
        return _as_number(super().check_reason(value, path))


@mutant("update.null-clears-metadata")
class NullMetadataBesideTagsIsIgnored(TriggerReference):
    """metadata null is taken for none sent when there are tags beside it."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        beside = change.fields.get("tags") and change.fields.get("metadata") is None
        return change.row.metadata if beside else super().updated_metadata(change)


@mutant("update.tags-wrong-type-refused")
class NullTakesAllTagsAway(TriggerReference):
    """An update takes tags that are null for an empty list."""

    def check_updated_tags(self, value: Json, path: Place) -> Json:
        return super().check_updated_tags([] if value is None else value, path)


@mutant("update.different-external-id-answers-422")
class ExternalIdsAreComparedWithoutSpaces(TriggerReference):
    """An update takes an externalId for the session's own when only white space around it differs."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return own == named or (own is not None and named is not None and own.strip() == named.strip())
