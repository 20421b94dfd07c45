"""What only generated requests, long stories or calls at the same time bring to light."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.everruns import Change, EverrunsReference, Row
from reference.refusals import Path as Place
from reference.refusals import Problem, Refusal

TRACE = 'Traceback (most recent call last):\n  File "/srv/app/api.py", line 12, in update'


class _ReadsFirst(EverrunsReference):
    """An update reads the row before its transaction begins."""

    PAUSE = 0.002

    def update(self, call: Call) -> Reply:
        self.check_access_to_update(call)
        session_id = self.address(call)
        fields = self.check_update(self.update_object(call))
        with self.reading() as db:
            row = self.find(db, session_id)
        time.sleep(self.PAUSE)
        with self.writing() as db:
            row = self.apply_update(db, Change(call, row, fields))
        return self.updated_reply(row)


@mutant("races.title-and-tags-lose-neither")
class UpdatesAreLost(_ReadsFirst):
    """Of two updates at the same time the one that ends last undoes the other."""


@mutant("races.title-and-tags-lose-neither")
class ShortWindow(_ReadsFirst):
    """Of two updates at very nearly the same time the one that ends last undoes the other."""

    PAUSE = 0.0


@mutant("races.replies-show-own-session")
class UpdatesShareAReply(EverrunsReference):
    """An update keeps the row that it will show where the next update keeps its own."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._shown: Row | None = None

    def updated_reply(self, row: Row) -> Reply:
        self._shown = row
        time.sleep(0.002)
        return super().updated_reply(self._shown)


@mutant("races.outcomes-have-an-order")
class MetUpdatesAreRepeated(EverrunsReference):
    """An update that meets another one is carried out once more before the session is next read."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._under_way: Counter[str] = Counter()
        self._again: dict[str, Call] = {}

    def update(self, call: Call) -> Reply:
        if self._under_way[call.path]:
            self._again.setdefault(call.path, call)
        self._under_way[call.path] += 1
        try:
            time.sleep(0.002)
            return super().update(call)
        finally:
            self._under_way[call.path] -= 1

    def read(self, call: Call) -> Reply:
        met = self._again.pop(call.path, None)
        if met is not None:
            super().update(met)
        return super().read(call)


@mutant("races.title-and-tags-lose-neither")
class BusySessionsConflict(EverrunsReference):
    """An update while another of the same session is under way is answered with 409."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._busy: set[str] = set()

    def update(self, call: Call) -> Reply:
        if call.path in self._busy:
            raise Refusal(409, "The session is being changed")
        self._busy.add(call.path)
        try:
            time.sleep(0.002)
            return super().update(call)
        finally:
            self._busy.discard(call.path)


@mutant("races.reads-show-what-was-sent")
class ReadsShowWhatIsNotYetThere(EverrunsReference):
    """A read joins a title and tags that never stood together: every other one shows the first tags."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._reads = count(1)
        self._earlier: dict[str, Row] = {}

    def save_row(self, db: Connection, row: Row) -> None:
        self._earlier.setdefault(row.id, self.find(db, row.id))
        super().save_row(db, row)

    def read_reply(self, row: Row) -> Reply:
        old = self._earlier.get(row.id, row)
        return super().read_reply(replace(row, tags=old.tags) if next(self._reads) % 4 == 0 else row)


@mutant("races.calls-are-answered")
class BusyBreaks(EverrunsReference):
    """An update while another is under way breaks the server."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._busy: set[str] = set()

    def update(self, call: Call) -> Reply:
        if call.path in self._busy:
            raise RuntimeError("the session is locked")
        self._busy.add(call.path)
        try:
            time.sleep(0.002)
            return super().update(call)
        finally:
            self._busy.discard(call.path)


@mutant("lifecycle.model-update")
class EmptiedTagsComeBack(EverrunsReference):
    """A new title after the tags were emptied brings the tags of before back."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._emptied: dict[str, list[str]] = {}

    def updated_tags(self, change: Change) -> list[str]:
        tags = super().updated_tags(change)
        if tags != change.row.tags and not tags:
            self._emptied[change.row.id] = change.row.tags
        return tags if "tags" in change.fields else self._emptied.pop(change.row.id, tags)


@mutant("lifecycle.model-update")
class SessionsShareACache(EverrunsReference):
    """A title that is sent again is taken for unchanged, even when another session was updated since."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._last = ""

    def updated_title(self, change: Change) -> str | None:
        title = super().updated_title(change)
        same = "title" in change.fields and title == self._last
        self._last = title or "" if "title" in change.fields else self._last
        return change.row.title if same else title


