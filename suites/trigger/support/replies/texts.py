"""The texts in a reply's body: which are the caller's own, and which are tokens."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tck.checking import Broken, Mismatch, Reply, read_token, response_rules

JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*", re.ASCII)
TOKEN = "publicAccessToken"  # noqa: S105 - the member's name
STORED = frozenset(
    {"externalId", "type", "taskIdentifier", "tags", "metadata", "triggerConfig", "closedReason"}
)
"""Members of a row that show what callers have sent."""
READS_A_LOG = frozenset({"drainChannel", "subscribeChannel"})
AFTER_THE_ADDRESS = 5
"""Parts of a channel's path up to the address of the session."""


def shown_text(reply: Reply) -> str:
    """The body as sent and, where it has escapes, every string in it; with what an issued token says."""
    return "\n".join([response_rules.shown_text(reply), *_issued_claims(reply)])


def of_the_server(reply: Reply) -> str:
    """The body without what callers sent, what tasks write to `out`, and the token that a create returns."""
    if reply.succeeded and _shows_what_tasks_write(reply):
        return ""
    if reply.succeeded and reply.call.operation == "listSessions":
        return _without_what_rows_store(reply)
    return response_rules.of_the_server(reply, STORED | ({TOKEN} if returns_token(reply) else set()))


def _shows_what_tasks_write(reply: Reply) -> bool:
    """Whether this reply shows a log to which the task of the session writes what it likes."""
    channel = reply.call.path.partition("?")[0].split("/")[AFTER_THE_ADDRESS:]
    return reply.call.operation in READS_A_LOG and "out" in channel


def _without_what_rows_store(reply: Reply) -> str:
    rows = reply.parsed.get("data") if reply.is_object else None
    if not isinstance(rows, list):
        return reply.text
    kept = [_without(row, STORED) if isinstance(row, dict) else row for row in rows]
    return json.dumps({**reply.parsed, "data": kept})


def _without(row: Mapping[str, Any], members: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in members}


def returns_token(reply: Reply) -> bool:
    """Whether this reply is one that shall hold a public token."""
    return reply.succeeded and reply.call.operation == "createSession"


def stray_token(reply: Reply) -> Mismatch | None:
    """What is wrong when the body holds a token where none belongs, and that the request did not hold."""
    if reply.is_object and reply.parsed.get(TOKEN) and not returns_token(reply):
        said = f"a reply to {reply.call.operation} holds {TOKEN}"
        return Mismatch(said, f"no {TOKEN}, which create alone returns", f"a member {TOKEN}")
    if "eyJ" not in reply.text or (returns_token(reply) and not reply.is_object):
        return None  # the token of a create cannot be told apart in a body that is not JSON
    found = [match[0] for match in JWT.finditer(of_the_server(reply))]
    strays = [token for token in found if token not in response_rules.sent_text(reply)]
    if not strays:
        return None
    said = f"the body holds a token outside {TOKEN}"
    return Mismatch(said, f"no token outside {TOKEN}", f"{len(strays)} in the body")


def _issued_claims(reply: Reply) -> Iterator[str]:
    if not returns_token(reply) or not reply.is_object:
        return
    try:
        token = read_token(reply.parsed.get(TOKEN))
    except Broken:
        return
    yield from response_rules.every_text([dict(token.header), dict(token.claims)])
