"""Sending a few requests for the kit itself outside of a run, one after the other."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tck.contract.contract import Contract
from tck.recording.exchange import Exchange
from tck.recording.redaction import Redactor
from tck.transport.certificates import Certificates
from tck.transport.client import Client
from tck.transport.limits import Budget, Counter
from tck.transport.messages import Call, Reply
from tck.transport.rate_limiter import Pacer
from tck.transport.way import way_to
from tck.unjudged import NotTested
from tck.values.row import RowShape


class _Nowhere:
    """Keeps no exchange."""

    def append(self, exchange: Exchange) -> None:
        pass


@dataclass
class Errand:
    """`with Errand(…) as errand:` sends with the credentials that the operator has set, by their names."""

    contract: Contract
    base_url: str
    credentials: Mapping[str, str]
    own: Mapping[str, str]
    rate: float | None
    timeout: float
    traced: bool = True
    certificates: Certificates = field(default_factory=Certificates)
    _undo: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        folder = Path(self._undo.enter_context(tempfile.TemporaryDirectory(prefix="sessions-tck-")))
        self._client = Client(
            base_url=self.base_url, timeout=self.timeout, shape=RowShape({}), redactor=Redactor(),
            recorder=_Nowhere(), budget=Budget(Counter(folder / "requests"), Counter(folder / "sessions")),
            pacer=Pacer(self.rate), name="errand",
            way=way_to(self.base_url, self.certificates, os.environ),
            traced=self.traced,
        )  # fmt: skip
        self._undo.callback(self._client.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def send(self, call: Call, credential: str) -> Reply:
        """Send with this credential; raises NotTested when it is one of several and not set."""
        item = self.contract.credential(credential)
        secret = self.credentials.get(credential)
        if secret is None and item is not self.contract.credentials[0]:
            raise NotTested(f"{item.env} is not set")
        authorization = item.authorization.header(secret, self.own) if secret else None
        return self._client.send(replace(call, authorization=authorization), "cleanup", closing=True)
