"""The same cases in the same order: serial, parallel, one check alone, from another directory, in any order."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tck.paths import ROOT

FUZZ = ROOT / "suites" / "trigger" / "test_fuzz.py"


def notes_of(folder: Path, *arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    """What the generated checks of a run on the embedded reference say of their work."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={ROOT}", "-c", f"{ROOT}/pyproject.toml",
        "--fuzz-examples=10", f"--report-dir={folder}", *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    generated: dict[str, Any] = json.loads((folder / "result.json").read_text())["generated"]
    return generated


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return notes_of(tmp_path_factory.mktemp("serial"), str(FUZZ), "-p", "no:randomly")


def digests(notes: dict[str, Any]) -> dict[str, str]:
    return {name: note["digest"] for name, note in notes.items()}


@pytest.mark.slow
def test_parallel_and_in_another_order(serial: dict[str, Any], tmp_path: Path) -> None:
    assert digests(notes_of(tmp_path / "reports", str(FUZZ), "-n", "2")) == digests(serial)


@pytest.mark.slow
def test_one_check_alone_from_another_directory(serial: dict[str, Any], tmp_path: Path) -> None:
    alone = digests(notes_of(tmp_path / "reports", f"{FUZZ}::test_update", cwd=tmp_path))
    assert alone == {"fuzz update": digests(serial)["fuzz update"]}


@pytest.mark.slow
def test_another_seed_makes_other_cases(serial: dict[str, Any], tmp_path: Path) -> None:
    other = digests(notes_of(tmp_path / "reports", f"{FUZZ}::test_update", "--hypothesis-seed=1"))
    assert other.keys() == {"fuzz update"}
    assert other["fuzz update"] != digests(serial)["fuzz update"]


@pytest.mark.slow
def test_more_than_a_third_of_few_examples_reach_a_session(serial: dict[str, Any]) -> None:
    calls = sum(note["calls"] for note in serial.values())
    assert sum(note["reached"] for note in serial.values()) > calls / 3


@pytest.mark.slow
def test_without_a_limit_nothing_is_left_out(serial: dict[str, Any]) -> None:
    assert {key for note in serial.values() for key in note} == {
        "cases", "requests", "calls", "reached", "share_reached", "sessions", "digest"
    }  # fmt: skip
