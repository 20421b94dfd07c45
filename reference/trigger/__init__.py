"""The trigger contract: create, list, retrieve, update and close sessions, and their two channels."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from reference.trigger.channels import ChannelOperations, framing_in
from reference.trigger.listing import ListOperations
from reference.trigger.operations import Change
from reference.trigger.store import Row

__all__ = ["Change", "Row", "TriggerReference", "from_environment"]

KEYS = {"env_main": "TRIGGER_SECRET_KEY", "env_other": "TRIGGER_OTHER_SECRET_KEY"}


class TriggerReference(ChannelOperations, ListOperations):
    """The whole sessions API; `FRAMING` is how it frames records for subscribers."""


def from_environment(database: Path, environ: Mapping[str, str]) -> tuple[TriggerReference, list[str]]:
    """The server with the keys of the environment; made-up ones are returned as `NAME=value` lines.

    Raises ValueError when a key cannot be one, sqlite3.Error when the database cannot be written.
    """
    keys = {name: environ.get(name) or f"tr_dev_{secrets.token_hex(16)}" for name in KEYS.values()}
    for name, key in keys.items():
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError(f"{name} must be visible ASCII characters without spaces")
    if len(set(keys.values())) < len(keys):
        raise ValueError(f"{' and '.join(keys)} must differ")
    made = [f"{name}={key}" for name, key in keys.items() if not environ.get(name)]
    server = TriggerReference(database, {environment: keys[name] for environment, name in KEYS.items()})
    server.FRAMING = framing_in(environ)
    return server, made
