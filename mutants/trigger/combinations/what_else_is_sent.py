"""Mutants: a body sets what its page does not name."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Json
from reference.instants import parse_instant
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

WHOLE = ""
"""Where the whole body is kept beside its members; no member has this name."""


class _KeepsTheWholeBody(TriggerReference):
    """Knows all that was sent, also what no page names."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        return {**super().check_create(body), WHOLE: body}

    def check_close(self, body: dict[str, Json]) -> dict[str, Json]:
        return {**super().check_close(body), WHOLE: body}


def _instant(sent: Any) -> int | None:
    with suppress(ValueError, TypeError):
        return parse_instant(sent)
    return None


@mutant("create.other-names-set-nothing")
class CreateTakesItsTimeFromTheBody(_KeepsTheWholeBody):
    """A create takes over a createdAt."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row = super().new_row(environment, fields)
        return replace(row, created_at=_instant(fields[WHOLE].get("createdAt")) or row.created_at)


@mutant("create.other-names-set-nothing")
class CreateTakesItsRunFromTheBody(_KeepsTheWholeBody):
    """A create takes over a runId."""

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        row, sent = super().new_row(environment, fields), fields[WHOLE].get("runId")
        return replace(row, run_id=sent) if isinstance(sent, str) else row


@mutant("create.session-ids-are-unique")
class CreateFindsTheIdOfItsBody(_KeepsTheWholeBody):
    """A create that names the id of a session finds that one, whatever its externalId."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        sent = fields[WHOLE].get("id")
        found = self.row_by_id(db, environment.id, sent) if isinstance(sent, str) else None
        return found or super().existing_row(db, environment, fields)


@mutant("close.closed-at-is-time-of-close")
class CloseTakesItsTimeFromTheBody(_KeepsTheWholeBody):
    """A close takes over a closedAt."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_at=_instant(change.fields[WHOLE].get("closedAt")) or row.closed_at)


@mutant("close.other-names-set-nothing")
class CloseWritesMetadata(_KeepsTheWholeBody):
    """A close takes over metadata."""

    def closed_row(self, change: Change) -> Row:
        row, sent = super().closed_row(change), change.fields[WHOLE].get("metadata")
        return replace(row, metadata=sent) if isinstance(sent, dict) else row
