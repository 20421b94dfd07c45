"""One run of a contract's handwritten checks on its reference, for all tests that look at what it left."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from mutants.trial import HANDWRITTEN
from tck.paths import ROOT

PROCESSES = {"everruns": 1, "trigger": 2}
LONGEST = 300


def handwritten_run(contract: str, factory: pytest.TempPathFactory) -> Path:
    """Its reports; whichever worker needs them first makes the run, and the others wait for it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    reports = shared / f"handwritten-{contract}"
    with FileLock(shared / f"{reports.name}.lock"):
        if not reports.exists():
            judge(contract, reports, f"-n{PROCESSES[contract]}", "-m", HANDWRITTEN)
    return reports


def judge(contract: str, reports: Path, *arguments: str) -> dict[str, Any]:
    """The result of a run on the reference, which must be conformant or partial."""
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", f"--contract={contract}",
        f"--report-dir={reports}", *arguments,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads((reports / "result.json").read_text(encoding="utf-8"))
    return result
