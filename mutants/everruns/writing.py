"""Updates that write too much, too little, or something else."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.everruns import Change, EverrunsReference, Row
from reference.refusals import Refusal


@mutant("update.answers-200")
class UpdateAnswers202(EverrunsReference):
    """An update answers 202."""

    def updated_reply(self, row: Row) -> Reply:
        return replace(super().updated_reply(row), status=202)


@mutant("update.answers-200")
class NoTagsAnswers204(EverrunsReference):
    """An update that leaves the session without tags answers 204."""

    def updated_reply(self, row: Row) -> Reply:
        return super().updated_reply(row) if row.tags else Reply(204, None)


@mutant("update.returns-addressed-session")
class RepliesShowAnotherId(EverrunsReference):
    """The reply to an update shows an id of its own."""

    def updated_reply(self, row: Row) -> Reply:
        return super().updated_reply(replace(row, id=self.new_session_id()))


@mutant("update.sets-title")
class TitleIsKept(EverrunsReference):
    """A title that is sent is ignored."""

    def updated_title(self, change: Change) -> str | None:
        return change.row.title


@mutant("update.sets-title")
class TitleAloneIsIgnored(EverrunsReference):
    """A title is written only when tags are sent, too."""

    def updated_title(self, change: Change) -> str | None:
        return super().updated_title(change) if "tags" in change.fields else change.row.title


@mutant("update.sets-title")
class TitleOnlyInTheReply(EverrunsReference):
    """A new title stands in the reply and is not stored."""

    def save_row(self, db: Connection, row: Row) -> None:
        earlier = self.find(db, row.id)
        super().save_row(db, replace(row, title=earlier.title))


@mutant("update.sets-title")
class EverySeventhUpdateLosesItsTitle(EverrunsReference):
    """Every seventh update keeps the earlier title."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self.calls = count(1)

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return change.row.title if "title" in change.fields and next(self.calls) % 7 == 0 else title


@mutant("update.long-title-is-not-cut")
class TitlesAreCutAt255(EverrunsReference):
    """A title is cut at 255 characters."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and title[:255]


@mutant("update.long-title-is-not-cut")
class TitlesAreCutAt255Bytes(EverrunsReference):
    """A title is cut at 255 bytes."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        return title and title.encode()[:255].decode("utf-8", "ignore")


@mutant("update.answers-200")
class ShortTitlesAreRefused(EverrunsReference):
    """A title of more than 10 characters is refused."""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        if title and len(title) > 10:
            raise Refusal(422, "The title is too long")
        return title


@mutant("update.empty-title-replaces")
class EmptyTitlesAreIgnored(EverrunsReference):
    """An empty title is taken for none sent."""

    def updated_title(self, change: Change) -> str | None:
        return change.fields.get("title") or change.row.title


@mutant("update.replaces-tags")
class TagsAreAppended(EverrunsReference):
    """Tags that are sent are added to the earlier ones."""

    def updated_tags(self, change: Change) -> list[str]:
        new = [tag for tag in change.fields.get("tags", []) if tag not in change.row.tags]
        return change.row.tags + new if change.fields.get("tags") else super().updated_tags(change)


@mutant("update.replaces-tags")
class TagsAreReplacedByPosition(EverrunsReference):
    """Each tag that is sent takes the place of the one at its position; the rest stays."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return tags and tags + change.row.tags[len(tags) :]


@mutant("update.replaces-tags")
class TagsAreMergedWhenATitleIsSent(EverrunsReference):
    """Tags are added to the earlier ones when a title is sent along."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return [*change.row.tags, *tags] if tags and "title" in change.fields else tags


@mutant("update.empty-tags-empty-the-row")
class EmptyTagsAreIgnored(EverrunsReference):
    """An empty list of tags is taken for none sent."""

    def updated_tags(self, change: Change) -> list[str]:
        return super().updated_tags(change) or change.row.tags


@mutant("update.many-and-long-tags-are-not-cut")
class TwentyTagsAreKept(EverrunsReference):
    """Of the tags the first twenty are kept."""

    def updated_tags(self, change: Change) -> list[str]:
        return super().updated_tags(change)[:20]


@mutant("update.many-and-long-tags-are-not-cut")
class TagsAreCut(EverrunsReference):
    """A tag is cut at 255 characters."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag[:255] for tag in super().updated_tags(change)]


@mutant("update.writes-title-and-tags-together")
class OneMemberAtATime(EverrunsReference):
    """When a title and tags are sent, the tags are not written."""

    def updated_tags(self, change: Change) -> list[str]:
        return change.row.tags if "title" in change.fields else super().updated_tags(change)


@mutant("update.omitted-title-stays")
class OmittedTitleIsCleared(EverrunsReference):
    """A title that is not sent is taken away."""

    def updated_title(self, change: Change) -> str | None:
        return change.fields.get("title") if change.fields else change.row.title


@mutant("update.omitted-title-stays")
class NoTagsClearTheTitle(EverrunsReference):
    """An empty list of tags alone takes the title away as well."""

    def updated_title(self, change: Change) -> str | None:
        return None if dict(change.fields) == {"tags": []} else super().updated_title(change)


@mutant("update.omitted-tags-stay")
class OmittedTagsAreCleared(EverrunsReference):
    """Tags that are not sent are taken away when a title is."""

    def updated_tags(self, change: Change) -> list[str]:
        return [] if list(change.fields) == ["title"] else super().updated_tags(change)


@mutant("update.empty-body-changes-nothing")
class EmptyBodyClears(EverrunsReference):
    """An empty object takes title and tags away."""

    def updated_row(self, change: Change) -> Row:
        return super().updated_row(change) if change.fields else replace(change.row, title=None, tags=[])


@mutant("update.empty-body-changes-nothing")
class EmptyBodyIsRefusedAfterClearing(EverrunsReference):
    """An empty object is refused, but the tags are gone."""

    def update(self, call: Call) -> Reply:
        if call.body.strip() == b"{}":
            with self.writing() as db:
                self.save_row(db, replace(self.find(db, self.address(call)), tags=[]))
            raise Refusal(400, "Nothing to update")
        return super().update(call)


@mutant("update.seen-by-get")
class ReadsAreStale(EverrunsReference):
    """A read shows every session as it was when it was made."""

    def read_reply(self, row: Row) -> Reply:
        first = self._made.setdefault(row.id, row)
        return super().read_reply(replace(row, title=first.title, tags=first.tags))

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._made: dict[str, Row] = {}


@mutant("update.updated-at-never-goes-back")
class UpdatedAtGoesBack(EverrunsReference):
    """An update sets updated_at to when the session was made."""

    def touched(self, row: Row, change: Change) -> Row:
        return replace(row, updated_at=row.created_at) if not change.fields else super().touched(row, change)


@mutant("update.updated-at-moves-on-change")
class UpdatedAtStays(EverrunsReference):
    """An update leaves updated_at as it was."""

    def touched(self, row: Row, change: Change) -> Row:
        return row


@mutant("update.updated-at-moves-on-change")
class UpdatedAtMovesForTitlesAlone(EverrunsReference):
    """An update of the tags leaves updated_at as it was."""

    def touched(self, row: Row, change: Change) -> Row:
        return super().touched(row, change) if "title" in change.fields else row
