"""The four operations on sessions: create, retrieve, update and close."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection
from urllib.parse import unquote_to_bytes

from reference.application import Application, Call, Json, Operation, Reply
from reference.trigger.access import Environment
from reference.trigger.fields import Fields
from reference.trigger.store import Row, Store
from reference.trigger.views import Views


@dataclass(frozen=True)
class Change:
    """One write to an existing session: who asks, the row as it was, and the checked members of the body."""

    call: Call
    environment: Environment
    row: Row
    fields: Mapping[str, Json]


class SessionOperations(Store, Fields, Views, Application):
    """The operations on sessions, from a database file and the secret key of each environment by its id."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        Store.__init__(self, database)
        Views.__init__(self, keys)

    def operations(self) -> Sequence[Operation]:
        """The four operations."""
        return (
            Operation("create", "POST", "/api/v1/sessions", self.create),
            Operation("retrieve", "GET", "/api/v1/sessions/{session}", self.retrieve),
            Operation("update", "PATCH", "/api/v1/sessions/{session}", self.update),
            Operation("close", "POST", "/api/v1/sessions/{session}/close", self.close_session),
        )

    # Addresses

    def address(self, call: Call) -> str:
        """The address of a call, percent-decoded exactly once; plus is plus."""
        try:
            return self.decode_address(call.address)
        except UnicodeDecodeError:
            raise self.not_found() from None

    def decode_address(self, raw: str) -> str:
        """Percent-decode as UTF-8; raises UnicodeDecodeError."""
        return unquote_to_bytes(raw).decode()

    def is_id(self, address: str) -> bool:
        """An address that begins with session_ is an id and nothing else."""
        return address.startswith("session_")

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        """The environment's session at an address: by id or by externalId, never by both."""
        if self.is_id(address):
            return self.row_by_id(db, environment.id, address)
        return self.row_by_external_id(db, environment.id, address)

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        """The session that an update or a close names."""
        row = self.find(db, environment, self.address(call))
        if row is None:
            raise self.not_found()
        return row

    # Create

    def create(self, call: Call) -> Reply:
        """Make a session, or find the open one that has the externalId."""
        environment = self.environment_to_create(call)
        fields = self.check_create(self.create_object(call))
        with self.writing() as db:
            existing = self.existing_row(db, environment, fields)
            if existing is None:
                row = self.new_row(environment, fields)
                self.insert_row(db, row)
            else:
                self.check_not_ended(existing)
                row = self.reuse_row(db, Change(call, environment, existing, fields))
        if existing is None:
            return self.created_reply(environment, row)
        return self.cached_reply(environment, row)

    def create_object(self, call: Call) -> dict[str, Json]:
        """The body of a create."""
        return self.read_object(call, self.BODY_BYTES)

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        """The session that has the externalId already; without one there is none."""
        external_id = fields.get("externalId")
        return None if external_id is None else self.row_by_external_id(db, environment.id, external_id)

    def check_not_ended(self, row: Row) -> None:
        """The externalId of a closed or expired session cannot be used again."""
        if self.is_closed(row):
            raise self.closed_conflict()
        if self.is_expired(row):
            raise self.expired_conflict()

    def is_closed(self, row: Row) -> bool:
        """Closed is closed for good."""
        return row.closed_at is not None

    def is_expired(self, row: Row) -> bool:
        """The deadline is the first instant at which the session has expired."""
        return row.expires_at is not None and row.expires_at <= self.now()

    def reuse_row(self, db: Connection, change: Change) -> Row:  # noqa: ARG002 - for subclasses
        """A create that finds an open session changes nothing of it."""
        return change.row

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        """The row of a new session and its first run."""
        now = self.now()
        run_id = self.new_run_id()
        return Row(
            id=self.new_session_id(),
            environment=environment.id,
            external_id=fields.get("externalId"),
            type=fields["type"],
            task_identifier=fields["taskIdentifier"],
            trigger_config=fields["triggerConfig"],
            run_id=run_id,
            current_run_id=run_id,
            tags=fields.get("tags", []),
            metadata=fields.get("metadata"),
            closed_at=None,
            closed_reason=None,
            expires_at=fields.get("expiresAt"),
            created_at=now,
            updated_at=now,
        )

    def new_session_id(self) -> str:
        """A session id that was never used."""
        return f"session_{secrets.token_hex(12)}"

    def new_run_id(self) -> str:
        """A run id that was never used."""
        return f"run_{secrets.token_hex(12)}"

    # Retrieve

    def retrieve(self, call: Call) -> Reply:
        """Show a session; nothing is written."""
        reader = self.reader(call)
        address = self.address(call)
        with self.reading() as db:
            row = self.find(db, reader.environment, address)
        if row is None:
            raise self.not_found() if self.may_read_address(reader, address) else self.scope_lacking()
        if not self.may_read_row(reader, row):
            raise self.scope_lacking()
        return self.retrieved_reply(row)

    # Update

    def update(self, call: Call) -> Reply:
        """Replace what the body names; a closed session may be updated, too."""
        environment = self.environment_to_update(call)
        fields = self.check_update(self.update_object(call))
        with self.writing() as db:
            row = self.find_to_change(db, environment, call)
            row = self.apply_update(db, Change(call, environment, row, fields))
        return self.updated_reply(row)

    def update_object(self, call: Call) -> dict[str, Json]:
        """The body of an update."""
        return self.read_object(call, self.BODY_BYTES)

    def apply_update(self, db: Connection, change: Change) -> Row:
        """All of an update or, when it is refused, nothing."""
        self.check_external_id_kept(change)
        row = self.updated_row(change)
        if self.columns(row) == self.columns(change.row):
            return self.unchanged_row(change)
        row = self.touched(row)
        self.save_row(db, row)
        return row

    def check_external_id_kept(self, change: Change) -> None:
        """An externalId that is named must be the session's own; null where it has none."""
        if "externalId" in change.fields and not self.same_external_id(
            change.row.external_id, change.fields["externalId"]
        ):
            raise self.external_id_differs()

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        """Whether two externalIds are the same, character for character."""
        return own == named

    def updated_row(self, change: Change) -> Row:
        """The row with what the body names; all else stays."""
        return replace(change.row, tags=self.updated_tags(change), metadata=self.updated_metadata(change))

    def updated_tags(self, change: Change) -> list[str]:
        """Tags replace all earlier ones; left out, they stay."""
        tags: list[str] = change.fields.get("tags", change.row.tags)
        return tags

    def updated_metadata(self, change: Change) -> dict[str, Json] | None:
        """Metadata replaces the earlier one, null clears it; left out, it stays."""
        metadata: dict[str, Json] | None = change.fields.get("metadata", change.row.metadata)
        return metadata

    def unchanged_row(self, change: Change) -> Row:
        """An update that changes nothing does not move updatedAt."""
        return change.row

    def touched(self, row: Row) -> Row:
        """The row with an updatedAt that is later than its last one."""
        return replace(row, updated_at=max(self.now(), row.updated_at + 1))

    # Close

    def close_session(self, call: Call) -> Reply:
        """Close a session for good; closing it again changes nothing."""
        environment = self.environment_to_close(call)
        fields = self.check_close(self.close_object(call))
        with self.writing() as db:
            change = Change(call, environment, self.find_to_change(db, environment, call), fields)
            row = self.close_again(db, change) if self.is_closed(change.row) else self.close_first(db, change)
        return self.closed_reply(row)

    def close_object(self, call: Call) -> dict[str, Json]:
        """The body of a close; it may be left out."""
        return self.read_optional_object(call, self.CLOSE_BODY_BYTES)

    def close_first(self, db: Connection, change: Change) -> Row:
        """The close that counts."""
        row = self.touched(self.closed_row(change))
        self.save_row(db, row)
        return row

    def closed_row(self, change: Change) -> Row:
        """The row with the instant of the close and the reason, if one was sent."""
        return replace(change.row, closed_at=self.now(), closed_reason=change.fields.get("reason"))

    def close_again(self, db: Connection, change: Change) -> Row:  # noqa: ARG002 - for subclasses
        """Every later close returns the row as it is."""
        return change.row
