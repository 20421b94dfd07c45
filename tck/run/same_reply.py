"""Whether two replies to requests for different addresses say the same: a server's general "not found"."""

import json
import re
from urllib.parse import unquote

from tck.transport.messages import Reply

NUMBERS = re.compile(r"[0-9a-fA-F-]{6,}|[0-9]+")
"""Times, and ids of requests."""


def alike(first: Reply, second: Reply) -> bool:
    """Whether status, kind of body and, of JSON objects, the text are the same but for path and numbers."""
    if first.answered != second.answered or first.is_object != second.is_object:
        return False
    return not first.is_object or _without_address(first) == _without_address(second)


def _without_address(reply: Reply) -> str:
    text = json.dumps(reply.parsed, ensure_ascii=False, sort_keys=True)
    for path in (reply.call.path, unquote(reply.call.path)):
        text = text.replace(path, "")
    return NUMBERS.sub("#", text)
