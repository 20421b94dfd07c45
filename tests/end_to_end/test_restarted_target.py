"""--restart-command: the target is restarted once no check is under way, and must be as it was."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mutants.restarting import Restarting
from reference.trigger import TriggerReference
from tck.paths import ROOT
from tests.support.kit_tree import KEYS

OUTLIVE = (
    "retrieve.rows-outlive-a-restart",
    "create.external-ids-outlive-a-restart",
    "tokens.outlive-a-restart",
)
RULES = "suites/trigger/test_restart.py"
OTHERS = "suites/trigger/test_headers.py"


def ran(tmp_path: Path, *options: str):
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-n2", f"--report-dir={tmp_path / 'reports'}",
        RULES, *options,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**environment, **KEYS},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    path = tmp_path / "reports" / "result.json"
    entries = json.loads(path.read_text(encoding="utf-8"))["requirements"] if path.exists() else []
    return done, {one["id"]: (one["outcome"], one["reason"]) for one in entries}


@pytest.fixture
def restarting(tmp_path: Path):
    keys = {"env_main": KEYS["TRIGGER_SECRET_KEY"], "env_other": KEYS["TRIGGER_OTHER_SECRET_KEY"]}
    database = tmp_path / "rows.sqlite"
    made = []

    def app():
        made.append(TriggerReference(database, keys))
        return made[-1].app()

    with Restarting(app(), app, tmp_path / "restart") as one:
        yield one, made


def test_a_target_that_keeps_its_rows_passes(tmp_path: Path, restarting):
    one, made = restarting
    done, outcomes = ran(tmp_path, f"--base-url={one.url}", f"--restart-command={one.command}", OTHERS)
    assert {name: outcomes[name][0] for name in OUTLIVE} == dict.fromkeys(OUTLIVE, "passed"), done.stdout
    assert len(made) == 2
    assert one.command not in (tmp_path / "reports" / "result.json").read_text(encoding="utf-8")


def test_without_the_option_the_rules_do_not_apply(tmp_path: Path, restarting):
    one, made = restarting
    _, outcomes = ran(tmp_path, f"--base-url={one.url}", "-n0")
    assert {outcomes[name][0] for name in OUTLIVE} == {"not_applicable"}
    assert len(made) == 1


def test_a_command_that_fails_leaves_the_rules_untested(tmp_path: Path, restarting):
    one, _ = restarting
    _, outcomes = ran(tmp_path, f"--base-url={one.url}", "--restart-command=false", "-n0")
    assert {outcomes[name] for name in OUTLIVE} == {
        ("not_tested", "the restart command ended with exit code 1")
    }


@pytest.mark.parametrize(
    ("command", "sentence"), [("  ", "--restart-command is empty"), ("sh -c 'x", "has a quotation mark")]
)
def test_a_command_that_is_none_is_refused(tmp_path: Path, command: str, sentence: str):
    done, outcomes = ran(tmp_path, f"--restart-command={command}", "-n0")
    assert done.returncode == 4
    assert sentence in done.stderr
    assert outcomes == {}
