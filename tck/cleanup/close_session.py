"""What a run has left on the target: one request closes each session that a ledger names, and no other."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tck.cleanup.ledger import Entry
from tck.contract.contract import Contract
from tck.contract.request_template import Request
from tck.errors import Indeterminate
from tck.transport.messages import Call, Reply
from tck.unjudged import NotTested

Send = Callable[[Call, str], Reply]
"""Sends a call with the credential that is named."""
OUR_FAULT = frozenset({401, 403, 408, 429})
"""Refusals that say nothing about the session."""
BAD_KEY = frozenset({401, 403})
ABSENT = 404


class Closed(StrEnum):
    """What became of one session."""

    CLOSED = "closed"
    NOT_FOUND = "not found"
    STILL_OPEN = "still open"


@dataclass(frozen=True)
class Attempt:
    """What became of a session that was to be closed, and why it may still be open."""

    became: Closed
    why: str = ""


CLOSED, NOT_FOUND = Attempt(Closed.CLOSED), Attempt(Closed.NOT_FOUND)


def close_session(contract: Contract, entry: Entry, send: Send, closes: bool) -> Attempt:
    """Close what an entry of a ledger names; `closes` says whether the target was seen to close any.

    Only a 2xx closes. What the close does not find counts as open unless a retrieve does not find it either;
    where closing is known to work, the close's word is enough for a session that may never have been made.
    """
    credential = entry.credential or contract.credentials[0].name
    try:
        reply = send(_call(contract.cleanup.request.filled(address=entry.address)), credential)
        if reply.succeeded:
            return CLOSED
        if reply.status in OUR_FAULT or not reply.refused:
            return _open(contract, reply, credential)
        if closes and not entry.made:
            return NOT_FOUND
        look = send(_call(contract.preflight.lookup.filled(unknown=entry.address)), credential)
    except (Indeterminate, NotTested) as problem:
        return Attempt(Closed.STILL_OPEN, f"they could not be closed: {problem}")
    gone = look.status == ABSENT or (not entry.made and look.refused and look.status not in OUR_FAULT)
    return NOT_FOUND if gone else _open(contract, reply, credential, look)


def _call(request: Request) -> Call:
    return Call("", request.method, request.path, body=request.body)


def _open(contract: Contract, reply: Reply, credential: str, look: Reply | None = None) -> Attempt:
    said = f"the close was answered with {reply.status}"
    if look is not None:
        said = f"{said}, a retrieve with {look.status}"
    if reply.status in BAD_KEY:
        said = f"{said}: {contract.credential(credential).env} is not the key that made them"
    return Attempt(Closed.STILL_OPEN, said)
