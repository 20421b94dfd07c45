"""The texts in a reply's body: which are the caller's own, and which are tokens."""

import re
from collections.abc import Iterator

from tck.checking import Broken, Mismatch, Reply, read_token, response_rules

JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*", re.ASCII)
TOKEN = "publicAccessToken"  # noqa: S105 - the member's name
STORED = frozenset(
    {"externalId", "type", "taskIdentifier", "tags", "metadata", "triggerConfig", "closedReason"}
)
"""Members of a row that show what callers have sent."""


def shown_text(reply: Reply) -> str:
    """The body as sent and, where it has escapes, every string in it; with what an issued token says."""
    return "\n".join([response_rules.shown_text(reply), *_issued_claims(reply)])


def of_the_server(reply: Reply) -> str:
    """The body without the members that show what callers have sent, nor the token that a create returns."""
    return response_rules.of_the_server(reply, STORED | ({TOKEN} if returns_token(reply) else set()))


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
