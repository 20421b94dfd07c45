"""What a process of users must know of the run; it travels without secrets, which the environment holds."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from tck.contract.credentials import credentials_from
from tck.run.inputs import Plan
from tck.run.options import Options
from tck.run.target import Target
from tck.transport.certificates import Certificates


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

    def target(self, plan: Plan, ledgers: Path) -> Target:
        """The target as this process reaches it; raises KitError without the credentials."""
        shared = Path(tempfile.mkdtemp(prefix="sessions-tck-"))
        credentials = credentials_from(os.environ, plan.spec.contract)
        return Target(self.base_url, self.embedded, credentials, self.prefix, shared, 1, ledgers)
