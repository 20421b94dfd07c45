"""Titles and tags that do not come back as they were sent."""

import html
import unicodedata
from urllib.parse import unquote

from mutants.catalogue import mutant
from reference.everruns import Change, EverrunsReference


@mutant("update.values-keep-title")
class TitlesAreTrimmed(EverrunsReference):
    """White space around a title is taken off."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and title.strip()


@mutant("update.values-keep-title")
class TitlesAreNormalised(EverrunsReference):
    """A title is brought into the normal form NFC."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and unicodedata.normalize("NFC", title)


@mutant("update.values-keep-title")
class TitlesAreEscaped(EverrunsReference):
    """A title is escaped as for a page."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and html.escape(title)


@mutant("update.values-keep-title")
class TitlesAreUnquoted(EverrunsReference):
    """Percent signs in a title are decoded."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and unquote(title)


@mutant("update.values-keep-title")
class NullInWordsIsNoTitle(EverrunsReference):
    """A title that says null is taken for none."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return change.row.title if title == "null" else title


@mutant("update.values-keep-tags")
class TagsAreLowered(EverrunsReference):
    """Tags are kept in lower case."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag.lower() for tag in super().updated_tags(change)]


@mutant("update.values-keep-tags")
class TagsAreTrimmed(EverrunsReference):
    """White space around a tag is taken off."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag.strip() for tag in super().updated_tags(change)]


@mutant("update.values-keep-tags")
class EmptyTagsAreDropped(EverrunsReference):
    """Empty tags are dropped."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag for tag in super().updated_tags(change) if tag]


@mutant("update.values-keep-tags")
class BlankTagsAreDropped(EverrunsReference):
    """Tags of white space alone are dropped."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag for tag in super().updated_tags(change) if not tag or tag.strip()]


@mutant("update.values-keep-tags")
class TagsBeyondThePlaneAreReplaced(EverrunsReference):
    """Characters beyond the BMP become question marks in tags."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return ["".join(one if one < "\U00010000" else "?" for one in tag) for tag in tags]
