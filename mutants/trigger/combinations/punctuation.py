"""Mutants: externalIds that differ in their punctuation or their normal form are taken for one another."""

import re
from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any
from unicodedata import normalize

from mutants.catalogue import mutant
from reference.application import Json
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment, Reader


class _ComparesSlugs(TriggerReference):
    """ExternalIds are told apart by their letters and digits alone."""

    def named_alike(self, db: Connection, environment: str, name: str) -> Row | None:
        """The session whose externalId differs in hyphens, underscores, dots and blanks alone."""
        others = db.execute("SELECT external_id FROM sessions WHERE environment = ?", (environment,))
        alike = [other for [other] in others if other is not None and slug(other) == slug(name)]
        return self.row_by_external_id(db, environment, alike[0]) if alike else None


def slug(name: str) -> str:
    """The name with one hyphen for all punctuation in a row."""
    return re.sub(r"[-_. :]+", "-", name)


@mutant("create.similar-external-ids-are-different")
class CreateComparesSlugs(_ComparesSlugs):
    """A create finds the session whose externalId differs in hyphens, underscores, dots and blanks alone."""

    def existing_row(self, db: Connection, environment: Any, fields: Mapping[str, Json]) -> Row | None:
        row, name = super().existing_row(db, environment, fields), fields.get("externalId")
        return row if row or name is None else self.named_alike(db, environment.id, name)


@mutant("retrieve.near-miss-is-not-found")
class RetrieveComparesSlugs(_ComparesSlugs):
    """A retrieve finds the session whose externalId differs in hyphens, dots and the like alone."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        row = super().find(db, environment, address)
        return row if row or self.is_id(address) else self.named_alike(db, environment.id, address)


@mutant("tokens.other-session-not-retrievable")
class TokensReadOtherNormalForms(TriggerReference):
    """A token reads the session whose externalId is its key in another normal form."""

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        scopes = reader.scopes or ()
        composed = {normalize("NFC", scope) for scope in self.reading_scopes(row)}
        return super().may_read_row(reader, row) or not composed.isdisjoint(
            normalize("NFC", scope) for scope in scopes
        )


@mutant("tokens.write-scope-does-not-read")
class ScopesOfIdsAreOfAnyKind(TriggerReference):
    """A token reads the session whose id stands in any of its scopes, whatever the scope allows."""

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        named = {scope.rpartition(":")[2] for scope in reader.scopes or ()}
        return super().may_read_row(reader, row) or row.id in named
