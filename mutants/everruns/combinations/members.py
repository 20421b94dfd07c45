"""Servers that do otherwise by what else a body holds, and by what the row was before."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.everruns import Change, EverrunsReference, Row
from reference.refusals import Refusal


class _Dropping(EverrunsReference):
    """Some bodies are accepted, and nothing of them is written."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        fields = super().check_update(body)
        return {} if self.is_dropped(body) else fields

    def is_dropped(self, body: Mapping[str, Json]) -> bool:
        """Whether nothing of a body is written."""
        raise NotImplementedError


@mutant("update.sets-title")
class NullDropsTheRest(_Dropping):
    """Nothing of a body with a null in it is written."""

    def is_dropped(self, body: Mapping[str, Json]) -> bool:
        return None in body.values()


@mutant("update.replaces-tags")
class UnknownMembersDropTheRest(_Dropping):
    """Nothing of a body with an unknown member is written."""

    def is_dropped(self, body: Mapping[str, Json]) -> bool:
        return bool(body.keys() - {"title", "tags"})


class _Renamed(EverrunsReference):
    """Members are also known by other names."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        others = {self.known_as(name): value for name, value in body.items()}
        return super().check_update({**others, **body})

    def known_as(self, name: str) -> str:
        """The name that a name is taken for."""
        raise NotImplementedError


@mutant("update.other-names-change-nothing")
class NamesInAnyCase(_Renamed):
    """Title and tags are known by their names in any case."""

    def known_as(self, name: str) -> str:
        return name.lower()


@mutant("update.other-names-change-nothing")
class NamesAreTrimmed(_Renamed):
    """White space around the name of a member does not count."""

    def known_as(self, name: str) -> str:
        return name.strip()


@mutant("update.other-names-change-nothing")
class TitleIsAlsoTheName(_Renamed):
    """A title is also taken under the name of name."""

    def known_as(self, name: str) -> str:
        return "title" if name == "name" else name


@mutant("update.replaces-tags")
class SameTagsAreToggledOff(EverrunsReference):
    """Tags that are sent as they stand are taken away."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return [] if change.fields.get("tags") == change.row.tags else tags


@mutant("update.sets-title")
class SameTitleIsTakenAway(EverrunsReference):
    """A title that is sent as it stands is taken away."""

    def updated_title(self, change: Change) -> str | None:
        same = change.fields.get("title") == change.row.title
        return None if same and "title" in change.fields else super().updated_title(change)


@mutant("update.long-title-is-not-cut")
class LongTitlesWithOneStartAreOne(EverrunsReference):
    """A title that begins with the same 191 characters as the one before is taken for it."""

    def updated_title(self, change: Change) -> str | None:
        title, earlier = super().updated_title(change), change.row.title
        same = title and earlier and len(title) > 191 and title[:191] == earlier[:191]
        return earlier if same else title


@mutant("update.writes-title-and-tags-together")
class ATagThatIsTheTitleIsDropped(EverrunsReference):
    """A tag that says what the title says is dropped."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag for tag in super().updated_tags(change) if tag != self.updated_title(change)]


@mutant("update.many-and-long-tags-are-not-cut")
class OneOfManyTagsStandsTwice(EverrunsReference):
    """The first of more than ten tags is stored twice."""

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        return [tags[0], *tags] if len(tags) > 10 and "tags" in change.fields else tags


@mutant("update.seen-by-get")
class TheFirstUpdateIsNotSeen(EverrunsReference):
    """A read shows a session as it was made until it is updated a second time."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._made: dict[str, Row] = {}
        self._updates: dict[str, int] = {}

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self._made[row.id] = row

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self._updates[row.id] = self._updates.get(row.id, 0) + 1

    def read_reply(self, row: Row) -> Reply:
        once = self._updates.get(row.id) == 1 and row.id in self._made
        return super().read_reply(self._made[row.id] if once else row)


@mutant("update.refused-update-changes-nothing")
class RefusedTitlesAreWrittenNext(EverrunsReference):
    """The title of a refused update is written with the next update of the tags."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._pending: dict[str, str] = {}

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            value = self.parse_json(call.body) if refusal.status == 422 else None
            if isinstance(value, dict) and isinstance(value.get("title"), str):
                self._pending[call.path.rpartition("/")[2]] = value["title"]
            raise

    def updated_title(self, change: Change) -> str | None:
        pending = self._pending.pop(change.row.id, None)
        title = super().updated_title(change)
        return title if pending is None or "title" in change.fields else pending


@mutant("update.returns-addressed-session")
class EscapedIdsAreShownEscaped(EverrunsReference):
    """The reply shows the id as it stood in the path."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.operation != "update" or reply.status != 200 or "%" not in call.address:
            return reply
        return replace(reply, body={**reply.body, "id": call.address})


@mutant("update.other-members-stay")
class RepliesShowWhenTheNewestWasMade(EverrunsReference):
    """The reply to an update shows when the newest session was made."""

    def updated_reply(self, row: Row) -> Reply:
        with self.reading() as db:
            newest = self.rows(db)[0]
        return super().updated_reply(replace(row, created_at=newest.created_at))
