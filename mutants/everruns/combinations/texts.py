"""Servers that take liberties with texts beyond trimming and folding, as sanitizers and storage do."""

import json
import re

from mutants.catalogue import mutant
from reference.everruns import Change, EverrunsReference


class _Rewriting(EverrunsReference):
    """The title and each tag are written otherwise."""

    def rewritten(self, text: str) -> str:
        """A text as it is kept."""
        raise NotImplementedError

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return None if title is None else self.rewritten(title)

    def updated_tags(self, change: Change) -> list[str]:
        return [self.rewritten(tag) for tag in super().updated_tags(change)]


@mutant("update.values-keep-tags")
class TagsAreKeptBetweenBars(EverrunsReference):
    """Tags are kept in one text with bars between them."""

    def updated_tags(self, change: Change) -> list[str]:
        return [part for tag in super().updated_tags(change) for part in tag.split("|")]


@mutant("update.values-keep-title")
class ControlsAreStripped(_Rewriting):
    """Control characters are taken out."""

    def rewritten(self, text: str) -> str:
        return re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", text)


@mutant("update.values-keep-title")
class FormulasAreDefused(_Rewriting):
    """An apostrophe is put before a text that a spreadsheet would take for a formula."""

    def rewritten(self, text: str) -> str:
        return f"'{text}" if text[:1] in {"=", "@"} else text


@mutant("update.values-keep-title")
class PrivateCharactersAreStripped(_Rewriting):
    """Characters for private use are taken out."""

    def rewritten(self, text: str) -> str:
        return re.sub("[\ue000-\uf8ff]", "", text)


@mutant("update.values-keep-tags")
class FlagsLoseTheirRegion(_Rewriting):
    """The unseen characters of which flags are made are taken out."""

    def rewritten(self, text: str) -> str:
        return re.sub("[\U000e0000-\U000e0fff]", "", text)


@mutant("update.values-keep-title")
class MarksArePruned(_Rewriting):
    """Of the marks on one letter two are kept."""

    def rewritten(self, text: str) -> str:
        return re.sub("([\u0300-\u036f]{2})[\u0300-\u036f]+", r"\1", text)


@mutant("update.values-keep-title")
class AddressesBecomeLinks(_Rewriting):
    """Web addresses are put between brackets."""

    def rewritten(self, text: str) -> str:
        return re.sub(r"https?://\S+", lambda found: f"<{found[0]}>", text)


@mutant("update.values-keep-tags")
class HashSignsAreTakenOff(EverrunsReference):
    """A hash sign before a tag is taken off."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag.removeprefix("#") for tag in super().updated_tags(change)]


@mutant("update.long-title-is-not-cut")
class TitlesAreCutAt2000(EverrunsReference):
    """A title is cut at 2,000 characters."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and title[:2_000]


@mutant("update.many-and-long-tags-are-not-cut")
class OneHundredTagsAreKept(EverrunsReference):
    """Of the tags the first hundred are kept."""

    def updated_tags(self, change: Change) -> list[str]:
        return super().updated_tags(change)[:100]


@mutant("update.many-and-long-tags-are-not-cut")
class LongRowsLoseTheirTags(EverrunsReference):
    """The tags are dropped when they and the title have more than 4,096 characters together."""

    def updated_tags(self, change: Change) -> list[str]:
        tags, title = super().updated_tags(change), self.updated_title(change) or ""
        return tags if len(title) + sum(map(len, tags)) <= 4_096 else []


@mutant("update.values-keep-title")
class PeopleAreRedacted(_Rewriting):
    """Mail addresses and numbers of cards are blackened."""

    def rewritten(self, text: str) -> str:
        return re.sub(r"[\w.]+@[\w.]+\.\w+|(?:\d{4} ){3}\d{4}", "*****", text)


@mutant("update.long-title-is-not-cut")
class TitlesAreCutAt65535Bytes(EverrunsReference):
    """A title is cut at 65,535 bytes."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and title.encode()[:65_535].decode(errors="ignore")


@mutant("update.many-and-long-tags-are-not-cut")
class OneThousandTagsAreKept(EverrunsReference):
    """Of the tags the first thousand are kept."""

    def updated_tags(self, change: Change) -> list[str]:
        return super().updated_tags(change)[:1_000]


@mutant("update.values-keep-title")
class TextsInQuotesAreUnwrapped(_Rewriting):
    """A text that is a string of JSON is kept without its quotes."""

    def rewritten(self, text: str) -> str:
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, str) else text


@mutant("update.values-keep-tags")
class QuotesAreStraightened(_Rewriting):
    """Curly quotes and long dashes become those of ASCII."""

    PLAIN = str.maketrans({"\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2026": "..."})

    def rewritten(self, text: str) -> str:
        return text.translate(self.PLAIN)


@mutant("update.values-keep-title")
class PathsAreNormalised(_Rewriting):
    """Double slashes in a text become one, but for those of a scheme."""

    def rewritten(self, text: str) -> str:
        return re.sub(r"(?<!:)/{2,}", "/", text)


@mutant("update.many-and-long-tags-are-not-cut")
class TagsAreCutAt512(EverrunsReference):
    """A tag is cut at 512 characters."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag[:512] for tag in super().updated_tags(change)]
