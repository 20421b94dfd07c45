"""The operations of a contract, as a check asks for them."""

import json
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

from tck.checking.check import Check
from tck.transport.messages import Call, Reply
from tck.waiting import ReadPatience


class Sender(Protocol):
    """What sends for a check; the run is one."""

    patience: ReadPatience

    def send(self, call: Call, check: Check) -> Reply:
        """Send a call for a check and return its reply."""


@dataclass(frozen=True)
class Operations:
    """Operations that are sent with one Authorization header; None sends none.

    A contract adds a method for each of its operations. `credential` names the credential in contract.yaml.
    """

    run: Sender
    check: Check
    authorization: str | None
    credential: str = "key"

    def using(self, authorization: str | None) -> Self:
        """The same operations with this whole Authorization header, or none."""
        return replace(self, authorization=authorization)

    def send(self, operation: str, method: str, path: str, body: bytes | None, **sending: Any) -> Reply:
        """Send one call; `operation` is empty for one that the contract does not document."""
        call = Call(operation, method, path, self.authorization, self.credential, body, **sending)
        return self.run.send(call, self.check)


def encoded(body: Any) -> bytes:
    """A body as UTF-8 JSON, as short as it gets."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
