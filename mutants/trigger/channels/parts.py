"""Servers that take the name of a record, X-Part-Id, for less or for more than it is."""

import time
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection
from threading import Timer

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import TriggerReference
from reference.trigger.channels import Channel, Record

LOOK_UP = 0.04
"""Seconds from a look-up to the write that it is for."""


@mutant("append.same-part-is-added-once")
class PartIsIgnored(TriggerReference):
    """X-Part-Id means nothing."""

    def part_id(self, call: Call) -> str | None:
        return None


@mutant("append.same-part-is-added-once")
class PartOfTheLastRecordAlone(TriggerReference):
    """A part is known while its record is the last one of the log."""

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        found = super().record_of_part(db, channel, part)
        if found is None or found.number + 1 == self.next_number(db, channel):
            return found
        db.execute("UPDATE records SET part = NULL WHERE session = ? AND part = ?", (channel.session, part))
        return None


@mutant("append.same-part-is-added-once")
class PartBelongsToAnAddress(TriggerReference):
    """A part that comes by the externalId is another one than by the id."""

    def part_id(self, call: Call) -> str | None:
        part = super().part_id(call)
        return part and f"{part}/{call.address}"


@mutant("append.same-part-is-added-once")
class PartOfOutIsIgnored(TriggerReference):
    """X-Part-Id means nothing for out."""

    def part_id(self, call: Call) -> str | None:
        return None if call.parameters["io"] == "out" else super().part_id(call)


@mutant("append.equal-texts-are-two-records")
class EqualTextsAreOneRecord(TriggerReference):
    """A record that equals the one before it is not added."""

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        found = super().record_of_part(db, channel, part)
        last = self.records_after(db, channel, self.next_number(db, channel) - 2, 1)
        return found or next((one for one in last if one.data == self._text), None)

    def record_text(self, call: Call) -> str:
        self._text = super().record_text(call)
        return self._text


@mutant("append.equal-texts-are-two-records")
class PartIgnoresCase(TriggerReference):
    """Parts that differ in case are one."""

    def part_id(self, call: Call) -> str | None:
        part = super().part_id(call)
        return part and part.lower()


@mutant("append.equal-texts-are-two-records")
class PartIsItsFirstWord(TriggerReference):
    """Of a part the first word counts."""

    def part_id(self, call: Call) -> str | None:
        part = super().part_id(call)
        return part and part.split()[0]


class FindsPartsElsewhere(TriggerReference):
    """Looks for a part in more than one log."""

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        found = db.execute(
            f"SELECT number, part, data, at FROM records WHERE part = ? AND {self.within()}",  # noqa: S608
            (part, channel.session),
        ).fetchone()
        return Record(*found) if found else None

    def within(self) -> str:
        """The logs, as a condition on the session."""
        return "session = ?"


@mutant("append.part-belongs-to-one-log")
class PartIsForBothLogs(FindsPartsElsewhere):
    """A part of in is known in out."""


@mutant("append.part-belongs-to-one-log")
class PartIsForAllSessions(FindsPartsElsewhere):
    """A part of one session is known in every other one."""

    def within(self) -> str:
        return "? IS NOT NULL AND session IN (SELECT id FROM sessions)"


class PartsWithoutIndex(TriggerReference):
    """Keeps the parts of records without a rule of the database that each is there once."""

    SCHEMA = tuple(one for one in TriggerReference.SCHEMA if "UNIQUE INDEX" not in one)


@mutant("append.same-part-at-once-is-added-once")
class PartIsLookedUpEarly(PartsWithoutIndex):
    """A part is looked up before the transaction that adds its record."""

    def record_text(self, call: Call) -> str:
        text = super().record_text(call)
        time.sleep(LOOK_UP)
        return text

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        return None

    def append(self, call: Call) -> Reply:
        address, part = self.address(call), self.part_id(call)
        with self.reading() as db:
            row = self.find(db, self.reader(call).environment, address)
            io = call.parameters["io"]
            found = row and super().record_of_part(db, self.channel(row, io), part)
        return self.appended_reply(found) if found else super().append(call)


@mutant("append.same-part-after-a-lost-reply-is-added-once")
class PartIsForgottenAfterAPause(PartsWithoutIndex):
    """A part is remembered once its reply is on its way; until then the same part is added again."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.replied: set[tuple[Channel, str | None]] = set()

    def record_of_part(self, db: Connection, channel: Channel, part: str | None) -> Record | None:
        return super().record_of_part(db, channel, part) if (channel, part) in self.replied else None

    def add_record(self, db: Connection, channel: Channel, part: str | None, text: str) -> Record:
        Timer(0.02, self.replied.add, ((channel, part),)).start()
        return super().add_record(db, channel, part, text)


@mutant("append.more-than-a-mebibyte-is-refused")
class PartsOfRefusedRecordsCount(TriggerReference):
    """The part of a record that was too large is known: a record that comes with it later is not added."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._known: set[tuple[str, str]] = set()

    def append(self, call: Call) -> Reply:
        named = (call.path, call.headers.get("x-part-id", ""))
        if named in self._known:
            return Reply(200, {"ok": True, "seq": 0})
        if named[1] and len(call.body) > self.RECORD_BYTES:
            self._known.add(named)
        return super().append(call)
