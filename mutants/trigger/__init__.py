"""Mutants of the Trigger.dev sessions reference, by theme."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from reference.trigger import TriggerReference

ENVIRONMENTS = {"env_main": "TRIGGER_SECRET_KEY", "env_other": "TRIGGER_OTHER_SECRET_KEY"}


OPTIONS = ("--machine=small-1x", "--lock-to-version=20240523.1")
"""What the operator of each server says of it: the names of the pages' examples exist there."""


def build(
    server: type[TriggerReference], database: Path, known: Mapping[str, str] | None = None
) -> tuple[TriggerReference, dict[str, str]]:
    """An instance with keys of its own or known ones, and the environment in which the kit finds them."""
    made = {variable: f"tr_dev_{secrets.token_hex(12)}" for variable in ENVIRONMENTS.values()}
    given = {**made, **(known or {})}
    return server(database, {name: given[variable] for name, variable in ENVIRONMENTS.items()}), given
