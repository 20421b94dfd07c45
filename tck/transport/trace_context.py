"""W3C Trace Context: a trace of its own for each request, so that it can be found in the target's logs."""

import secrets

VERSION, SAMPLED = "00", "01"
TRACE_BYTES, PARENT_BYTES = 16, 8


def new_traceparent() -> str:
    """A header value with a random trace and parent, which asks for the request to be recorded."""
    return "-".join((VERSION, secrets.token_hex(TRACE_BYTES), secrets.token_hex(PARENT_BYTES), SAMPLED))
