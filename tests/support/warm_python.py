"""Starts of the kit in a third of their time: a process that has its libraries imported forks for each.

Nothing of the kit is imported before the fork, nor a plugin of pytest. Tests of signals, of killed processes
and of the interpreter's own options start a Python of their own.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import forking

READ_AT_ITS_START = ("PYTHON", "LANG", "LC_", "TZ")
"""How variables begin that a Python obeys only if they are there when it starts."""


@dataclass(frozen=True)
class WarmPython:
    """Such a process."""

    process: subprocess.Popen[str]
    turn: threading.Lock

    def run(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], longest: float
    ) -> tuple[int, str, str]:
        """Run `-m module …`, after `-P` without the folder; returns the exit code and what was printed.

        As with pipes, it has ended when everything has that could still print; it hangs after `longest` seconds.
        """
        at = command.index("-m")
        with (
            self.turn,
            TemporaryDirectory(prefix="sessions-tck-warm-") as place,
            ThreadPoolExecutor(2) as readers,
        ):
            pipes = [Path(place, name) for name in ("out", "err")]
            for pipe in pipes:
                os.mkfifo(pipe)
            self._tell(
                module=command[at + 1], arguments=command[at + 2 :], folder=str(folder),
                path=[] if at else [str(folder)], environment=dict(environment), printed=list(map(str, pipes)),
            )  # fmt: skip
            hanging = threading.Timer(longest, os.killpg, (self._heard(), signal.SIGKILL))
            hanging.start()
            out, err = readers.map(Path.read_text, pipes)
            code = self._heard()
            hanging.cancel()
        if code == -signal.SIGKILL:
            raise subprocess.TimeoutExpired(list(command), longest, out, err)
        return code, out, err

    def _tell(self, **asked: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(asked)}\n")
        self.process.stdin.flush()

    def _heard(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


def can_fork(command: tuple[str, ...], more: Mapping[str, str]) -> bool:
    """Whether `run` takes this command, and these variables more hold nothing that a Python reads at its start."""
    plain = command[:1] == ("-m",) or command[:2] == ("-P", "-m")
    return plain and not any(name.startswith(READ_AT_ITS_START) for name in more)


@contextmanager
def warm_python(environment: Mapping[str, str]) -> Iterator[WarmPython]:
    """One such process, until the end of the block."""
    with subprocess.Popen(
        [sys.executable, forking.__file__], env=dict(environment), text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield WarmPython(process, threading.Lock())
