"""Request bodies: good ones, and the same with one part changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tck.checking import encoded, weeks_ahead
from tck.run import Run

FAR_FUTURE = "2098-12-31T23:59:58.000Z"
"""An expiresAt that some servers take for too far away; the week of the day is the first one of 2099."""
ELEVEN_TAGS = [f"tag-{number}" for number in range(1, 12)]
"""One tag too many, however a server counts: no two are equal."""
OMITTED: Any = object()
"""Stands for a member that is left out."""
NAMED = ("machine", "queue", "region", "lockToVersion")
"""Members of triggerConfig that name something of the target."""
ID_PREFIX = "session_"
"""What ids begin with, and no externalId."""
LONGEST_NAME = 256
"""Characters of an externalId."""
Body = dict[str, Any]


@dataclass(frozen=True)
class Bodies:
    """Makes create bodies whose externalId and tag are the run's own."""

    run: Run

    def new_name(self) -> str:
        """An externalId that no other session has."""
        return self.run.new_name()

    def minimal(self, **changes: Any) -> Body:
        """The required members, an externalId and the run's tag, changed; OMITTED drops a member."""
        body = {
            "type": "chat.agent",
            "taskIdentifier": self.run.options.own["task_identifier"],
            "externalId": self.new_name(),
            "tags": [self.run.tag],
            "triggerConfig": {"basePayload": {}},
        }
        return changed(body, **changes)

    def complete(self, **changes: Any) -> Body:
        """Every documented member that needs nothing of the target, well inside its limits."""
        full = {
            "tags": [self.run.tag, "first", "second"],
            "metadata": {"kept": {"deep": [1, 2]}, "flag": False},
            "expiresAt": weeks_ahead(),
            "triggerConfig": {
                "basePayload": {"chatId": "c-1", "nested": {"list": [True, None]}},
                "tags": ["trigger-tag"],
                "maxAttempts": 3,
                "maxDuration": 300,
                "idleTimeoutInSeconds": 60,
            },
        }
        return changed(self.minimal(**full), **changes)


def changed(body: Body, **changes: Any) -> Body:
    """The body with these members changed; OMITTED drops one."""
    return {key: value for key, value in {**body, **changes}.items() if value is not OMITTED}


def with_trigger(body: Body, **changes: Any) -> Body:
    """The body with these members of its triggerConfig changed; OMITTED drops one."""
    return {**body, "triggerConfig": changed(body["triggerConfig"], **changes)}


def names_something(body: Mapping[str, Any]) -> bool:
    """Whether a create body names something in triggerConfig that the target may lack."""
    config = body.get("triggerConfig")
    return isinstance(config, dict) and any(isinstance(config.get(name), str) for name in NAMED)


def padded_to(size: int, body: Body, *path: str, character: str = "x") -> bytes:
    """The body as exactly `size` bytes of JSON: the string at `path` is filled with the character, then x."""
    empty = _placed(body, path, "")
    room = size - len(encoded(empty))
    wide = len(character.encode())
    filling = character * (room // wide) + "x" * (room % wide)
    raw = encoded(_placed(body, path, filling))
    assert len(raw) == size, f"a body of {len(raw)} bytes was made instead of {size}"
    return raw


def _placed(body: Body, path: tuple[str, ...], text: str) -> Body:
    first, *rest = path
    return {**body, first: _placed(body.get(first, {}), tuple(rest), text) if rest else text}
