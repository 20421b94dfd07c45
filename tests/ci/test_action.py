"""The nightly workflow and the composite action, their own commands run in order, night after night."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tck.paths import ROOT
from tests.support.act import Runner, holds, job_of
from tests.support.nights import BAD, GOOD, KEY, NARROW, deployment, install, result_in, secret_told

pytestmark = pytest.mark.slow
INSTALLED = ("Install the kit",)


@dataclass
class Nights:
    """One night after another, on machines that share nothing but what the service keeps."""

    folder: Path
    number: int = 0

    def night(self, server=GOOD, key: str = KEY, **variables: str) -> tuple[bool, Runner]:
        """Run the nightly job; whether it was green, and the machine."""
        self.number += 1
        folder = self.folder / str(self.number)
        runner = Runner(folder, self.folder / "kept", folder / "checkout", INSTALLED)
        install(runner.temp / "sessions-tck" / "bin")
        with deployment(server, folder) as url:
            known = {
                "SESSIONS_URL": url,
                "SESSIONS_OPTIONS": f"{NARROW}\n--rate-limit=1000/s\n-n0",
                **variables,
            }
            green = runner.job(
                job_of("nightly", "judge"), self.number, vars=known, secrets={"TRIGGER_SECRET_KEY": key}
            )
        return green, runner


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def test_nights_are_compared_and_turn_red_when_something_breaks(nights: Nights):
    green, first = nights.night()
    assert green, first.log
    assert "There is no earlier result to compare with." in first.summary
    assert {"result.json", "index.html", "badge.json", "junit.xml", "changes.md"} <= {
        path.name for path in (first.artefacts / "sessions-tck").iterdir()
    }

    green, without_key = nights.night(key="")
    assert not green
    assert "ERROR: TRIGGER_SECRET_KEY is not set." in without_key.log
    assert without_key.summary == ""

    green, second = nights.night()
    assert green, second.log
    assert "Nothing moved: partial" in second.summary

    green, third = nights.night(BAD)
    assert not green
    assert "::error title=MUST close.repeat-answers-200" in third.log
    assert "WORSE: " in third.summary
    assert result_in(third.artefacts / "sessions-tck")["sessions_left_open"] == 0
    assert (
        secret_told(nights.folder / "kept", *(one.folder / "checkout" for one in (first, second, third)))
        == []
    )
    assert KEY not in first.log + second.log + third.log + third.summary


def test_an_empty_url_is_told(nights: Nights):
    green, runner = nights.night(SESSIONS_URL="")
    assert not green
    assert "::error::base-url is empty; name the deployment to judge." in runner.log


def test_without_a_url_no_night_is_judged_and_no_badge_is_put_up():
    contexts = {"vars": {}, "needs": {"judge": {"result": "skipped"}}}
    assert not holds(job_of("nightly", "judge")["if"], contexts, True)
    assert not holds(job_of("nightly", "badge")["if"], contexts, True)


def test_the_badge_lands_on_a_branch_of_its_own(tmp_path: Path):
    def git(*arguments: str, where: Path = tmp_path) -> str:
        done = subprocess.run(["git", *arguments], cwd=where, capture_output=True, text=True, check=True)
        return done.stdout

    git("init", "--quiet", "--bare", "remote")
    for number, message in enumerate(("conformant", "not conformant")):
        git("clone", "--quiet", "remote", f"checkout-{number}")
        runner = Runner(tmp_path / "machine", tmp_path / "kept", tmp_path / f"checkout-{number}")
        (runner.artefacts / "sessions-tck").mkdir(exist_ok=True)
        (runner.artefacts / "sessions-tck" / "badge.json").write_text(message, encoding="utf-8")
        assert runner.job(job_of("nightly", "badge"), number), runner.log
        assert git("show", "badges:sessions-tck.json", where=tmp_path / "remote") == message
        assert git("rev-list", "--count", "badges", where=tmp_path / "remote").strip() == "1"


def test_ci_tries_the_action_on_a_served_reference(tmp_path: Path):
    runner = Runner(
        tmp_path / "machine", tmp_path / "kept", tmp_path / "checkout", (*INSTALLED, "Install the reference")
    )
    install(runner.temp / "sessions-tck" / "bin")
    started = tmp_path / "pid"
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(
        f'#!/bin/sh\necho $$ > {started}\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n', encoding="utf-8"
    )
    python.chmod(0o755)
    job = job_of("ci", "action")
    job["env"] |= {"PORT": str(free_port()), "PATH": f"{python.parent}:{os.environ['PATH']}"}
    job["steps"][-1]["with"]["options"] = f"{NARROW}\n-n0"
    try:
        assert runner.job(job, 1), runner.log
    finally:
        os.kill(int(started.read_text()), signal.SIGTERM)
    assert result_in(runner.artefacts / "sessions-tck-of-the-reference")["verdict"] == "partial"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
