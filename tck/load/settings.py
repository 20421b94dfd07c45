"""What the operator asked of a load, read and checked."""

from dataclasses import dataclass, field
from pathlib import Path

from tck.load.shape import Shape
from tck.run.options import Options
from tck.transport.certificates import Certificates

DEFAULT_PORT = 5557


@dataclass(frozen=True)
class Settings:
    """A load that this machine leads, alone or with workers elsewhere; times are in seconds.

    `processes` are those of users on this machine, `expected` the workers elsewhere that are waited for.
    """

    options: Options
    users: int
    seconds: float
    requests: int | None
    spawn_rate: float
    shape: Shape
    seed: str
    processes: int = 1
    leads: bool = False
    expected: int = 0
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    web_port: int | None = None
    web_host: str = "127.0.0.1"
    raw: bool = False

    @property
    def workers(self) -> int:
        """The processes of users."""
        return self.expected if self.leads else self.processes


@dataclass(frozen=True)
class WorkerSettings:
    """Users on this machine that another one leads."""

    host: str
    port: int
    report_dir: Path
    certificates: Certificates = field(default_factory=Certificates)
    contract_dir: Path | None = None
