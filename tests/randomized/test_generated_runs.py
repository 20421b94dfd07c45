"""Whole runs of the generated checks: the same walks wherever they are gone, and fewer where sessions are limited."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tck.paths import ROOT

SUITES = ROOT / "suites" / "trigger"


def result_of(folder: Path, *arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={ROOT}",
        "-c", f"{ROOT}/pyproject.toml", f"--report-dir={folder}", *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return found


FILES = (str(SUITES / "test_lifecycle.py"), str(SUITES / "test_races.py"))


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return result_of(tmp_path_factory.mktemp("serial") / "reports", *FILES, "-p", "no:randomly")


@pytest.mark.slow
def test_parallel_runs_from_another_directory_come_out_the_same(
    serial: dict[str, Any], tmp_path: Path
) -> None:
    parallel = result_of(tmp_path / "reports", *FILES, "-n", "2", cwd=tmp_path)
    assert parallel["outcomes_digest"] == serial["outcomes_digest"]
    assert parallel["generated"] == serial["generated"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reports"]


@pytest.mark.slow
def test_a_limit_on_sessions_is_kept_and_told(serial: dict[str, Any], tmp_path: Path) -> None:
    limited = result_of(tmp_path / "reports", *FILES, "--max-sessions=200")
    assert limited["sessions_created"] <= 30
    assert limited["outcomes_digest"] == serial["outcomes_digest"]
    assert limited["generated"]["lifecycle"]["walks"] < serial["generated"]["lifecycle"]["walks"]
    assert limited["generated"]["races closes"]["rounds"] < serial["generated"]["races closes"]["rounds"]
