"""A kit that is killed at any moment, and `python -m tck cleanup` after it: no session stays open."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from reference.serving import Server
from reference.trigger import TriggerReference
from tck.__main__ import main as tck
from tck.paths import ROOT
from tests.support.kit_tree import KEYS, Tree

SUITE = """
import pytest
@pytest.mark.requirement("create.answers-201")
@pytest.mark.parametrize("number", range(12))
def test_create_and_close(create, send, run, number):
    from tck.transport.messages import Call
    made = create(tags=[run.tag, f"{number}"])
    assert made.status == 201
    if number % 3:
        path = f"/api/v1/sessions/{made['id'].value}/close"
        assert send(Call("closeSession", "POST", path, run.authorization("key"), "key", b"{}")).status == 200
@pytest.mark.requirement("retrieve.finds")
def test_other_environment(create): assert create(key="other").status == 201
"""
LAST = 20
"""The moment of the latest kill, counted in requests; a whole run makes more."""
draw = random.Random(20261121)
MOMENTS = [
    (draw.randint(1, LAST), draw.choice(["before", "after"]), workers) for workers in ((), ("-n2",)) * 4
]


class Assassin(TriggerReference):
    """Kills whom it is told to, just before or just after it has carried out a certain request."""

    def aim(self, moment: int, side: str, kill):
        self.moment, self.side, self.kill = moment, side, kill
        self.count, self.lock = 0, threading.Lock()

    def answer(self, operation, call):
        with self.lock:
            self.count += 1
            now = self.count == self.moment
        if now and self.side == "before":
            self.kill()
        reply = super().answer(operation, call)
        if now and self.side == "after":
            self.kill()
        return reply


def open_sessions(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        [[number]] = connection.execute("SELECT count(*) FROM sessions WHERE closed_at IS NULL").fetchall()
    connection.close()
    return int(number)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, secret in KEYS.items():
        monkeypatch.setenv(name, secret)


def test_killing_the_kit_at_random_moments_and_cleaning_up_leaves_nothing_open(
    tree: Tree, tmp_path, keys, capsys
):
    tree.suite(SUITE)
    names = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    with ExitStack() as stack:
        killed = []
        for number, (moment, side, workers) in enumerate(MOMENTS):
            database, reports = tmp_path / f"rows-{number}.sqlite", tmp_path / f"reports-{number}"
            server = Assassin(database, names)
            found = threading.Event()
            victim: list[int] = []

            def kill(found=found, victim=victim, whole=bool(number % 4 == 1)) -> None:
                found.wait(60)
                (os.killpg if whole else os.kill)(victim[0], signal.SIGKILL)

            server.aim(moment, side, kill)
            url = stack.enter_context(Server(server.app()))
            process = tree.start(*workers, f"--report-dir={reports}", target=url, env=KEYS)
            victim.append(process.pid)
            found.set()
            killed.append((process, database, reports))
        for process, _, _ in killed:
            assert process.wait(120) == -signal.SIGKILL
        left_before = [open_sessions(database) for _, database, _ in killed]
        codes = [tck(["cleanup", str(reports)]) for _, _, reports in killed]
        said = capsys.readouterr()
        assert [open_sessions(database) for _, database, _ in killed] == [0] * len(MOMENTS), said.out
        assert codes == [0] * len(MOMENTS), said
        assert [path for _, _, reports in killed for path in reports.glob("ledger-*")] == []
    assert sum(left_before) > 0  # there was something to do


def test_cleanup_works_as_a_command_from_anywhere(tree: Tree, tmp_path):
    """The command line itself, in a process of its own: nothing to do, and a path that is not there."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tck", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    (tmp_path / "empty").mkdir()
    empty, missing = run("cleanup", "empty"), run("cleanup", "nowhere")
    assert (empty.returncode, empty.stdout) == (
        0, "empty contains no ledger: no run with reports there left a session open.\n",
    )  # fmt: skip
    assert (missing.returncode, missing.stderr) == (
        4, "ERROR: nowhere does not exist; give the report directory of the run, or its ledger.\n",
    )  # fmt: skip
