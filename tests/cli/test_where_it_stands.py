"""The command imports nothing from the folder in which it stands, and finds its plugins where autoload is off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tck.paths import ROOT

STRANGER = "raise SystemExit('a stranger was imported')"
PLAN = (
    "--plan",
    "--requirement=close.repeat-returns-same-row",
    "-n2",
    "--hypothesis-seed=3",
    "--base-url=http://127.0.0.1:9",
)


def planned(cwd: Path, *command: str, **environment: str) -> str:
    """What a command says of the cost of one requirement's checks."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *command, *PLAN], cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
        env={**kept, "TRIGGER_SECRET_KEY": "tr_dev_x", **environment},
    )  # fmt: skip
    assert "in all" in done.stdout, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_strangers_files_are_not_imported(tmp_path):
    here = tmp_path / "vendor" / "service"
    for folder in (here, here.parent, here / "tests", here / "testing", here / "suites" / "trigger"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "conftest.py").write_text(STRANGER)
    (here / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option")
    (here / "httpx.py").write_text(STRANGER)
    planned(here, "-P", "-m", "tck", PYTHONPATH=str(ROOT))


@pytest.mark.slow
@pytest.mark.parametrize("command", [("-m", "pytest"), ("-m", "tck")])
def test_the_plugins_that_the_kit_needs_are_there_without_autoload(command):
    planned(ROOT, *command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
