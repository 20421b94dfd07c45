"""What a run has left on the target: one request closes each session that a ledger names, and no other."""

from collections.abc import Callable
from enum import StrEnum

from tck.cleanup.ledger import Entry
from tck.contract.contract import Contract
from tck.errors import Indeterminate
from tck.transport.messages import Call, Reply
from tck.unjudged import NotTested

Send = Callable[[Call, str], Reply]
"""Sends a call with the credential that is named."""
OUR_FAULT = frozenset({401, 403, 408, 429})
"""Refusals that say nothing about the session."""


class Closed(StrEnum):
    """What became of one session."""

    CLOSED = "closed"
    NOT_FOUND = "not found"
    STILL_OPEN = "still open"


def close_session(contract: Contract, entry: Entry, send: Send) -> Closed:
    """Close what an entry of a ledger names; a planned session that is refused was never made."""
    cleanup = contract.cleanup
    request = cleanup.request.filled(address=entry.address)
    call = Call("", request.method, request.path, body=request.body)
    try:
        reply = send(call, entry.credential or contract.credentials[0].name)
    except (Indeterminate, NotTested):
        return Closed.STILL_OPEN
    if reply.status in cleanup.success:
        return Closed.CLOSED
    never_made = not entry.made and reply.refused and reply.status not in OUR_FAULT
    return Closed.NOT_FOUND if reply.status in cleanup.absent or never_made else Closed.STILL_OPEN
