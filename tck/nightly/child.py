"""The kit's own commands as processes: each is told once of a signal that this one gets."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from tck.vocabulary import BROKE

PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP")


def kit(arguments: Sequence[str]) -> int:
    """Run a command of the kit to its end; its exit code, or that of a broken kit where it was killed."""
    sys.stdout.flush()
    command = [sys.executable, "-P", "-m", "tck", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - ours
    with _passing_on(process):
        code = process.wait()
    return code if code >= 0 else BROKE


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
