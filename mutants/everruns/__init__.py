"""Mutants of the Everruns sessions reference, by theme."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from reference.everruns import KEY, EverrunsReference


def build(
    server: type[EverrunsReference], database: Path, known: Mapping[str, str] | None = None
) -> tuple[EverrunsReference, dict[str, str]]:
    """An instance with a key of its own or a known one, and the environment in which the kit finds it."""
    given = {KEY: f"evr_{secrets.token_hex(32)}", **(known or {})}
    return server(database, given[KEY]), given
