"""What the command tells a child process, and what that one tells it at its end."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tck.load.assignment import Assignment
from tck.load.observed import Observed
from tck.results.latency import Times

OUTCOME, LOCUST_PAGE = "outcome.json", "locust.html"
"""Files that a process which leads leaves in its folder."""


@dataclass(frozen=True)
class Orders:
    """What one Locust process is to do; `role` is alone, master or worker. No secret stands in it.

    `seconds` is how long the load lasts, `requests` after how many it ends, and `folder` where the process
    puts what it found. A worker gets its assignment from its master, which keeps a ledger of what each has
    where it is `mirrored`.
    """

    role: str
    folder: str
    ledgers: str
    users: int = 1
    seconds: float = 60.0
    requests: int | None = None
    spawn_rate: float = 10.0
    shape: str = "steady"
    workers: int = 1
    mirrored: bool = False
    host: str = "127.0.0.1"
    port: int = 5557
    web_port: int | None = None
    web_host: str = "127.0.0.1"
    certificates: tuple[str, ...] = ("", "", "")
    assignment: Assignment | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain dict."""
        assigned = self.assignment.to_json() if self.assignment else None
        return {**asdict(self), "assignment": assigned}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Orders":
        """What `to_json` made this dict of."""
        assigned = Assignment.from_json(values["assignment"]) if values["assignment"] else None
        certificates = tuple(values["certificates"])
        return cls(**{**values, "assignment": assigned, "certificates": certificates})


@dataclass(frozen=True)
class Outcome:
    """What a load came to; `latency` says by operation and status how often a call took how long."""

    observed: Observed
    latency: Mapping[str, Times]
    interrupted: bool = False
    stopped: str = ""
    """Why it ended before its time."""
    lost: int = 0
    """Workers that did not come to their end."""

    def to_json(self) -> dict[str, Any]:
        """A plain dict."""
        latency = {
            name: {str(time): number for time, number in times.items()}
            for name, times in self.latency.items()
        }
        return {**vars(self), "observed": self.observed.to_json(), "latency": latency}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Outcome":
        """What `to_json` made this dict of."""
        latency = {
            name: {float(time): number for time, number in times.items()}
            for name, times in values["latency"].items()
        }
        return cls(**{**values, "observed": Observed.from_json(values["observed"]), "latency": latency})
