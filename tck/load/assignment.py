"""What a process of users must know of the run; it travels without secrets, which the environment holds."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from tck.contract.contract import load_contract
from tck.contract.credentials import credentials_from
from tck.errors import KitError
from tck.results.kit_identity import this_kit
from tck.run.inputs import Plan
from tck.run.options import Options
from tck.run.target import Target
from tck.transport.certificates import Certificates


def keys_of(credentials: Mapping[str, str], salt: str) -> str:
    """Two bytes that are most likely others for other keys."""
    text = json.dumps([salt, sorted(credentials.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:4]


@dataclass(frozen=True)
class Assignment:
    """The target, the contract and the share of the limits that one process has; times are in seconds.

    `ledgers` and `shared` are folders of the process that leads; a process elsewhere uses its own.
    """

    base_url: str
    embedded: bool
    contract: str
    contract_dir: str
    own: Mapping[str, str]
    prefix: str
    seed: str
    timeout: float
    traced: bool
    rate: float | None
    max_requests: int | None
    max_sessions: int | None
    kit: str = ""
    """The digest of the kit that leads."""
    keys: str = ""
    """What shows whether two machines have the same keys, and does not tell them."""
    groups: tuple[str, ...] = ()
    """The optional groups whose operations users call, too."""
    raw: bool = False
    """Whether replies are not judged, to know what judging costs."""

    def to_json(self) -> dict[str, Any]:
        """A plain dict."""
        return {**{one.name: getattr(self, one.name) for one in fields(self)}, "own": dict(self.own)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Assignment":
        """The assignment that `to_json` made this dict of."""
        return cls(**{**values, "groups": tuple(values["groups"])})

    def share(self, processes: int) -> "Assignment":
        """What one of so many processes gets of the limits."""
        return replace(
            self,
            rate=self.rate / processes if self.rate else None,
            max_requests=None if self.max_requests is None else self.max_requests // processes,
            max_sessions=None if self.max_sessions is None else self.max_sessions // processes,
        )

    def options(self, ledgers: Path, certificates: Certificates) -> Options:
        """The options of a run with this assignment."""
        return Options(
            contract=self.contract, base_url=self.base_url, report_dir=ledgers, fail_on_deviations=False,
            accept_not_tested=(), waivers=None, fuzz_examples=0, rate_limit=self.rate,
            max_requests=self.max_requests, max_sessions=self.max_sessions, request_timeout=self.timeout,
            own=dict(self.own), trace_headers=self.traced,
            contract_dir=Path(self.contract_dir) if self.contract_dir else None, certificates=certificates,
        )  # fmt: skip

    def verify(self) -> None:
        """Raise KitError where this machine has another kit or other keys than the one that leads."""
        contract = load_contract(self.contract, Path(self.contract_dir) if self.contract_dir else None)
        if this_kit(contract.name, contract.root).digest != self.kit:
            raise KitError("the kit here is another one than that which leads the load; install the same.")
        if keys_of(credentials_from(os.environ, contract), self.prefix) != self.keys:
            names = " and ".join(item.env for item in contract.credentials)
            raise KitError(f"{names} must be set here as on the machine that leads the load.")

    def target(self, plan: Plan, ledgers: Path) -> Target:
        """The target as this process reaches it; raises KitError without the credentials."""
        shared = Path(tempfile.mkdtemp(prefix="sessions-tck-"))
        credentials = credentials_from(os.environ, plan.spec.contract)
        return Target(self.base_url, self.embedded, credentials, self.prefix, shared, 1, ledgers)
