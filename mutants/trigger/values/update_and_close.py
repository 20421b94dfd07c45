"""Values of an update or a close that are not stored as they were sent."""

import html
import re
import unicodedata
from dataclasses import replace

from mutants.catalogue import mutant
from mutants.trigger.values.create import pruned, same, texts, turned
from reference.application import Json
from reference.trigger import Change, Row, TriggerReference


class _UpdatesTags(TriggerReference):
    """Updates that change each tag."""

    def updated_tags(self, change: Change) -> list[str]:
        return [self.tag(tag) for tag in super().updated_tags(change)]

    def tag(self, tag: str) -> str:
        return tag


@mutant("update.values-keep-tags")
class UpdateTrimsTags(_UpdatesTags):
    """Update trims the tags."""

    def tag(self, tag: str) -> str:
        return tag.strip()


@mutant("update.values-keep-tags")
class UpdateComposesTags(_UpdatesTags):
    """Update stores the tags in normal form C."""

    def tag(self, tag: str) -> str:
        return unicodedata.normalize("NFC", tag)


@mutant("update.values-keep-tags")
class UpdateStripsFormatCharacters(_UpdatesTags):
    """Update takes zero-width and direction marks out of the tags."""

    def tag(self, tag: str) -> str:
        return "".join(character for character in tag if unicodedata.category(character) != "Cf")


@mutant("update.values-keep-tags")
class UpdateReplacesBeyondThePlane(_UpdatesTags):
    """Update stores a question mark for a character beyond the basic plane."""

    def tag(self, tag: str) -> str:
        return "".join(character if ord(character) < 0x10000 else "?" for character in tag)


@mutant("update.values-keep-tags")
class UpdateDropsEmptyTags(TriggerReference):
    """Update leaves empty tags out."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag for tag in super().updated_tags(change) if tag]


@mutant("update.values-keep-tags")
class UpdateDropsTagsThatDifferInCase(TriggerReference):
    """Of tags that differ in case alone, update keeps the first."""

    def updated_tags(self, change: Change) -> list[str]:
        first: dict[str, str] = {}
        for tag in super().updated_tags(change):
            first.setdefault(tag.lower(), tag)
        return list(first.values())


class _UpdatesMetadata(TriggerReference):
    """Updates that change the metadata."""

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        value = super().updated_metadata(change)
        return value and self.spoilt(value)

    def spoilt(self, value: Json) -> Json:
        return value


@mutant("update.values-keep-metadata")
class UpdateTrimsMetadata(_UpdatesMetadata):
    """Update trims the texts inside metadata."""

    def spoilt(self, value: Json) -> Json:
        return turned(value, texts(str.strip))


@mutant("update.values-keep-metadata")
class UpdateEscapesMetadata(_UpdatesMetadata):
    """Update escapes the texts inside metadata for HTML."""

    def spoilt(self, value: Json) -> Json:
        return turned(value, texts(html.escape))


@mutant("update.values-keep-metadata")
class UpdateReadsWordsInMetadata(_UpdatesMetadata):
    """Update turns the texts true, false and null inside metadata into what they say."""

    def spoilt(self, value: Json) -> Json:
        words = {"true": True, "false": False, "null": None}
        return turned(value, texts(lambda text: words.get(text, text)))


@mutant("update.values-keep-metadata")
class UpdateStoresFractionsAsText(_UpdatesMetadata):
    """Update turns fractions inside metadata into texts."""

    def spoilt(self, value: Json) -> Json:
        return turned(value, lambda leaf: str(leaf) if isinstance(leaf, float) else leaf)


@mutant("update.values-keep-metadata")
class UpdateChangesTheCaseOfKeys(_UpdatesMetadata):
    """Update turns the keys of metadata from snake case into camel case."""

    def spoilt(self, value: Json) -> Json:
        return turned(value, same, lambda key: re.sub(r"_([a-z])", lambda found: found[1].upper(), key))


@mutant("update.values-keep-metadata")
class UpdateDropsTheEmptyKey(_UpdatesMetadata):
    """Update drops the empty key of metadata, at the top alone."""

    def spoilt(self, value: Json) -> Json:
        return {key: inner for key, inner in value.items() if key}


@mutant("update.values-keep-metadata")
class UpdateDropsNullItems(_UpdatesMetadata):
    """Update drops what is null inside metadata, below the top."""

    def spoilt(self, value: Json) -> Json:
        return {key: pruned(inner, lambda item: item is None) for key, inner in value.items()}


@mutant("update.values-keep-metadata")
class UpdateSortsLists(_UpdatesMetadata):
    """Update sorts the lists of numbers inside metadata."""

    def spoilt(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {key: self.spoilt(inner) for key, inner in value.items()}
        if isinstance(value, list) and all(isinstance(item, int) for item in value):
            return sorted(value)
        return value


class _Reasons(TriggerReference):
    """Closes that change the reason."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_reason=row.closed_reason and self.reason(row.closed_reason))

    def reason(self, reason: str) -> str | None:
        return reason


@mutant("close.values-keep-reason")
class CloseTrimsTheReason(_Reasons):
    """Close trims the reason."""

    def reason(self, reason: str) -> str | None:
        return reason.strip()


@mutant("close.values-keep-reason")
class CloseEscapesTheReason(_Reasons):
    """Close escapes the reason for HTML."""

    def reason(self, reason: str) -> str | None:
        return html.escape(reason)


@mutant("close.values-keep-reason")
class CloseCutsTheReason(_Reasons):
    """Close stores no more than 255 characters of the reason."""

    def reason(self, reason: str) -> str | None:
        return reason[:255]


@mutant("close.values-keep-reason")
class CloseCutsTheReasonAtBytes(_Reasons):
    """Close stores no more than 256 bytes of the reason."""

    def reason(self, reason: str) -> str | None:
        return reason.encode()[:256].decode(errors="ignore")


@mutant("close.values-keep-reason")
class CloseDropsFalsyReasons(_Reasons):
    """Close takes the reasons 0 and null for none."""

    def reason(self, reason: str) -> str | None:
        return None if reason in {"0", "null"} else reason


@mutant("close.values-keep-reason")
class CloseFoldsTheReason(_Reasons):
    """Close stores the reason in normal form KC."""

    def reason(self, reason: str) -> str | None:
        return unicodedata.normalize("NFKC", reason)


def without_proto(value: Json) -> Json:
    """A JSON value without the keys named __proto__."""
    if isinstance(value, dict):
        return {key: without_proto(inner) for key, inner in value.items() if key != "__proto__"}
    return value


@mutant("create.values-keep-proto-keys")
class CreateDropsProtoKeys(TriggerReference):
    """Create drops the keys named __proto__ in metadata."""

    def check_metadata(self, value: Json, path: tuple[str, ...]) -> Json:
        return without_proto(super().check_metadata(value, path))


@mutant("update.values-keep-proto-keys")
class UpdateDropsProtoKeys(_UpdatesMetadata):
    """Update drops the keys named __proto__ in metadata."""

    def spoilt(self, value: Json) -> Json:
        return without_proto(value)
