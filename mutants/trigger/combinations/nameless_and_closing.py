"""Mutants: sessions without an externalId are open to others, and closes miss names of a form."""

import re
from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from mutants.trigger.values.written_types import turned
from reference.application import Call, Json, Reply
from reference.refusals import Path
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Reader


@mutant("isolation.retrieve-crosses-no-environment")
class NamelessSessionsAreSeenFromAbroad(TriggerReference):
    """A session without an externalId is found by its id from every environment."""

    def row_by_id(self, db: Connection, environment: str, session_id: str) -> Row | None:
        found = db.execute("SELECT * FROM sessions WHERE id = ?", (session_id,))
        row = self.first_row(found.fetchone())
        nameless = row is not None and row.external_id is None
        return row if nameless or (row and row.environment == environment) else None


@mutant("credentials.none-answers-401")
class NamelessSessionsNeedNoKey(TriggerReference):
    """A session without an externalId is shown to whoever knows its id."""

    def reader(self, call: Call) -> Reader:
        home = self.environments[0]
        with self.reading() as db:
            row = self.row_by_id(db, home.id, self.address(call))
        nameless = row is not None and row.external_id is None
        return Reader(home, None) if nameless and not self.credential(call) else super().reader(call)


@mutant("close.encoded-external-id-found")
class CloseFindsNoMailAddresses(TriggerReference):
    """A close by an externalId that is an e-mail address finds nothing."""

    def close_session(self, call: Call) -> Reply:
        reply = super().close_session(call)
        if re.fullmatch(r"[\w.+-]+@[\w.]+\.com", self.address(call)):
            raise self.not_found()
        return reply


@mutant("create.returns-tags-as-sent")
class EmptyTagsAreThoseOfTheRuns(TriggerReference):
    """A create with an empty list of tags takes those of its triggerConfig."""

    def new_row(self, environment: Any, fields: Mapping[str, Json]) -> Row:
        taken = (
            fields["triggerConfig"].get("tags", []) if fields.get("tags") == [] else fields.get("tags", [])
        )
        return super().new_row(environment, {**fields, "tags": taken})


@mutant("create.values-keep-metadata")
class FractionsHaveSixteenDigits(TriggerReference):
    """Fractions in metadata are kept with sixteen digits."""

    def check_metadata(self, value: Json, path: Path) -> Json:
        return turned(super().check_metadata(value, path), of_sixteen_digits)


def of_sixteen_digits(value: Any) -> Any:
    """A fraction with no more than sixteen digits."""
    return float(f"{value:.16g}") if isinstance(value, float) else value
