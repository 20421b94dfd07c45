"""A SQLite file in WAL mode: connections lent to one thread at a time, and real transactions."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Database:
    """One database file. A connection never serves two threads at once; writers wait for one another."""

    def __init__(self, path: Path, schema: Sequence[str]) -> None:
        """Open or make the file; raises sqlite3.Error when it cannot be written."""
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._writer = threading.Lock()
        try:
            with self.connection() as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            with self.writing() as connection:
                for statement in schema:
                    connection.execute(statement)
        except sqlite3.Error:
            self.close()
            raise

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection in which every statement stands alone."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its start; undone when the block raises."""
        with self._writer, self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connections that nobody uses; a later use opens new ones."""
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection
