"""Mutants of the Trigger.dev sessions reference, by theme."""

import secrets
from pathlib import Path

from reference.trigger import TriggerReference

ENVIRONMENTS = {"env_main": "TRIGGER_SECRET_KEY", "env_other": "TRIGGER_OTHER_SECRET_KEY"}


def build(server: type[TriggerReference], database: Path) -> tuple[TriggerReference, dict[str, str]]:
    """An instance with keys of its own, and the environment in which the kit finds them."""
    keys = {name: f"tr_dev_{secrets.token_hex(12)}" for name in ENVIRONMENTS}
    return server(database, keys), {variable: keys[name] for name, variable in ENVIRONMENTS.items()}
