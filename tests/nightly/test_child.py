"""A run that a nightly run has started is told of a signal once, and its exit code is taken."""

import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from tck.nightly.child import kit

WAITS = """#!/bin/sh
trap 'exit 7' {name}
echo "$PYTHONPATH" > {started}
while :; do sleep 0.05; done
"""
LONGEST = 30


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let this script be what runs the kit."""
    path = folder / "python"
    path.write_text(script)
    path.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(path))


def when_there(path: Path, number: signal.Signals) -> Thread:
    """Sends this process a signal once the stand-in has begun."""

    def send() -> None:
        until = time.monotonic() + LONGEST
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    thread = Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_passed_on(monkeypatch, tmp_path: Path, number):
    started = tmp_path / "started"
    stand_in(monkeypatch, tmp_path, WAITS.format(name=number.name.removeprefix("SIG"), started=started))
    before = signal.getsignal(number)
    sending = when_there(started, number)
    assert kit(["run"]) == 7
    sending.join()
    assert signal.getsignal(number) == before


def test_a_run_that_was_killed_counts_as_broken(monkeypatch, tmp_path: Path):
    stand_in(monkeypatch, tmp_path, "#!/bin/sh\nkill -9 $$\n")
    assert kit(["run"]) == 3


def test_the_run_is_of_this_very_kit(monkeypatch, tmp_path: Path):
    started = tmp_path / "started"
    stand_in(monkeypatch, tmp_path, f'#!/bin/sh\necho "$PYTHONPATH|$*" > {started}\n')
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert kit(["run", "-n", "2"]) == 0
    places, command = started.read_text().strip().split("|")
    assert places.split(os.pathsep)[1:] == ["/elsewhere"]
    assert (Path(places.split(os.pathsep)[0]) / "tck" / "nightly").is_dir()
    assert command == "-P -m tck run -n 2"
