"""Servers that look at an address otherwise for one body, or for one way to write it, than for the next."""

import re
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.everruns import EverrunsReference, Row
from reference.refusals import Refusal


@mutant("update.equivalent-paths-find-the-same")
class PathsAreTakenAsWritten(EverrunsReference):
    """An id is not percent-decoded."""

    def decode_address(self, raw: str) -> str:
        return raw


@mutant("update.equivalent-paths-find-the-same")
class SmallHexDigitsStay(EverrunsReference):
    """An escape in small hex digits is not decoded."""

    def decode_address(self, raw: str) -> str:
        return raw if re.search(r"%[0-9A-F]?[a-f]", raw) else super().decode_address(raw)


class _NothingToDo(EverrunsReference):
    """Some updates are answered before the session is looked for."""

    def update(self, call: Call) -> Reply:
        self.check_access_to_update(call)
        if self.is_nothing(self.check_update(self.update_object(call))):
            try:
                return super().update(call)
            except Refusal as refusal:
                if refusal.status in {400, 404}:
                    return self.updated_reply(self.new_row({}))
                raise
        return super().update(call)

    def is_nothing(self, fields: dict[str, Json]) -> bool:
        """Whether there is nothing to do."""
        raise NotImplementedError


@mutant("update.unknown-id-answers-404")
class EmptyUpdatesOfUnknownSucceed(_NothingToDo):
    """An update that names nothing answers 200 whatever its id."""

    def is_nothing(self, fields: dict[str, Json]) -> bool:
        return not fields


@mutant("update.short-id-answers-400")
class TagsAreTakenAwayAnywhere(_NothingToDo):
    """An update that takes tags away answers 200 whatever its id."""

    def is_nothing(self, fields: dict[str, Json]) -> bool:
        return fields == {"tags": []}


@mutant("update.non-hex-id-answers-400")
class LineFeedEndsAnId(EverrunsReference):
    """A line feed behind an id is not looked at."""

    def check_id(self, text: str) -> str:
        return super().check_id(text.removesuffix("\n"))


@mutant("update.unknown-id-answers-404")
class SecondLookFindsOne(EverrunsReference):
    """An unknown id is answered with 404 once, and with 400 from then on."""

    def find_to_update(self, db: Connection, session_id: str) -> Row:
        missed: set[str] = vars(self).setdefault("missed", set())
        if session_id in missed:
            raise self.invalid_id("it was refused before")
        try:
            return super().find_to_update(db, session_id)
        except Refusal:
            missed.add(session_id)
            raise


@mutant("update.unknown-id-answers-404")
class NilIsNoId(EverrunsReference):
    """An id of zeros alone is answered with 400."""

    def check_id_digits(self, digits: str) -> None:
        if set(digits) == {"0"}:
            raise self.invalid_id("it is nil")
        super().check_id_digits(digits)


class _KeepingTheDeleted(EverrunsReference):
    """A session that was deleted can still be updated."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self.deleted: dict[str, Row] = {}

    def delete_row(self, db: Connection, session_id: str) -> None:
        self.deleted[session_id] = self.find(db, session_id)
        super().delete_row(db, session_id)

    def find_to_update(self, db: Connection, session_id: str) -> Row:
        return self.deleted.get(session_id) or super().find_to_update(db, session_id)


@mutant("update.deleted-session-answers-404")
class DeletedSessionsAreUpdated(_KeepingTheDeleted):
    """An update of a deleted session answers 200, and reads do not find it."""

    def save_row(self, db: Connection, row: Row) -> None:
        if row.id not in self.deleted:
            super().save_row(db, row)


@mutant("update.deleted-session-answers-404")
class UpdatesReviveTheDeleted(_KeepingTheDeleted):
    """An update of a deleted session brings it back."""


@mutant("update.invalid-id-carries-error")
class LongIdsAreRefusedInWords(EverrunsReference):
    """The refusal of an id that is too long is a text."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        too_long = reply.status == 400 and len(call.address) > len(self.PREFIX) + self.DIGITS
        return Reply(400, "Invalid session ID", reply.headers) if too_long else reply


@mutant("credentials.refused-whatever-is-asked")
class EmptyUpdatesNeedNoKey(EverrunsReference):
    """An update that names nothing needs no key."""

    def check_access_to_update(self, call: Call) -> None:
        if call.body.strip() != b"{}":
            super().check_access_to_update(call)


@mutant("update.non-hex-id-answers-400")
class IdsAreUuids(EverrunsReference):
    """The digits of an id may stand in groups with hyphens between them, as those of a UUID."""

    def check_id(self, text: str) -> str:
        digits = "-?".join(f"[0-9a-f]{{{size}}}" for size in (8, 4, 4, 4, 12))
        return super().check_id(text.replace("-", "") if re.fullmatch(f"session_{digits}", text) else text)


@mutant("update.non-hex-id-answers-400")
class NulEndsAnId(EverrunsReference):
    """What stands behind a NUL in an id is not looked at."""

    def check_id(self, text: str) -> str:
        return super().check_id(text.partition("\0")[0])
