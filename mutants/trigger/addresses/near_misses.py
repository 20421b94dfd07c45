"""Servers that take an address for another."""

from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


class _Lookup(TriggerReference):
    """Sessions are looked up by another condition than that the externalId is the address."""

    CONDITION = "external_id = ?"
    OPERATIONS = ("retrieve", "update", "close")

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        return super().find(db, environment, address) or self.find_nearly(db, environment, address)

    def find_nearly(self, db: Connection, environment: Environment, address: str) -> Row | None:
        """The oldest session for which the condition holds."""
        where = f"SELECT * FROM sessions WHERE environment = ? AND {self.CONDITION} ORDER BY created_at"  # noqa: S608
        return self.first_row(db.execute(where, (environment.id, address)).fetchone())


class _LookupToUpdate(_Lookup):
    """The same, but for updates alone."""

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        nearly = call.operation == self.OPERATION
        row = (self.find if nearly else self.find_exactly)(db, environment, self.address(call))
        if row is None:
            raise self.not_found()
        return row

    OPERATION = "update"

    def find_exactly(self, db: Connection, environment: Environment, address: str) -> Row | None:
        """The session at the address."""
        return TriggerReference.find(self, db, environment, address)

    def retrieve(self, call: Call) -> Reply:
        with self.reading() as db:
            if self.find_exactly(db, self.reader(call).environment, self.address(call)) is None:
                raise self.not_found()
        return super().retrieve(call)


@mutant("retrieve.near-miss-is-not-found")
class AddressIgnoresCase(_Lookup):
    """An externalId is found in any case."""

    CONDITION = "external_id = ? COLLATE NOCASE"


@mutant("retrieve.near-miss-is-not-found")
class AddressMayBeABeginning(_Lookup):
    """A session is found by the beginning of its externalId."""

    CONDITION = "substr(external_id, 1, length(?2)) = ?2"


@mutant("retrieve.near-miss-is-not-found")
class AddressMayBeLonger(_Lookup):
    """A session is found by any text that begins with its externalId."""

    CONDITION = "substr(?2, 1, length(external_id)) = external_id"


@mutant("retrieve.near-miss-is-not-found")
class AddressIsAPattern(_Lookup):
    """The address is taken for a LIKE pattern."""

    CONDITION = "external_id LIKE ?"


@mutant("retrieve.near-miss-is-not-found")
class IdMayBeABeginning(_Lookup):
    """A session is found by the beginning of its id."""

    CONDITION = "substr(id, 1, length(?2)) = ?2 AND length(?2) > 20"


@mutant("update.near-miss-is-not-found")
class UpdateIgnoresCase(_LookupToUpdate):
    """An update finds an externalId in any case."""

    CONDITION = "external_id = ? COLLATE NOCASE"


@mutant("update.near-miss-is-not-found")
class UpdateTakesABareId(_LookupToUpdate):
    """An update finds a session by its id without the prefix."""

    CONDITION = "id = 'session_' || ?"


@mutant("close.near-miss-is-not-found")
class CloseTakesABeginning(_LookupToUpdate):
    """A close finds a session by the beginning of its externalId."""

    CONDITION = "substr(external_id, 1, length(?2)) = ?2"
    OPERATION = "close"


@mutant("close.near-miss-is-not-found")
class CloseTakesARunId(_LookupToUpdate):
    """A close finds a session by the id of its run."""

    CONDITION = "run_id = ?"
    OPERATION = "close"


@mutant("retrieve.other-field-is-no-address")
class RetrieveFindsByRunId(_Lookup):
    """A session is found by the id of its run."""

    CONDITION = "run_id = ?"


@mutant("retrieve.other-field-is-no-address")
class RetrieveFindsByBareId(_Lookup):
    """A session is found by its id without the prefix."""

    CONDITION = "id = 'session_' || ?"


@mutant("retrieve.other-field-is-no-address")
class RetrieveFindsByTag(_Lookup):
    """A session is found by one of its tags."""

    CONDITION = "EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)"


@mutant("retrieve.other-field-is-no-address")
class RetrieveFindsByTask(_Lookup):
    """The oldest session of a task is found by the task."""

    CONDITION = "task_identifier = ?"


@mutant("retrieve.session-prefix-is-id-only")
class PrefixIsPutBeforeExternalIds(_Lookup):
    """An address that is no id is tried again as an externalId without the prefix."""

    CONDITION = "'session_' || external_id = ?"


@mutant("retrieve.session-prefix-is-id-only")
class PrefixAnywhereMeansId(TriggerReference):
    """An address that holds session_ anywhere is taken for an id."""

    def is_id(self, address: str) -> bool:
        return "session_" in address
