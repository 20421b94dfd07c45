"""The kit's own commands as processes: each is told once of a signal that this one gets."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tck.vocabulary import BROKE

HOME = Path(__file__).resolve().parents[2]
"""The folder that holds the package tck."""
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP")


def kit(arguments: Sequence[str]) -> int:
    """Run a command of the kit to its end; its exit code, or that of a broken kit where it was killed."""
    sys.stdout.flush()
    command = [sys.executable, "-P", "-m", "tck", *arguments]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.DEVNULL, start_new_session=True, env=_of_this_kit(os.environ)
    )
    with _passing_on(process):
        code = process.wait()
    return code if code >= 0 else BROKE


def _of_this_kit(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Python finds this very kit, wherever another one is installed."""
    places = [str(HOME), *filter(None, [environment.get("PYTHONPATH", "")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(places)}


@contextmanager
def _passing_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass signals on, so that an interrupted run closes its sessions, and then go on here."""

    def pass_on(number: int, _: FrameType | None) -> None:
        process.send_signal(number)

    numbers = [number for number in signal.Signals if number.name in PASSED_ON]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, pass_on)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