@mutant("lifecycle.model-read")
class MissesAreRemembered(EverrunsReference):
    """After an update of an unknown id reads show no tags, until the next update."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._missed = False

    def find_to_update(self, db: Connection, session_id: str) -> Row:
        self._missed = self.row_by_id(db, session_id) is None
        return super().find_to_update(db, session_id)

    def read_reply(self, row: Row) -> Reply:
        return super().read_reply(replace(row, tags=[]) if self._missed else row)


@mutant("update.fuzz-no-server-error")
class BytesBreak(EverrunsReference):
    """A body that is not UTF-8 breaks the server."""

    def update_object(self, call: Call) -> dict[str, Json]:
        call.body.decode()
        return super().update_object(call)


@mutant("update.fuzz-content-type")
class PlainTextBeyondAscii(EverrunsReference):
    """A success that shows more than ASCII says that it is HTML."""

    def content_type(self, reply: Reply) -> str:
        beyond = reply.status == 200 and not str(reply.body).isascii()
        return "text/html" if beyond else super().content_type(reply)


@mutant("update.fuzz-response-schema")
class ManyTagsAreCounted(EverrunsReference):
    """A session with no title or more than two tags shows their number instead."""

    def shown_tags(self, row: Row) -> Json:
        return len(row.tags) if len(row.tags) > 2 or row.title == "" else super().shown_tags(row)


@mutant("update.fuzz-valid-data-accepted")
class UnknownCharactersAreRefused(EverrunsReference):
    """A title or tag beyond Latin is refused."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        fields = super().check_update(body)
        texts = "".join([str(fields.get("title", "")), *fields.get("tags", [])])
        if any(character > "\u024f" for character in texts):
            raise self.invalid(Problem("charset", "it must be Latin"))
        return fields


@mutant("update.fuzz-shows-what-was-sent")
class StoredInAnotherEncoding(EverrunsReference):
    """Characters beyond Latin-1 become question marks."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        tags = [_latin(tag) for tag in row.tags]
        return replace(row, title=None if row.title is None else _latin(row.title), tags=tags)


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")


@mutant("update.fuzz-invalid-data-refused")
class WrongTypesAreTexts(EverrunsReference):
    """A title or tag of another type is taken as its text."""

    def check_title(self, value: Json, path: Place) -> Json:
        return super().check_title(None if value is None else str(value), path)

    def check_tag(self, value: Json, path: Place) -> Json:
        return super().check_tag(str(value), path)


@mutant("update.fuzz-refused-changes-nothing")
class ARefusalTouchesTheTitle(EverrunsReference):
    """A body that is refused for its types has already changed the title."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.status == 422:
                with self.writing() as db:
                    row = self.find(db, self.address(call))
                    self.save_row(db, replace(row, title=f"{row.title}."[-200:]))
            raise


@mutant("update.fuzz-no-secret")
class WrongTypesTellTheKey(EverrunsReference):
    """The refusal of a body of wrong types repeats the request."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            raise Refusal(422, f"{refusal.error} in {dict(call.headers)}") from None


@mutant("update.fuzz-holds-no-stack-trace")
class DeepNestingTellsWhere(EverrunsReference):
    """The refusal of a body that cannot be read or is of wrong types holds a stack trace."""

    def invalid(self, *problems: Problem) -> Refusal:
        return Refusal(422, f"{super().invalid(*problems).error}\n{TRACE}")


@mutant("update.fuzz-invariants")
class LateSessionsAreRemade(EverrunsReference):
    """An update with no tags or with more than two makes the session look new."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        sent: Mapping[str, Json] = change.fields
        return (
            row if len(sent.get("tags", "xx")) in {1, 2} else replace(row, created_at=row.created_at + 1000)
        )
