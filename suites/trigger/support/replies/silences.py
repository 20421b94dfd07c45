"""What a reply shows of a target where the pages are silent; the ids stand in differences.yaml."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tck.checking import Broken, Reply, read_token

UNDOCUMENTED_BODIES = frozenset({401, 404})
CREATED = 201
Seen = tuple[str, str]


def of_reply(reply: Reply, keys: Mapping[str, str]) -> Iterator[Seen]:
    """All that a reply to one of the four operations shows; `keys` are the secrets of the run."""
    if reply.status in UNDOCUMENTED_BODIES and not reply.is_object:
        yield "replies.refusals-without-json", reply.media_type or "no media type"
    if reply.succeeded:
        yield from _of_credential(reply.call.authorization or "", keys)
    if reply.status == CREATED and reply.is_object:
        yield from _of_creation(_sent(reply), reply.parsed)


def _of_credential(authorization: str, keys: Mapping[str, str]) -> Iterator[Seen]:
    """What was taken for a credential."""
    if authorization in keys.values():
        yield "credentials.bare-key-accepted", ""
    if "exp" not in _claims(authorization.rpartition(" ")[2]):
        yield "tokens.without-expiry-accepted", ""


def _claims(credential: str) -> Mapping[str, Any]:
    """The claims of a token; of anything else, that it expires, as that is not the question."""
    try:
        return read_token(credential).claims
    except Broken:
        return {"exp": None}


def _of_creation(sent: Mapping[str, Any], made: Mapping[str, Any]) -> Iterator[Seen]:
    """What became of the members that were sent."""
    wanted, given = sent.get("externalId"), made.get("externalId")
    if isinstance(wanted, str) and wanted != given == wanted.strip():
        yield "create.external-id-trimmed", ""
    if sent.get("expiresAt") is None and made.get("expiresAt") is not None:
        yield "create.deadline-of-its-own", str(made["expiresAt"])


def _sent(reply: Reply) -> Mapping[str, Any]:
    try:
        body = json.loads(reply.call.body or b"")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
