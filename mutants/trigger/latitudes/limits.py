"""Latitudes: servers whose JSON, database or router cannot carry everything that may be said."""

import json
from collections.abc import Callable, Mapping
from sqlite3 import Connection

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment

BROKEN = Reply(500, {"error": "Something went wrong."})


VERSION = "20240523.1"
"""The version of the task that is deployed, as the options of trials name it."""


@latitude
class StoresNoNul(TriggerReference):
    """NUL, half a surrogate pair or a number out of range in a body or an address is a server error."""

    def create(self, call: Call) -> Reply:
        return _unless_sent(super().create, call)

    def retrieve(self, call: Call) -> Reply:
        return BROKEN if "%00" in call.path else super().retrieve(call)

    def update(self, call: Call) -> Reply:
        return _unless_sent(super().update, call)

    def close_session(self, call: Call) -> Reply:
        return _unless_sent(super().close_session, call)


@latitude
class ShowsNoHalfPairs(TriggerReference):
    """A row that holds half a surrogate pair or deep nesting is stored, and can then not be shown."""

    def create(self, call: Call) -> Reply:
        return _unless_shown(super().create(call))

    def retrieve(self, call: Call) -> Reply:
        return _unless_shown(super().retrieve(call))

    def update(self, call: Call) -> Reply:
        return _unless_shown(super().update(call))

    def close_session(self, call: Call) -> Reply:
        return _unless_shown(super().close_session(call))


@latitude
class RoutesDecodedPaths(TriggerReference):
    """Paths are decoded before they are routed, so that an externalId with a slash is never found."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        return None if "/" in address else super().find(db, environment, address)


@latitude
class DecodesSlashesTwice(TriggerReference):
    """The proxy in front decodes %2F once more, so that an externalId with that text is never found."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        return super().find(db, environment, address.replace("%2F", "/"))


@latitude
class UnknownNamesBreakIt(TriggerReference):
    """A create that names a region, a version, a queue or a task which the environment lacks breaks it."""

    ALONE = "refusals"

    def new_row(self, environment: Environment, fields: Mapping[str, Json]) -> Row:
        config = fields["triggerConfig"]
        unknown = {"region", "queue"} & config.keys() or config.get("lockToVersion", VERSION) != VERSION
        if fields["taskIdentifier"] != "my-chat" or unknown:
            raise LookupError("there is no such thing")
        return super().new_row(environment, fields)


def _unless_sent(rule: Callable[[Call], Reply], call: Call) -> Reply:
    return rule(call) if _can_be_stored(call.body) else BROKEN


def _can_be_stored(body: bytes) -> bool:
    try:
        value = json.loads(body, parse_constant=_no_json)
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        return False
    except (ValueError, RecursionError) as problem:
        return "JSON compliant" not in str(problem)
    return "\\u0000" not in text.replace("\\\\", "")


def _no_json(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _unless_shown(reply: Reply) -> Reply:
    return reply if _is_plain(reply.body) else BROKEN


def _is_plain(body: Json) -> bool:
    try:
        text = json.dumps(body, ensure_ascii=False)
        text.encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return "[" * 100 not in text
