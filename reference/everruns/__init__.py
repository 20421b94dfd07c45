"""The everruns contract: update a session, and what a client needs around that."""

from collections.abc import Mapping
from pathlib import Path

from reference.everruns.operations import Change, EverrunsReference
from reference.everruns.store import Row

__all__ = ["Change", "EverrunsReference", "Row", "from_environment"]

KEY = "EVERRUNS_API_KEY"


def from_environment(database: Path, environ: Mapping[str, str]) -> tuple[EverrunsReference, list[str]]:
    """The server with the key of the environment; without one it asks for none.

    Raises ValueError when a key cannot be one, sqlite3.Error when the database cannot be written.
    """
    key = environ.get(KEY) or None
    if key and (not key.isascii() or not key.isprintable() or " " in key):
        raise ValueError(f"{KEY} must be visible ASCII characters without spaces")
    made = [] if key else [f"{KEY} is not set, so nobody is asked for a key."]
    return EverrunsReference(database, key), made
