"""Bad weather between the kit and a good target never makes the target not conformant."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit_tree import KEYS

from bench.weather import Proxy, Weather
from tck.har import read_har
from tck.home import ROOT

FILES = ("test_create.py", "test_close_again.py", "test_lifecycle.py")
WRITES = ("POST", "PATCH")


@pytest.mark.slow
def test_nothing_fails_in_bad_weather_and_retries_are_told(tmp_path: Path, target: str):
    """The full 200 ms of latency are for `python -m bench --weather`."""
    with Proxy(target, Weather(latency=0.002), seed=1) as proxy:
        command = [
            sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-n2", "--contract=trigger",
            f"--base-url={proxy.url}", f"--report-dir={tmp_path}", *(f"suites/trigger/{name}" for name in FILES),
        ]  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            command, cwd=ROOT, env={**environment, **KEYS}, capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip
        assert proxy.struck > 20
    result = json.loads((tmp_path / "result.json").read_text())
    failed = {
        one["id"]: one["reason"] for one in result["requirements"] if one["outcome"] in ("failed", "error")
    }
    assert failed == {}, done.stdout
    assert result["retries"] > 10
    assert f"({result['retries']} of them sent again)" in " ".join(done.stdout.split())
    again = {one.id for one in read_har(tmp_path / "exchanges.har") if one.retries and one.method in WRITES}
    evidence = {
        (one["id"], check["exchanges"][-1])
        for one in result["requirements"]
        for check in one["checks"]
        if check["outcome"] == "passed" and check["exchanges"] and not one["id"].startswith("lifecycle")
    }
    assert {name for name, exchange in evidence if exchange in again} == set()
