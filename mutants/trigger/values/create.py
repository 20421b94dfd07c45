"""Values that are not stored as they were sent."""

import html
import struct
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

from mutants.catalogue import mutant
from reference.application import Json
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment

Fields = Mapping[str, Json]


def turned(value: Json, leaf: Callable[[Any], Any], key: Callable[[str], str] = str) -> Json:
    """A JSON value with each of its leaves and keys turned into something else."""
    if isinstance(value, dict):
        return {key(name): turned(inner, leaf, key) for name, inner in value.items()}
    if isinstance(value, list):
        return [turned(inner, leaf, key) for inner in value]
    return leaf(value)


def same(value: Json) -> Json:
    """The leaf as it is."""
    return value


def texts(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    """What changes a leaf if it is a text."""
    return lambda value: change(value) if isinstance(value, str) else value


def pruned(value: Json, dropped: Callable[[Json], bool]) -> Json:
    """A JSON value without the members and items that are dropped, at every depth."""
    if isinstance(value, dict):
        return {name: pruned(inner, dropped) for name, inner in value.items() if not dropped(inner)}
    if isinstance(value, list):
        return [pruned(inner, dropped) for inner in value if not dropped(inner)]
    return value


class _Creates(TriggerReference):
    """Creates that change what they were sent."""

    def new_row(self, environment: Environment, fields: Fields) -> Row:
        return self.spoilt(super().new_row(environment, fields))

    def spoilt(self, row: Row) -> Row:
        return row


class _CreatesTags(_Creates):
    """Creates that change each tag."""

    def spoilt(self, row: Row) -> Row:
        return replace(row, tags=[self.tag(tag) for tag in row.tags])

    def tag(self, tag: str) -> str:
        return tag


@mutant("create.values-keep-tags")
class CreateTrimsTags(_CreatesTags):
    """Create trims the tags."""

    def tag(self, tag: str) -> str:
        return tag.strip()


@mutant("create.values-keep-tags")
class CreateLowersTags(_CreatesTags):
    """Create stores the tags in lower case."""

    def tag(self, tag: str) -> str:
        return tag.lower()


@mutant("create.values-keep-tags")
class CreateEscapesTags(_CreatesTags):
    """Create escapes the tags for HTML."""

    def tag(self, tag: str) -> str:
        return html.escape(tag, quote=False)


@mutant("create.values-keep-tags")
class CreateCutsTags(_CreatesTags):
    """Create stores no more than 127 characters of a tag."""

    def tag(self, tag: str) -> str:
        return tag[:127]


@mutant("create.values-keep-tags")
class CreateSplitsTags(_Creates):
    """Create splits the tags at commas, as it keeps them in one column."""

    def spoilt(self, row: Row) -> Row:
        return replace(row, tags=",".join(row.tags).split(",") if row.tags else [])


class _Names(_Creates):
    """Creates that change the externalId before it is looked up and stored."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        fields = super().check_create(body)
        if "externalId" in fields:
            fields["externalId"] = self.name(fields["externalId"])
        return fields

    def name(self, external_id: str) -> str:
        return external_id


@mutant("create.values-keep-external-id")
class CreateLowersTheExternalId(_Names):
    """Create stores the externalId in lower case."""

    def name(self, external_id: str) -> str:
        return external_id.lower()


@mutant("create.values-keep-external-id")
class CreateComposesTheExternalId(_Names):
    """Create stores the externalId in normal form C."""

    def name(self, external_id: str) -> str:
        return unicodedata.normalize("NFC", external_id)


@mutant("create.values-keep-external-id")
class CreateDecodesTheExternalId(_Names):
    """Create percent-decodes the externalId, as if it came from a path."""

    def name(self, external_id: str) -> str:
        return unquote_plus(external_id)


@mutant("create.values-keep-external-id")
class CreateCutsTheExternalId(_Names):
    """Create stores no more than 255 characters of the externalId."""

    def name(self, external_id: str) -> str:
        return external_id[:255]


@mutant("create.values-keep-external-id")
class ExternalIdsAreComparedByForm(TriggerReference):
    """Create finds the session whose externalId is the same but for case and composition."""

    def existing_row(self, db: Any, environment: Environment, fields: Fields) -> Row | None:
        named = self.form(fields.get("externalId") or "")
        found = db.execute(
            "SELECT external_id FROM sessions WHERE environment = ? AND external_id IS NOT NULL",
            (environment.id,),
        )
        alike = [name for (name,) in found if self.form(name) == named]
        return self.row_by_external_id(db, environment.id, alike[0]) if alike else None

    def form(self, text: str) -> str:
        return unicodedata.normalize("NFC", text).casefold()


@mutant("create.values-keep-type")
class CreateLowersTheType(_Creates):
    """Create stores the type in lower case."""

    def spoilt(self, row: Row) -> Row:
        return replace(row, type=row.type.lower())


@mutant("create.values-keep-type")
class CreateSqueezesTheType(_Creates):
    """Create makes one space of several in the type."""

    def spoilt(self, row: Row) -> Row:
        return replace(row, type=" ".join(row.type.split()))


class _CreatesMetadata(_Creates):
    """Creates that change the metadata."""

    def spoilt(self, row: Row) -> Row:
        return replace(row, metadata=row.metadata and self.metadata(row.metadata))

    def metadata(self, value: Json) -> Json:
        return value


@mutant("create.values-keep-metadata")
class CreateDropsNullMetadata(_CreatesMetadata):
    """Create drops what is null inside metadata."""

    def metadata(self, value: Json) -> Json:
        return pruned(value, lambda inner: inner is None)


@mutant("create.values-keep-metadata")
class CreateDropsEmptyMetadata(_CreatesMetadata):
    """Create drops empty objects and lists inside metadata."""

    def metadata(self, value: Json) -> Json:
        return pruned(value, lambda inner: inner in ({}, []))


@mutant("create.values-keep-metadata")
class CreateReadsNumbersInMetadata(_CreatesMetadata):
    """Create turns texts in metadata that are digits into numbers."""

    def metadata(self, value: Json) -> Json:
        return turned(value, texts(lambda text: int(text) if text.isascii() and text.isdigit() else text))


@mutant("create.values-keep-metadata")
class CreateCutsMetadataTexts(_CreatesMetadata):
    """Create cuts texts in metadata at 8,191 characters."""

    def metadata(self, value: Json) -> Json:
        return turned(value, texts(lambda text: text[:8191]))


@mutant("create.values-keep-metadata")
class CreateReplacesDotsInKeys(_CreatesMetadata):
    """Create replaces the dots in metadata keys, as its database cannot have them."""

    def metadata(self, value: Json) -> Json:
        return turned(value, same, lambda key: key.replace(".", "_"))


class _CreatesPayload(_Creates):
    """Creates that change the basePayload."""

    def spoilt(self, row: Row) -> Row:
        config = row.trigger_config
        return replace(row, trigger_config={**config, "basePayload": self.payload(config["basePayload"])})

    def payload(self, value: Json) -> Json:
        return value


@mutant("create.values-keep-base-payload")
class CreateWrapsLargeIntegers(_CreatesPayload):
    """Create keeps whole numbers in basePayload in 32 bits."""

    def payload(self, value: Json) -> Json:
        def wrapped(leaf: Any) -> Any:
            whole = isinstance(leaf, int) and not isinstance(leaf, bool)
            return (leaf + 2**31) % 2**32 - 2**31 if whole else leaf

        return turned(value, wrapped)


@mutant("create.values-keep-base-payload")
class CreateRoundsFractions(_CreatesPayload):
    """Create keeps fractions in basePayload in 32 bits."""

    def payload(self, value: Json) -> Json:
        def rounded(leaf: Any) -> Any:
            return struct.unpack("f", struct.pack("f", leaf))[0] if isinstance(leaf, float) else leaf

        return turned(value, rounded)


@mutant("create.values-keep-base-payload")
class CreateStoresTruthAsNumbers(_CreatesPayload):
    """Create turns true and false in basePayload into 1 and 0."""

    def payload(self, value: Json) -> Json:
        return turned(value, lambda leaf: int(leaf) if isinstance(leaf, bool) else leaf)


@mutant("create.values-keep-base-payload")
class CreateStopsAtDepth(_CreatesPayload):
    """Create keeps basePayload no deeper than eight levels."""

    def payload(self, value: Json, depth: int = 8) -> Json:
        if not isinstance(value, dict | list):
            return value
        if not depth:
            return str(value)
        if isinstance(value, list):
            return [self.payload(inner, depth - 1) for inner in value]
        return {key: self.payload(inner, depth - 1) for key, inner in value.items()}
