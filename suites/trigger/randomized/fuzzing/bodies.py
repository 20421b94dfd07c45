"""Generated bodies made fit to send: with names of the run, and with none that the target may lack."""

from collections.abc import Mapping
from typing import Any

from suites.trigger.support.bodies import NAMED
from tck.checking import is_date_time
from tck.randomized.fuzzing import Schema, unambiguous, violations

NEW = "(a new name)"
"""Stands in a body for a name that no session has."""
OWN = "(its own name)"
"""Stands in a body for the externalId of the session that the place names."""
RESERVED = "session_"
EXAMPLES: Mapping[str, str] = {"machine": "small-1x", "lockToVersion": "20240523.1"}
"""What the pages name as examples; the target need not have it."""
NAME_LENGTH = 40
"""Characters of every name that stands for one of these."""
STAND_IN = "n" * NAME_LENGTH


def filled(body: bytes | None, new: str, own: str) -> bytes | None:
    """The body with the names of the run in it."""
    return (
        None if body is None else body.replace(NEW.encode(), new.encode()).replace(OWN.encode(), own.encode())
    )


def existing_names(schema: Schema, body: dict[str, Any], task: str) -> dict[str, Any]:
    """A create body with the operator's task, the pages' examples of other names, and no exotic date."""
    rules = schema["properties"]
    changed = dict(body)
    if isinstance(body.get("expiresAt"), str) and is_date_time(body["expiresAt"]):
        changed["expiresAt"] = unambiguous(rules["expiresAt"], body["expiresAt"])
    if isinstance(body.get("taskIdentifier"), str) and not violations(
        rules["taskIdentifier"], body["taskIdentifier"]
    ):
        changed["taskIdentifier"] = task
    config = body.get("triggerConfig")
    if isinstance(config, dict):
        inner = rules["triggerConfig"]["properties"]
        invented = [
            n for n in NAMED if isinstance(config.get(n), str) and not violations(inner[n], config[n])
        ]
        kept = {name: item for name, item in config.items() if name not in invented}
        changed["triggerConfig"] = {**kept, **{name: EXAMPLES[name] for name in invented if name in EXAMPLES}}
    return changed


def prefixed(text: str) -> str:
    """A text for an externalId that begins with a new name of the run, as long as before if it can be."""
    if not text or NEW in text or OWN in text:
        return text
    if text.startswith(RESERVED):
        return f"{RESERVED}{NEW}{text[len(RESERVED) + NAME_LENGTH :]}"
    return f"{NEW}{text[NAME_LENGTH:]}"


def as_sent(value: Any) -> Any:
    """The body with names as long as those that will be sent."""
    given = value.get("externalId") if isinstance(value, dict) else None
    if not isinstance(given, str):
        return value
    return {**value, "externalId": given.replace(NEW, STAND_IN).replace(OWN, STAND_IN)}
