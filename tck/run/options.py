"""The kit's own command-line options, read once into a value."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tck.paths import PROGRAM
from tck.program import command_of
from tck.results.slo import Objective
from tck.transport.base_url import is_loopback
from tck.transport.certificates import Certificates

CAREFUL_SESSIONS = 340
"""Sessions that a run may make on a target off loopback unless --max-sessions says otherwise."""
FUZZ_EXAMPLES = 50
REQUEST_TIMEOUT = 10.0
"""Seconds until a response must be complete, unless --request-timeout gives others."""
NOT_SHOWN = (
    "own", "report_dir", "base_url", "contract_dir", "restart_command", "certificates", "patience",
    "usual_sessions", "confirm", "objectives", "fail_on_slo", "program",
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """What the user asked for; holds no secret."""

    contract: str
    base_url: str
    report_dir: Path
    fail_on_deviations: bool
    accept_not_tested: tuple[str, ...]
    waivers: Path | None
    fuzz_examples: int
    rate_limit: float | None
    max_requests: int | None
    max_sessions: int | None
    request_timeout: float
    own: dict[str, str]
    requirement: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Capabilities that the vendor declares the target to lack."""
    operation: tuple[str, ...] = ()
    quick: bool = False
    """Whether those checks alone are run that catch most for what they cost."""
    trace_headers: bool = True
    restart_command: str = ""
    """What restarts the target; it stands in no result."""
    contract_dir: Path | None = None
    """The folder of contracts outside the kit."""
    patience: float = 60.0
    """Seconds that a run waits for a target that went away; 0 waits for none."""
    certificates: Certificates = field(default_factory=Certificates)
    groups: tuple[str, ...] = ()
    """The groups of requirements that are judged, the core among them; empty for all that are offered."""
    confirm: int = 0
    """How often each failed check is judged again at the end of the run."""
    objectives: tuple[Objective, ...] = ()
    """What --slo asks of latency."""
    fail_on_slo: bool = False
    program: str = PROGRAM
    """The program that was called, as words for a shell."""
    usual_sessions: int = CAREFUL_SESSIONS
    """The limit on sessions of a run off loopback that is given none; the chosen groups are in it."""

    def chooses(self, group: str) -> bool:
        """Whether the checks of a group are run."""
        return not self.groups or group in self.groups

    def shown(self) -> dict[str, Any]:
        """The options as they stand in a result, which must not depend on where the kit ran."""
        values = {key: value for key, value in vars(self).items() if key not in NOT_SHOWN}
        again = {"confirm": self.confirm} if self.confirm else {}
        return {**values, **again, "waivers": self.waivers.name if self.waivers else None, **self.own}

    @property
    def generating(self) -> dict[str, int | None]:
        """What decides how many cases are generated, by flag; None for what the next run does by itself."""
        return {
            "--fuzz-examples": None if self.fuzz_examples == FUZZ_EXAMPLES else self.fuzz_examples,
            "--max-sessions": None if self.max_sessions == self.usual_sessions else self.max_sessions,
        }

    @property
    def cleanup_command(self) -> str:
        """The command that closes what a run with these options has left open."""
        further = (*self.contract_dir_option, *self.certificates.flags)
        return f"{command_of(self.program)} {shlex.join(['cleanup', str(self.report_dir), *further])}"

    @property
    def contract_dir_option(self) -> tuple[str, ...]:
        """--contract-dir as a further command needs it to find the same contract."""
        return (f"--contract-dir={self.contract_dir}",) if self.contract_dir else ()

    @property
    def on_loopback(self) -> bool:
        """Whether the target is this machine."""
        return not self.base_url or is_loopback(self.base_url)
