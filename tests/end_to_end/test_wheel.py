"""The wheel, in an environment of its own and far from the checkout, is the same kit."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tck.paths import ROOT
from tck.results.kit_identity import kit_digest
from tests.support.installed import Installed, lent

pytestmark = pytest.mark.xdist_group("wheel")
ONE = "suites/trigger/test_close_again.py"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of this checkout in an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return Installed(lent(folder / "env", wheel), wheel)


def test_everything_lies_under_one_package(installed: Installed):
    names = zipfile.ZipFile(installed.wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"tck", "sessions_tck"}
    assert {name.split("/")[2] for name in names if name.startswith("tck/kit/")} == {
        "pyproject.toml", "reference", "spec", "suites",
    }  # fmt: skip


def test_it_lists_its_commands(installed: Installed, tmp_path: Path):
    ran = installed.run(tmp_path, "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "  certify " in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_it_judges_the_reference_from_an_empty_folder(installed: Installed, tmp_path: Path):
    ran = installed.run(tmp_path, "-q", ONE)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "no MUST requirement failed" in ran.stdout
    assert ran.stdout.startswith("PARTIAL: only ") or "\nPARTIAL: only " in ran.stdout
    result = json.loads((tmp_path / "reports/latest/result.json").read_text(encoding="utf-8"))
    assert result["kit"]["digest"] == kit_digest("trigger")
    checks = [check for one in result["requirements"] for check in one["checks"]]
    assert any(check["check"].startswith(f"{ONE}::") and check["outcome"] == "passed" for check in checks)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".pytest_cache", "reports"]


def test_it_judges_a_contract_in_a_folder_of_the_vendor(installed: Installed, tmp_path: Path):
    folder = tmp_path / "contracts"
    shutil.copytree(
        ROOT / "tests/support/contract_dir", folder, ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    ran = installed.run(tmp_path, "-q", "--contract=notes", f"--contract-dir={folder}", "-m", "not fuzz")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    result = json.loads((tmp_path / "reports/latest/result.json").read_text(encoding="utf-8"))
    assert result["kit"]["digest"] == kit_digest("notes", folder)
    checks = {check["check"].partition("[")[0] for one in result["requirements"] for check in one["checks"]}
    assert "suites/notes/test_notes.py::test_an_empty_text_is_refused" in checks


def test_without_a_path_it_sees_every_check(installed: Installed, tmp_path: Path):
    ran = installed.run(tmp_path, "-q", "--collect-only", "-m", "not fuzz", "-p", "no:cacheprovider")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith("suites/trigger/")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.under_load
def test_a_load_of_the_reference_needs_no_checkout(installed: Installed, tmp_path: Path):
    ran = installed.run(tmp_path, "load", "--users=2", "--requests=60")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "UNDER LOAD: observed under the load of 2 users" in ran.stdout
    assert (tmp_path / "reports" / "load" / "index.html").exists()
