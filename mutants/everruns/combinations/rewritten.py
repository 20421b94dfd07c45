"""Servers that read a whole row, change what an update names, and spoil the rest when they write it."""

import html
from dataclasses import replace
from sqlite3 import Connection

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


@mutant("update.other-members-stay")
class UpdatesForgetHowCapabilitiesAreSet(EverrunsReference):
    """An update leaves the names of the session's capabilities alone."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        return replace(row, capabilities=[{"ref": one["ref"]} for one in row.capabilities])


@mutant("update.other-members-stay")
class UpdatesForgetTheNamesOfTools(EverrunsReference):
    """An update drops the display_name of tools."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        kept = [{name: one[name] for name in one if name != "display_name"} for one in row.tools]
        return replace(row, tools=kept)


@mutant("update.other-members-stay")
class UpdatesActivateTheSession(EverrunsReference):
    """An update sets the status to active."""

    def updated_row(self, change: Change) -> Row:
        return replace(super().updated_row(change), status="active")


@mutant("bystanders.update-leaves-others")
class SessionsOfOneTitleAreRenamedTogether(EverrunsReference):
    """A title goes to every session that had the same title before."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        for one in self.rows(db):
            if one.title is not None and one.title == change.row.title and one.id != row.id:
                self.save_row(db, replace(one, title=row.title))
        return row
