"""The update of the everruns contract, and the operations that a client needs around it."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection
from urllib.parse import parse_qs, unquote_to_bytes

from starlette.responses import Response

from reference.application import Application, Call, Json, Operation, Reply
from reference.everruns.store import Row, Store
from reference.everruns.views import Views

NO_CONTENT = 204
LONGEST_PAGE = 100


@dataclass(frozen=True)
class Change:
    """One update: the call, the row as it was, and the checked members of the body that count."""

    call: Call
    row: Row
    fields: Mapping[str, Json]


class EverrunsReference(Store, Views, Application):
    """The everruns sessions API, from a database file and the key that it asks for (None: no key)."""

    ORGANIZATION = f"org_{1:032x}"
    HARNESS = f"harness_{2:032x}"

    def __init__(self, database: Path, key: str | None) -> None:
        Store.__init__(self, database)
        Views.__init__(self, key)

    def operations(self) -> Sequence[Operation]:
        """The update, and what makes, shows and removes sessions."""
        return (
            Operation("list", "GET", "/v1/sessions", self.list_sessions),
            Operation("create", "POST", "/v1/sessions", self.create),
            Operation("read", "GET", "/v1/sessions/{session}", self.read),
            Operation("update", "PATCH", "/v1/sessions/{session}", self.update),
            Operation("delete", "DELETE", "/v1/sessions/{session}", self.delete),
        )

    def respond(self, reply: Reply) -> Response:
        """The rendered reply; 204 has no body."""
        if reply.status == NO_CONTENT:
            return Response(status_code=NO_CONTENT, headers=dict(reply.headers))
        return super().respond(reply)

    def now(self) -> int:
        """The server's clock, in milliseconds."""
        return time.time_ns() // 1_000_000

    # Addresses

    def address(self, call: Call) -> str:
        """The id that a call names, percent-decoded once."""
        return self.check_id(self.decode_address(call.address))

    def decode_address(self, raw: str) -> str:
        """Percent-decode as UTF-8; what is not UTF-8 cannot be an id."""
        return unquote_to_bytes(raw).decode("utf-8", "replace")

    def find(self, db: Connection, session_id: str) -> Row:
        """The session of an id; raises the refusal where there is none."""
        row = self.row_by_id(db, session_id)
        if row is None:
            raise self.not_found()
        return row

    # Around the update

    def create(self, call: Call) -> Reply:
        """Make a session."""
        self.check_access(call)
        row = self.new_row(self.check_create(self.read_object(call, self.BODY_BYTES)))
        with self.writing() as db:
            self.insert_row(db, row)
        return self.created_reply(row)

    def new_row(self, fields: Mapping[str, Json]) -> Row:
        """The row of a new session."""
        now = self.now()
        return Row(
            id=self.new_session_id(),
            organization_id=self.ORGANIZATION,
            harness_id=fields.get("harness_id") or self.HARNESS,
            agent_id=fields.get("agent_id"),
            model_id=fields.get("model_id"),
            title=fields.get("title"),
            tags=fields.get("tags") or [],
            status="started",
            capabilities=fields.get("capabilities") or [],
            tools=fields.get("tools") or [],
            created_at=now,
            updated_at=now,
        )

    def new_session_id(self) -> str:
        """An id that was never used."""
        return f"session_{secrets.token_hex(16)}"

    def read(self, call: Call) -> Reply:
        """Show a session."""
        self.check_access(call)
        with self.reading() as db:
            return self.read_reply(self.find(db, self.address(call)))

    def list_sessions(self, call: Call) -> Reply:
        """Show a page of sessions."""
        self.check_access(call)
        asked = {name: values[-1] for name, values in parse_qs(call.query).items()}
        with self.reading() as db:
            rows = [row for row in self.rows(db) if asked.get("agent_id") in {None, row.agent_id}]
        offset, limit = (_number(asked.get(name), usual) for name, usual in (("offset", 0), ("limit", 20)))
        return self.list_reply(rows, offset, min(limit, LONGEST_PAGE))

    def delete(self, call: Call) -> Reply:
        """Remove a session for good."""
        self.check_access(call)
        with self.writing() as db:
            self.delete_row(db, self.find(db, self.address(call)).id)
        return self.deleted_reply()

    # The update

    def update(self, call: Call) -> Reply:
        """Change what the body names."""
        self.check_access_to_update(call)
        session_id = self.address_to_update(call)
        fields = self.check_update(self.update_object(call))
        with self.writing() as db:
            row = self.apply_update(db, Change(call, self.find_to_update(db, session_id), fields))
        return self.updated_reply(row)

    def address_to_update(self, call: Call) -> str:
        """The id that an update names."""
        return self.address(call)

    def find_to_update(self, db: Connection, session_id: str) -> Row:
        """The session that an update names."""
        return self.find(db, session_id)

    def update_object(self, call: Call) -> dict[str, Json]:
        """The body of an update."""
        return self.read_object(call, self.BODY_BYTES)

    def apply_update(self, db: Connection, change: Change) -> Row:
        """Write the row with its changes."""
        row = self.touched(self.updated_row(change), change)
        self.save_row(db, row)
        return row

    def updated_row(self, change: Change) -> Row:
        """The row with what the body names; all else stays."""
        return replace(change.row, title=self.updated_title(change), tags=self.updated_tags(change))

    def updated_title(self, change: Change) -> str | None:
        """A title that is sent is the new one; left out, the old one stays."""
        title: str | None = change.fields.get("title", change.row.title)
        return title

    def updated_tags(self, change: Change) -> list[str]:
        """Tags that are sent replace all earlier ones; left out, they stay."""
        tags: list[str] = change.fields.get("tags", change.row.tags)
        return tags

    def touched(self, row: Row, change: Change) -> Row:
        """The row with an updated_at that is later than its last one, whatever the update named."""
        return replace(row, updated_at=max(self.now(), change.row.updated_at + 1))


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else usual
