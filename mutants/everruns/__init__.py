"""Mutants of the Everruns sessions reference, by theme."""

import secrets
from pathlib import Path

from reference.everruns import KEY, EverrunsReference


def build(server: type[EverrunsReference], database: Path) -> tuple[EverrunsReference, dict[str, str]]:
    """An instance with a key of its own, and the environment in which the kit finds it."""
    key = f"evr_{secrets.token_hex(32)}"
    return server(database, key), {KEY: key}
