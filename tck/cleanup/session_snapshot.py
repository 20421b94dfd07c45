"""A session that the operator lends to a run: read before the first check, and put back after the last."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from tck.contract.contract import Contract, Restore
from tck.errors import Indeterminate
from tck.transport.messages import Call, Reply
from tck.unjudged import NotTested
from tck.values.json_equality import same_json

Send = Callable[[Call], Reply]


@dataclass(frozen=True)
class Borrowed:
    """The session's address, and the members as they were that the kit may change."""

    address: str
    members: Mapping[str, Any]

    @property
    def lost(self) -> list[str]:
        """The members without a value, which could not be made so again."""
        return [name for name, value in self.members.items() if value is None]


def borrow(contract: Contract, own: Mapping[str, str], send: Send) -> Borrowed | None:
    """Read the session that an option names; None when none is named or it cannot be read."""
    address, rule = own.get(contract.ownership.existing_session_option, ""), contract.restore
    if not address or rule is None:
        return None
    row = _look(rule, address, send)
    return None if row is None else Borrowed(address, _members(rule, row))


def give_back(contract: Contract, borrowed: Borrowed, send: Send) -> str:
    """Put the members back as they were; the sentence to tell when they are not, else an empty one."""
    rule = contract.restore
    if rule is None or _is_back(rule, borrowed, send):
        return ""
    request = rule.write.filled(address=borrowed.address)
    known = {name: value for name, value in borrowed.members.items() if value is not None}
    body = replace(request, has_json=True, json=known).body
    with suppress(Indeterminate, NotTested):
        send(Call("", request.method, request.path, body=body))
    if _is_back(rule, borrowed, send):
        return ""
    was = json.dumps(dict(borrowed.members), ensure_ascii=False)
    return f"WARNING: {borrowed.address} could not be put back as it was: {was}"


def _is_back(rule: Restore, borrowed: Borrowed, send: Send) -> bool:
    row = _look(rule, borrowed.address, send)
    return row is not None and same_json(_members(rule, row), dict(borrowed.members))


def _look(rule: Restore, address: str, send: Send) -> Mapping[str, Any] | None:
    request = rule.look.filled(address=address)
    try:
        reply = send(Call("", request.method, request.path))
    except (Indeterminate, NotTested):
        return None
    return reply.parsed if reply.succeeded and reply.is_object else None


def _members(rule: Restore, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: none if row.get(name) is None else row[name] for name, none in rule.members.items()}
