"""Servers that let one environment reach into another."""

from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment, Reader


class _CrossingLookup(TriggerReference):
    """Some lookups do not ask for the environment."""

    OPERATION = "retrieve"

    def crosses(self, address: str) -> bool:
        """Whether a lookup of this address goes through all environments."""
        return True

    def find_everywhere(self, db: Connection, environment: Environment, address: str) -> Row | None:
        """The session at an address, at home before abroad."""
        abroad = [item for item in self.environments if item != environment and self.crosses(address)]
        found = (TriggerReference.find(self, db, item, address) for item in (environment, *abroad))
        return next((row for row in found if row), None)


class _CrossingRead(_CrossingLookup):
    """A retrieve with a secret key does not ask for the environment."""

    def reader(self, call: Call) -> Reader:
        reader = super().reader(call)
        if reader.scopes is not None:
            return reader
        with self.reading() as db:
            row = self.find_everywhere(db, reader.environment, self.address(call))
        owner = next((item for item in self.environments if row and item.id == row.environment), None)
        return Reader(owner, None) if owner else reader


@mutant("isolation.retrieve-crosses-no-environment")
class RetrieveByIdCrosses(_CrossingRead):
    """A retrieve by id finds sessions of all environments."""

    def crosses(self, address: str) -> bool:
        return self.is_id(address)


@mutant("isolation.retrieve-crosses-no-environment")
class RetrieveByExternalIdCrosses(_CrossingRead):
    """A retrieve by externalId finds sessions of all environments."""

    def crosses(self, address: str) -> bool:
        return not self.is_id(address)


@mutant("isolation.retrieve-crosses-no-environment")
class FirstEnvironmentIsAdministrator(_CrossingRead):
    """The key of the first environment retrieves the sessions of all."""

    def find_everywhere(self, db: Connection, environment: Environment, address: str) -> Row | None:
        if environment != self.environments[0]:
            return TriggerReference.find(self, db, environment, address)
        return super().find_everywhere(db, environment, address)


class _CrossingWrite(_CrossingLookup):
    """A write does not ask for the environment."""

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        if call.operation != self.OPERATION:
            return super().find_to_change(db, environment, call)
        row = self.find_everywhere(db, environment, self.address(call))
        if row is None:
            raise self.not_found()
        return row


@mutant("isolation.update-crosses-no-environment")
class UpdateByIdCrosses(_CrossingWrite):
    """An update by id finds sessions of all environments."""

    OPERATION = "update"

    def crosses(self, address: str) -> bool:
        return self.is_id(address)


@mutant("isolation.update-crosses-no-environment")
class UpdateByExternalIdCrosses(_CrossingWrite):
    """An update by externalId finds sessions of all environments."""

    OPERATION = "update"

    def crosses(self, address: str) -> bool:
        return not self.is_id(address)


@mutant("isolation.close-crosses-no-environment")
class CloseByIdCrosses(_CrossingWrite):
    """A close by id finds sessions of all environments."""

    OPERATION = "close"

    def crosses(self, address: str) -> bool:
        return self.is_id(address)


@mutant("isolation.close-crosses-no-environment")
class CloseByExternalIdCrosses(_CrossingWrite):
    """A close by externalId finds sessions of all environments."""

    OPERATION = "close"

    def crosses(self, address: str) -> bool:
        return not self.is_id(address)


class _SharedNames(TriggerReference):
    """A create looks for the externalId in all environments."""

    def existing_row(self, db: Connection, environment: Environment, fields: Any) -> Row | None:
        own = super().existing_row(db, environment, fields)
        abroad = (super(_SharedNames, self).existing_row(db, item, fields) for item in self.environments)
        return own or next((row for row in abroad if row and self.counts(row)), None)

    def counts(self, row: Row) -> bool:
        """Whether a session of another environment takes the name."""
        return True


@mutant("isolation.external-id-is-unique-per-environment")
class OpenNameIsTakenEverywhere(_SharedNames):
    """A create finds the open session that another environment has under the externalId."""

    def counts(self, row: Row) -> bool:
        return not self.is_closed(row)


@mutant("isolation.external-id-is-unique-per-environment")
class ClosedNameIsTakenEverywhere(_SharedNames):
    """A create is refused when another environment has closed a session of the externalId."""

    def counts(self, row: Row) -> bool:
        return self.is_closed(row)


@mutant("isolation.external-id-is-unique-per-environment")
class CloseEndsNamesakes(TriggerReference):
    """A close ends the sessions of the same externalId in all environments."""

    def close_first(self, db: Connection, change: Change) -> Row:
        for environment in self.environments if change.row.external_id else ():
            row = self.row_by_external_id(db, environment.id, str(change.row.external_id))
            if row and row.id != change.row.id and not self.is_closed(row):
                super().close_first(db, Change(change.call, environment, row, change.fields))
        return super().close_first(db, change)
