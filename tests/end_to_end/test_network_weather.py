"""Bad weather between the kit and a good target never makes the target not conformant."""

import os
import subprocess
import sys
from pathlib import Path

from bench.weather import Proxy, Weather
from reference.application import Call, Reply
from reference.serving import Server
from reference.trigger import TriggerReference
from tck.paths import ROOT
from tck.recording.har import read_har
from tests.support.kit_tree import KEYS, Ran

FILES = ("test_create.py", "test_close_again.py", "test_lifecycle.py")
WRITES = ("POST", "PATCH")


class LosesOneCreate(TriggerReference):
    """A server of which a gateway loses the third create that has a body of some length."""

    def create(self, call: Call) -> Reply:
        self.asked = getattr(self, "asked", 0) + (len(call.body) > 100)
        return Reply(502, {}) if self.asked == 3 and len(call.body) > 100 else super().create(call)


def test_what_is_shared_is_made_whole_after_a_create_was_lost_and_its_check_runs_again(tmp_path: Path):
    keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    with Server(LosesOneCreate(tmp_path / "rows.sqlite", keys).app()) as url:
        result = judged(url, tmp_path, "suites/trigger/test_foreign_tokens.py", "-p", "no:randomly").result
    assert {check["outcome"] for one in result["requirements"] for check in one["checks"]} == {"passed"}
    assert [one.status for one in read_har(tmp_path / "exchanges.har")].count(502) == 1


def test_nothing_fails_in_bad_weather_and_retries_are_told(tmp_path: Path, target: str):
    """The full 200 ms of latency are for `python -m bench --weather`."""
    with Proxy(target, Weather(latency=0.002), seed=1) as proxy:
        done = judged(proxy.url, tmp_path, "-n2", *(f"suites/trigger/{name}" for name in FILES))
        assert proxy.struck > 20
    result = done.result
    failed = {
        one["id"]: one["reason"] for one in result["requirements"] if one["outcome"] in ("failed", "error")
    }
    assert failed == {}, done.out
    assert result["retries"] > 10
    assert f"({result['retries']} of them sent again)" in " ".join(done.out.split())
    again = {one.id for one in read_har(tmp_path / "exchanges.har") if one.retries and one.method in WRITES}
    evidence = {
        (one["id"], check["exchanges"][-1])
        for one in result["requirements"]
        for check in one["checks"]
        if check["outcome"] == "passed" and check["exchanges"] and not one["id"].startswith("lifecycle")
    }
    assert {name for name, exchange in evidence if exchange in again} == set()


def judged(url: str, reports: Path, *arguments: str) -> Ran:
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--contract=trigger",
        f"--base-url={url}", f"--report-dir={reports}", *arguments,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command, cwd=ROOT, env={**environment, **KEYS}, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr, reports)
