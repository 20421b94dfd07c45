"""Servers for which an unknown address is not simply unknown when they are to write."""

from dataclasses import replace
from sqlite3 import Connection
from urllib.parse import quote

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment

NOT_FOUND = 404


class _Unknown(TriggerReference):
    """An operation on an address that nothing has is not simply answered with 404."""

    OPERATION = ""
    IDS = False

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        address = self.address(call)
        row = self.find(db, environment, address)
        if row is None and call.operation == self.OPERATION and self.is_id(address) is self.IDS:
            row = self.made_up(db, environment, address)
        if row is None:
            raise self.not_found()
        return row

    def made_up(self, db: Connection, environment: Environment, address: str) -> Row | None:
        """What stands in for the session that is not there."""
        row = self.blank(environment, address)
        self.insert_row(db, row)
        return row

    def blank(self, environment: Environment, address: str) -> Row:
        """A session with this externalId and nothing else."""
        fields = {"type": "chat.agent", "taskIdentifier": "my-chat", "triggerConfig": {"basePayload": {}}}
        return self.new_row(environment, {**fields, "externalId": address})


@mutant("update.unknown-address-creates-nothing")
class UpdateMakesWhatItDoesNotFind(_Unknown):
    """An update of an unknown externalId makes the session."""

    OPERATION = "update"


@mutant("update.unknown-external-id-answers-404")
class UpdateOfUnknownExternalIdAnswers422(_Unknown):
    """An update of an unknown externalId is answered as a bad body."""

    OPERATION = "update"

    def made_up(self, db: Connection, environment: Environment, address: str) -> Row | None:
        raise Refusal(422, "No such session")


@mutant("update.unknown-id-answers-404")
class UpdateOfUnknownIdAnswers200(_Unknown):
    """An update of an unknown id answers 200 as if it had been done."""

    OPERATION = "update"
    IDS = True

    def made_up(self, db: Connection, environment: Environment, address: str) -> Row | None:
        return replace(self.blank(environment, address), id=address, external_id=None)

    def save_row(self, db: Connection, row: Row) -> None:
        if self.row_by_id(db, row.environment, row.id):
            super().save_row(db, row)


@mutant("close.unknown-address-creates-nothing")
class CloseKeepsATombstone(_Unknown):
    """A close of an unknown externalId keeps a row so that the name is never used."""

    OPERATION = "close"


@mutant("close.unknown-external-id-answers-404")
class CloseOfUnknownExternalIdIsDone(_Unknown):
    """A close of an unknown externalId answers 200: there is nothing left to close."""

    OPERATION = "close"

    def made_up(self, db: Connection, environment: Environment, address: str) -> Row | None:
        return self.blank(environment, address)

    def save_row(self, db: Connection, row: Row) -> None:
        if self.row_by_id(db, row.environment, row.id):
            super().save_row(db, row)


@mutant("close.unknown-id-answers-404")
class CloseOfUnknownIdIsGone(_Unknown):
    """A close of an unknown id answers 410."""

    OPERATION = "close"
    IDS = True

    def made_up(self, db: Connection, environment: Environment, address: str) -> Row | None:
        raise Refusal(410, "Gone")


@mutant("retrieve.unknown-external-id-answers-404")
class UnknownWideNamesAreBadRequests(TriggerReference):
    """A retrieve of an unknown externalId with characters beyond ASCII is a bad request."""

    def retrieve(self, call: Call) -> Reply:
        address = self.address(call)
        try:
            return super().retrieve(call)
        except Refusal as refusal:
            if refusal.status == NOT_FOUND and not address.isascii():
                raise Refusal(400, "Bad request") from None
            raise


@mutant("retrieve.similar-address-not-found")
class IdsWithPunctuationBehindAreFound(TriggerReference):
    """A retrieve by an id with a mark behind it, such as a number sign, finds the session of the id."""

    def retrieve(self, call: Call) -> Reply:
        address = self.address(call)
        found = address.rstrip("#?:.") if self.is_id(address) else address
        return super().retrieve(replace(call, address=quote(found, safe="")))
