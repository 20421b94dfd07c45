"""A run that a nightly run has started is told of a signal once, and its exit code is taken."""

import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from tck import child
from tck.child import Ended, kit

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
    assert kit(["run"]) == Ended(7)
    sending.join()
    assert signal.getsignal(number) == before


def test_a_run_that_was_killed_counts_as_broken(monkeypatch, tmp_path: Path):
    stand_in(monkeypatch, tmp_path, "#!/bin/sh\nkill -9 $$\n")
    assert kit(["run"]) == Ended(3)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("ERROR: The target is not there.", "The target is not there."),
        (
            "ERROR: usage: python -m pytest [options]\npython -m pytest: error: unrecognized arguments: --rate-limt=3",
            "unrecognized arguments: --rate-limt=3",
        ),
        ("WARNING: slow", ""),
    ],
)
def test_what_is_wrong_is_written_on_and_kept(monkeypatch, tmp_path: Path, capfd, lines, error):
    stand_in(monkeypatch, tmp_path, f"#!/bin/sh\ncat >&2 <<'END'\n{lines}\nEND\nexit 4\n")
    assert kit(["run"]) == Ended(4, error)
    assert capfd.readouterr().err == f"{lines}\n"


def test_a_server_that_the_run_leaves_behind_does_not_hold_the_night(monkeypatch, tmp_path: Path):
    """It has the standard error of the run for as long as it lives."""
    monkeypatch.setattr(child, "LAST_LINES", 0.2)
    stand_in(monkeypatch, tmp_path, "#!/bin/sh\nsleep 20 &\necho $! > pid\nexit 1\n")
    monkeypatch.chdir(tmp_path)
    begun = time.monotonic()
    try:
        assert kit(["run"]) == Ended(1)
        assert time.monotonic() - begun < 20
    finally:
        os.kill(int(Path("pid").read_text()), signal.SIGKILL)


def test_the_run_is_of_this_very_kit(monkeypatch, tmp_path: Path):
    started = tmp_path / "started"
    stand_in(monkeypatch, tmp_path, f'#!/bin/sh\necho "$PYTHONPATH|$*" > {started}\n')
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert kit(["run", "-n", "2"]) == Ended(0)
    places, command = started.read_text().strip().split("|")
    assert places.split(os.pathsep)[1:] == ["/elsewhere"]
    assert (Path(places.split(os.pathsep)[0]) / "tck" / "nightly").is_dir()
    assert command == "-P -m tck run -n 2"
