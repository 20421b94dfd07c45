"""Servers that decode an address wrongly."""

import unicodedata
from sqlite3 import Connection
from urllib.parse import unquote

from mutants.catalogue import mutant
from reference.application import Call
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


@mutant("retrieve.encoded-external-id-found")
class AddressIsNotDecoded(TriggerReference):
    """The address is taken as it stands in the path."""

    def decode_address(self, raw: str) -> str:
        return raw


@mutant("retrieve.encoded-external-id-found")
class AddressHasBlanksForPlus(TriggerReference):
    """A plus in the address becomes a space, as in forms."""

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).replace("+", " ")


@mutant("retrieve.encoded-external-id-found")
class AddressIsLatin(TriggerReference):
    """The bytes of the address are taken for Latin-1."""

    def decode_address(self, raw: str) -> str:
        return unquote(raw, "latin-1")


@mutant("retrieve.encoded-external-id-found")
class AddressEndsAtSemicolon(TriggerReference):
    """What follows a semicolon in the address counts as parameters and is dropped."""

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).partition(";")[0]


@mutant("retrieve.encoded-external-id-found")
class AddressEndsAtQuestionMark(TriggerReference):
    """What follows a question mark in the decoded address is dropped."""

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).partition("?")[0]


@mutant("retrieve.encoded-slash-found")
class AddressEndsAtSlash(TriggerReference):
    """Of an address with an encoded slash the first part is taken."""

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).partition("/")[0]


@mutant("retrieve.encoded-external-id-found")
class AddressIsDecomposed(TriggerReference):
    """The address, but not the stored externalId, is put into a Unicode normal form."""

    def decode_address(self, raw: str) -> str:
        return unicodedata.normalize("NFD", super().decode_address(raw))


@mutant("retrieve.external-id-decoded-once")
class AddressIsDecodedAgainIfUnknown(TriggerReference):
    """An address that finds nothing is decoded once more and tried again."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        return super().find(db, environment, address) or super().find(db, environment, unquote(address))


@mutant("retrieve.encoded-external-id-found")
class AddressIsDecodedTwice(TriggerReference):
    """The address is decoded by the router and then again."""

    def decode_address(self, raw: str) -> str:
        return unquote(super().decode_address(raw))


class _OneOperation(TriggerReference):
    """One operation takes its address as it stands in the path."""

    OPERATION = ""

    def address(self, call: Call) -> str:
        return call.address if call.operation == self.OPERATION else super().address(call)


@mutant("update.encoded-external-id-found")
class UpdateDoesNotDecode(_OneOperation):
    """An update takes its address as it stands in the path."""

    OPERATION = "update"


@mutant("close.encoded-external-id-found")
class CloseDoesNotDecode(_OneOperation):
    """A close takes its address as it stands in the path."""

    OPERATION = "close"
