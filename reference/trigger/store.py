"""The session rows in SQLite. Instants are milliseconds; JSON is kept as text, character for character."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from reference.application import Json
from reference.database import Database


@dataclass(frozen=True)
class Row:
    """One session."""

    id: str
    environment: str
    external_id: str | None
    type: str
    task_identifier: str
    trigger_config: dict[str, Json]
    run_id: str
    current_run_id: str | None
    tags: list[str]
    metadata: dict[str, Json] | None
    closed_at: int | None
    closed_reason: str | None
    expires_at: int | None
    created_at: int
    updated_at: int


COLUMNS = tuple(field.name for field in fields(Row))
JSON_COLUMNS = ("trigger_config", "tags", "metadata")


class Store:
    """Reads and writes rows. An externalId belongs to one row of an environment for good."""

    SCHEMA: tuple[str, ...] = (
        """CREATE TABLE IF NOT EXISTS sessions (
            id TEXT PRIMARY KEY, environment TEXT NOT NULL, external_id TEXT, type TEXT NOT NULL,
            task_identifier TEXT NOT NULL, trigger_config TEXT NOT NULL, run_id TEXT NOT NULL,
            current_run_id TEXT, tags TEXT NOT NULL, metadata TEXT, closed_at INTEGER, closed_reason TEXT,
            expires_at INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX IF NOT EXISTS sessions_by_external_id ON sessions (environment, external_id)",
        "CREATE INDEX IF NOT EXISTS sessions_by_creation ON sessions (environment, created_at, id)",
    )

    def __init__(self, database: Path) -> None:
        """Open or make the file; raises sqlite3.Error when it cannot be written."""
        self.database = Database(database, self.SCHEMA)

    def close(self) -> None:
        """Close the idle connections."""
        self.database.close()

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read one row with."""
        return self.database.connection()

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that nobody else writes in the middle of."""
        return self.database.writing()

    def row_by_id(self, db: Connection, environment: str, session_id: str) -> Row | None:
        """The environment's session of this id."""
        found = db.execute(
            "SELECT * FROM sessions WHERE id = ? AND environment = ?", (session_id, environment)
        )
        return self.first_row(found.fetchone())

    def row_by_external_id(self, db: Connection, environment: str, external_id: str) -> Row | None:
        """The environment's session of this very externalId, character for character."""
        found = db.execute(
            "SELECT * FROM sessions WHERE environment = ? AND external_id = ? ORDER BY created_at, id",
            (environment, external_id),
        )
        return self.first_row(found.fetchone())

    def insert_row(self, db: Connection, row: Row) -> None:
        """Write a new row."""
        db.execute("INSERT INTO sessions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", self.columns(row))

    def save_row(self, db: Connection, row: Row) -> None:
        """Write an existing row in full."""
        db.execute("REPLACE INTO sessions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", self.columns(row))

    def columns(self, row: Row) -> tuple[Any, ...]:
        """The row as SQLite keeps it, in the order of the columns."""
        return tuple(self.column(name, getattr(row, name)) for name in COLUMNS)

    def column(self, name: str, value: Any) -> Any:
        """One member of a row as SQLite keeps it: JSON as text, null as NULL."""
        return self.json_text(value) if name in JSON_COLUMNS and value is not None else value

    def json_text(self, value: Json) -> str:
        """A JSON value as text; 1, 1.0 and true stay apart."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def first_row(self, columns: tuple[Any, ...] | None) -> Row | None:
        """The row of a result, if there is one."""
        if columns is None:
            return None
        values = dict(zip(COLUMNS, columns, strict=True))
        for name in JSON_COLUMNS:
            values[name] = None if values[name] is None else json.loads(values[name])
        return Row(**values)
