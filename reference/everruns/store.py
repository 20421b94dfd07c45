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
    organization_id: str
    harness_id: str
    agent_id: str | None
    model_id: str | None
    title: str | None
    tags: list[str]
    status: str
    capabilities: list[Json]
    tools: list[Json]
    created_at: int
    updated_at: int


COLUMNS = tuple(field.name for field in fields(Row))
JSON_COLUMNS = ("tags", "capabilities", "tools")
PLACES = ",".join("?" * len(COLUMNS))


class Store:
    """Reads and writes rows."""

    SCHEMA = (
        """CREATE TABLE IF NOT EXISTS sessions (
            id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, harness_id TEXT NOT NULL, agent_id TEXT,
            model_id TEXT, title TEXT, tags TEXT NOT NULL, status TEXT NOT NULL, capabilities TEXT NOT NULL,
            tools TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID""",
    )

    def __init__(self, database: Path) -> None:
        """Open or make the file; raises sqlite3.Error when it cannot be written."""
        self.database = Database(database, self.SCHEMA)

    def close(self) -> None:
        """Close the idle connections."""
        self.database.close()

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""
        return self.database.connection()

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that nobody else writes in the middle of."""
        return self.database.writing()

    def row_by_id(self, db: Connection, session_id: str) -> Row | None:
        """The session of this very id."""
        return self.first_row(db.execute("SELECT * FROM sessions WHERE id = ?", (session_id,)).fetchone())

    def rows(self, db: Connection) -> list[Row]:
        """Every session, the newest first."""
        found = db.execute("SELECT * FROM sessions ORDER BY created_at DESC, id DESC").fetchall()
        return [row for columns in found if (row := self.first_row(columns))]

    def insert_row(self, db: Connection, row: Row) -> None:
        """Write a new row."""
        db.execute(f"INSERT INTO sessions VALUES ({PLACES})", self.columns(row))  # noqa: S608 - question marks

    def save_row(self, db: Connection, row: Row) -> None:
        """Write an existing row in full."""
        db.execute(f"REPLACE INTO sessions VALUES ({PLACES})", self.columns(row))  # noqa: S608 - question marks

    def delete_row(self, db: Connection, session_id: str) -> None:
        """Take a row away."""
        db.execute("DELETE FROM sessions WHERE id = ?", (session_id,))

    def columns(self, row: Row) -> tuple[Any, ...]:
        """The row as SQLite keeps it, in the order of the columns."""
        return tuple(self.column(name, getattr(row, name)) for name in COLUMNS)

    def column(self, name: str, value: Any) -> Any:
        """One member of a row as SQLite keeps it: JSON as text."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if name in JSON_COLUMNS else value

    def first_row(self, columns: tuple[Any, ...] | None) -> Row | None:
        """The row of a result, if there is one."""
        if columns is None:
            return None
        values = dict(zip(COLUMNS, columns, strict=True))
        return Row(**{**values, **{name: json.loads(values[name]) for name in JSON_COLUMNS}})
