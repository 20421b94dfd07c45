"""Servers that read a whole row, change what an update names, and spoil the rest when they write it."""

import html
from dataclasses import replace

from mutants.catalogue import mutant
from reference.everruns import Change, EverrunsReference, Row


@mutant("update.other-members-stay")
class UpdatesTakeTheToolsAway(EverrunsReference):
    """An update takes the session's own tools away."""

    def updated_row(self, change: Change) -> Row:
        return replace(super().updated_row(change), tools=[])


@mutant("update.other-members-stay")
class RetaggingTakesTheCapabilitiesAway(EverrunsReference):
    """An update of the tags takes the session's own capabilities away."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        return replace(row, capabilities=[]) if "tags" in change.fields else row


@mutant("update.omitted-tags-stay")
class RenamingKeepsTwentyTags(EverrunsReference):
    """A title alone leaves the first twenty tags."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return tags if "tags" in change.fields else tags[:20]


@mutant("update.omitted-title-stays")
class RetaggingCutsTheTitle(EverrunsReference):
    """Tags alone leave 255 characters of the title."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title if "title" in change.fields or title is None else title[:255]


@mutant("update.omitted-title-stays")
class RetaggingEscapesTheTitle(EverrunsReference):
    """Tags alone write the title anew, escaped as for a page."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title if "title" in change.fields or title is None else html.escape(title)
