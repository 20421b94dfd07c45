"""The kit's own commands as processes: each is told once of a signal that this one gets."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import IO, Any

from tck.vocabulary import BROKE

HOME = Path(__file__).resolve().parents[1]
"""The folder that holds the package tck."""
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP")
ERROR = ("ERROR: ", "python -m pytest: error: ")
"""How a line begins that says why a command could not start."""
LAST_LINES = 5.0
"""Seconds that the last lines may take after the end: what the command has left running may hold the pipe."""


@dataclass(frozen=True)
class Ended:
    """The exit code of a command, that of a broken kit where it was killed, and its last line of an error."""

    code: int
    error: str = ""


def kit(arguments: Sequence[str]) -> Ended:
    """Run a command of the kit to its end; what it writes to standard error is written here, too."""
    sys.stdout.flush()
    command = [sys.executable, "-P", "-m", "tck", *arguments]
    errors: list[str] = []
    with passing_on() as relay:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=of_this_kit(os.environ),
            text=True,
            errors="replace",
        )
        relay.to(process)
        writing = Thread(target=_write_on, args=(process.stderr, errors), daemon=True)
        writing.start()
        code = process.wait()
    writing.join(LAST_LINES)
    return Ended(code if code >= 0 else BROKE, errors[-1] if errors else "")


def _write_on(lines: IO[str], errors: list[str]) -> None:
    """Write each line here as it comes, and keep those that say what is wrong."""
    with lines:
        for line in lines:
            sys.stderr.write(line)
            sys.stderr.flush()
            start = next((one for one in ERROR if line.startswith(one)), None)
            if start is not None and "usage: " not in line:
                errors.append(line.removeprefix(start).strip())


def of_this_kit(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Python finds this very kit, wherever another one is installed."""
    places = [str(HOME), *filter(None, [environment.get("PYTHONPATH", "")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(places)}


@dataclass
class Relay:
    """Signals that this process got, and the one that they are passed on to, once there is one."""

    came: list[int] = field(default_factory=list)
    process: subprocess.Popen[Any] | None = None

    def heard(self, number: int, _: FrameType | None) -> None:
        """Note a signal, and pass it on."""
        self.came.append(number)
        if self.process is not None:
            self.process.send_signal(number)

    def to(self, process: subprocess.Popen[Any]) -> None:
        """Pass on what came before the process was there, and all that comes."""
        self.process = process
        for number in self.came:
            process.send_signal(number)


@contextmanager
def passing_on() -> Iterator[Relay]:
    """Pass signals on, so that an interrupted run closes its sessions, and then go on here."""
    relay = Relay()
    numbers = [number for number in signal.Signals if number.name in PASSED_ON]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, relay.heard)
    try:
        yield relay
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
