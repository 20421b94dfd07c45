"""Ids that are taken for another, and the statuses and bodies that refuse them."""

import re
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.everruns import EverrunsReference, Row
from reference.refusals import Refusal


@mutant("update.prefixless-id-answers-400")
class DigitsAloneAreAnId(EverrunsReference):
    """An id is taken without its prefix."""

    def check_id(self, text: str) -> str:
        return super().check_id(text if "session" in text or "_" in text else f"{self.PREFIX}{text}")


@mutant("update.prefixless-id-answers-400")
class PrefixlessIsNotFound(EverrunsReference):
    """An id without a prefix is answered with 404."""

    def check_id_prefix(self, text: str) -> None:
        if "_" not in text:
            raise self.not_found()
        super().check_id_prefix(text)


@mutant("update.wrong-prefix-id-answers-400")
class AnyPrefixWillDo(EverrunsReference):
    """An id is taken with the prefix of another kind."""

    def check_id(self, text: str) -> str:
        return super().check_id(re.sub(r"^[a-z]+_", self.PREFIX, text))


@mutant("update.wrong-prefix-id-answers-400")
class PrefixAnywhere(EverrunsReference):
    """The prefix may stand anywhere in an id."""

    def check_id(self, text: str) -> str:
        return super().check_id(text[text.find(self.PREFIX) :] if self.PREFIX in text else text)


@mutant("update.short-id-answers-400")
class ShortIdsAreNotFound(EverrunsReference):
    """An id with 31 digits, as in the page's example, is looked up."""

    def check_id_length(self, digits: str) -> None:
        if len(digits) != 31:
            super().check_id_length(digits)


@mutant("update.short-id-answers-400")
class ShortIdsArePadded(EverrunsReference):
    """An id with too few digits is filled up with zeros."""

    def check_id(self, text: str) -> str:
        return super().check_id(
            self.PREFIX + text.removeprefix(self.PREFIX).zfill(32) if "session_" in text else text
        )


@mutant("update.long-id-answers-400")
class LongIdsAreCut(EverrunsReference):
    """Of an id with too many digits the first ones count."""

    def check_id(self, text: str) -> str:
        return super().check_id(text[: len(self.PREFIX) + self.DIGITS])


@mutant("update.long-id-answers-400")
class LongIdsAreNotFound(EverrunsReference):
    """An id with 33 digits is looked up."""

    def check_id_length(self, digits: str) -> None:
        if len(digits) != 33:
            super().check_id_length(digits)


@mutant("update.non-hex-id-answers-400")
class AnyLettersAreDigits(EverrunsReference):
    """The digits of an id may be any letters."""

    def check_id_digits(self, digits: str) -> None:
        if not digits.isalnum():
            super().check_id_digits(digits)


@mutant("update.non-hex-id-answers-400")
class DigitsAsPythonReadsThem(EverrunsReference):
    """The digits of an id are what Python's int takes for a hexadecimal number."""

    def check_id_digits(self, digits: str) -> None:
        try:
            int(digits, 16)
        except ValueError:
            super().check_id_digits(digits)


@mutant("update.unknown-id-answers-404")
class UnknownIsInvalid(EverrunsReference):
    """An unknown id is answered with 400."""

    def not_found(self) -> Refusal:
        return Refusal(400, "No such session")


@mutant("update.unknown-id-answers-404")
class UpdateOfUnknownSucceeds(EverrunsReference):
    """An update of an unknown id answers 200 with a session that there is not."""

    def find_to_update(self, db: Connection, session_id: str) -> Row:
        return self.row_by_id(db, session_id) or replace(self.new_row({}), id=session_id)

    def save_row(self, db: Connection, row: Row) -> None:
        if self.row_by_id(db, row.id):
            super().save_row(db, row)


@mutant("update.unknown-id-creates-nothing")
class UnknownIsMade(EverrunsReference):
    """An update of an unknown id makes the session, and says 404 all the same."""

    def update(self, call: Call) -> Reply:
        with self.writing() as db:
            session_id = self.address(call)
            if self.row_by_id(db, session_id) is None:
                self.insert_row(db, replace(self.new_row({}), id=session_id))
                missing = True
            else:
                missing = False
        if missing:
            raise self.not_found()
        return super().update(call)


@mutant("update.near-miss-id-changes-nothing")
class LookupByEnding(EverrunsReference):
    """A session is found by the end of its id."""

    def row_by_id(self, db: Connection, session_id: str) -> Row | None:
        found = db.execute("SELECT * FROM sessions WHERE id LIKE ?", (f"%{session_id[-24:]}",))
        return self.first_row(found.fetchone())


@mutant("update.near-miss-id-changes-nothing")
class LookupByBeginning(EverrunsReference):
    """A session is found by the beginning of its id."""

    def row_by_id(self, db: Connection, session_id: str) -> Row | None:
        found = db.execute("SELECT * FROM sessions WHERE id LIKE ?", (f"{session_id[:30]}%",))
        return self.first_row(found.fetchone())


@mutant("update.invalid-id-carries-error")
class InvalidIdIsAMessage(EverrunsReference):
    """The refusal of an invalid id has a message instead of an error."""

    def error_body(self, refusal: Refusal) -> Json:
        return {"message": refusal.error} if refusal.status == 400 else super().error_body(refusal)


@mutant("update.unknown-id-carries-error")
class NotFoundIsAnObject(EverrunsReference):
    """The error of a 404 is an object."""

    def error_body(self, refusal: Refusal) -> Json:
        body = super().error_body(refusal)
        return {"error": {"code": "not_found", "message": body["error"]}} if refusal.status == 404 else body
