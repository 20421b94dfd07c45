"""A contract in a folder outside the checkout, judged whole: nothing in the kit knows it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tck.cleanup.ledger import Ledger
from tck.paths import ROOT
from tck.results.kit_identity import kit_digest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("contract-dir")]
SOURCE = ROOT / "tests" / "support" / "contract_dir"
KEY = "note_0123456789abcdef"
CHECK = "suites/notes/test_notes.py::test_a_read_shows_the_text[ spaced ]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract beside a conftest.py that is none of its own."""
    outside = tmp_path_factory.mktemp("vendor")
    (outside / "conftest.py").write_text("raise RuntimeError('this conftest.py is not the contract's')\n")
    shutil.copytree(SOURCE, outside / "contracts", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return outside / "contracts"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NOTES_"))}
    return {**kept, "NOTES_KEY": KEY}


def python(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, arguments)]
    alone = {**environment(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False, timeout=300
    )


def judge(folder: Path, reports: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    of_the_contract = ("--contract=notes", f"--contract-dir={folder}", f"--report-dir={reports}")
    return python("pytest", "-q", "-p", "no:cacheprovider", *of_the_contract, *arguments)


def result_in(reports: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((reports / "result.json").read_text(encoding="utf-8"))
    return result


@pytest.fixture
def served(folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the reference, or of the mutant that the test names, on a port of its own."""
    mutant = getattr(request, "param", "")
    server = ["mutants", "--contract=notes", f"--contract-dir={folder}", "serve", mutant]
    reference = ["reference", "--contract=notes", f"--contract-dir={folder}", "--port=0", "--announce"]
    process = subprocess.Popen(
        [sys.executable, "-m", *(server if mutant else reference)], cwd=ROOT, env=environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.partition("--base-url=")[2].strip() if mutant else json.loads(line)["url"]
    finally:
        process.kill()
        process.communicate()


def test_it_is_conformant_on_its_own_reference(folder: Path, tmp_path: Path):
    ran = judge(folder, tmp_path, "-n", "1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "CONFORMANT: 4 MUST requirements held." in ran.stdout
    result = result_in(tmp_path)
    assert (result["contract"]["name"], result["kit"]["state"]) == ("notes", "unreleased")
    assert (result["options"]["notebook"], result["sessions_left_open"]) == ("inbox", 0)
    assert str(folder) not in json.dumps(result)
    assert sorted(path.name for path in folder.iterdir()) == ["mutants", "reference", "spec", "suites"]


def test_its_files_are_in_the_digest_and_certify_nothing(folder: Path, served: str, tmp_path: Path):
    ran = judge(folder, tmp_path, f"--base-url={served}")
    assert ran.returncode == 0, ran.stdout
    digest = result_in(tmp_path)["kit"]["digest"]
    assert digest == kit_digest("notes", folder)
    changed = tmp_path / "changed"
    shutil.copytree(folder, changed)
    (changed / "suites" / "notes" / "support.py").write_text("\n")
    assert kit_digest("notes", changed) != digest
    refused = python("tck", "certify", tmp_path / "result.json", "--key=none.pem")
    assert refused.returncode == 4
    assert refused.stderr.startswith("ERROR: not certified: the run was judged by an unreleased kit")


def test_each_mutant_is_killed_and_the_latitude_forgiven(folder: Path):
    ran = python("mutants", "--contract=notes", f"--contract-dir={folder}", "matrix")
    assert (ran.returncode, ran.stdout) == (0, "every mutant killed, every latitude forgiven\n"), ran.stderr


def test_a_mutant_is_tried_by_its_name(folder: Path):
    ran = python("mutants", "--contract=notes", f"--contract-dir={folder}", "try", "TrimsText")
    assert ran.stdout == "killed     TrimsText by read.shows-text\n1 killed, 0 survived\n", ran.stderr


@pytest.mark.parametrize("served", ["TrimsText"], indirect=True)
def test_the_rerun_line_of_a_failure_can_be_used_as_it_is_printed(folder: Path, served: str, tmp_path: Path):
    key = {"NOTES_KEY": "note_of_a_mutant"}
    first = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "--contract=notes", f"--contract-dir={folder}", f"--base-url={served}",
         f"--report-dir={tmp_path}", "-p", "no:cacheprovider", "-m", "not fuzz"],
        cwd=ROOT, env={**environment(), **key}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert first.returncode == 1, first.stdout
    checks = [check for one in result_in(tmp_path)["requirements"] for check in one["checks"]]
    [failed] = [check for check in checks if check["outcome"] == "failed"]
    assert failed["check"] == CHECK
    assert failed["rerun"] in first.stdout
    again = subprocess.run(
        ["sh", "-c", f"{failed['rerun']} -q --report-dir={tmp_path} -p no:cacheprovider"],
        cwd=ROOT, env={**environment(), **key}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert again.returncode == 1, again.stdout
    checks = [check for one in result_in(tmp_path)["requirements"] for check in one["checks"]]
    assert [check["check"] for check in checks if check["outcome"] == "failed"] == [CHECK]
    assert "1 failed" in again.stdout


def test_its_plan_is_shown_and_its_limits_hold(folder: Path, tmp_path: Path):
    plan = judge(folder, tmp_path, "--plan")
    assert (plan.returncode, plan.stderr) == (0, "")
    assert "in all                             4       282       109" in plan.stdout
    refused = judge(folder, tmp_path, "--max-sessions=2")
    assert refused.returncode == 4
    assert "--max-sessions=2" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_ini_file_may_name_its_folder(folder: Path):
    named = ("-o", f"contract_dir={folder}", "-o", "contract=notes")
    ran = python("pytest", "-q", "-p", "no:cacheprovider", *named, "--collect-only")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert CHECK in ran.stdout.splitlines()


def test_its_requirements_are_listed(folder: Path):
    ran = python("tck", "requirements", f"--contract-dir={folder}", "--contract=notes", "text")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("notes: 2 requirements\n  MUST    create.refuses-empty-text")


def test_the_command_judges_it_from_any_folder(folder: Path, served: str, tmp_path: Path):
    (tmp_path / "conftest.py").write_text("raise RuntimeError('this conftest.py is not the contract's')\n")
    command = [
        sys.executable, "-m", "tck", "-q", "-p", "no:cacheprovider", "--contract=notes", f"--contract-dir={folder}",
        f"--base-url={served}", CHECK,
    ]  # fmt: skip
    ran = subprocess.run(
        command, cwd=tmp_path, env={**environment(), "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 passed" in ran.stdout
    judged = {
        one["check"]
        for rule in result_in(tmp_path / "reports/latest")["requirements"]
        for one in rule["checks"]
    }
    assert CHECK in judged


def test_what_a_lost_run_left_open_is_closed(folder: Path, served: str, tmp_path: Path):
    bearing = {"authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=served, headers=bearing, trust_env=False) as http:
        note = http.post("/notes", json={"text": "left open"}).json()["id"]
        ledger = Ledger(tmp_path / "ledger-lost-main.jsonl", served, "notes")
        ledger.made(note, "key", None)
        ledger.close()
        unknown = python("tck", "cleanup", tmp_path)
        assert unknown.returncode == 4
        assert "--contract-dir=DIR adds those of a folder" in unknown.stderr
        ran = python("tck", "cleanup", tmp_path, f"--contract-dir={folder}")
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "1 closed" in ran.stdout
        assert http.get(f"/notes/{note}").status_code == 404


def refused(folder: Path, tmp_path: Path, *arguments: str) -> str:
    """The one sentence with which a run does not start; nothing is made."""
    reports = tmp_path / "reports"
    ran = judge(folder, reports, *arguments)
    assert (ran.returncode, reports.exists()) == (4, False), ran.stdout
    [line] = ran.stderr.strip().splitlines()
    return line.removeprefix("ERROR: ")


@pytest.fixture
def spoilt(folder: Path, tmp_path: Path) -> Path:
    """A copy of the contract for the test to break."""
    return Path(shutil.copytree(folder, tmp_path / "spoilt"))


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path):
    assert refused(tmp_path / "none", tmp_path) == f"--contract-dir={tmp_path / 'none'} is not a folder."


def test_a_folder_without_a_contract_is_one_sentence(tmp_path: Path):
    assert refused(tmp_path, tmp_path) == (
        f"--contract-dir={tmp_path} holds no contract: spec/NAME/contract.yaml is missing."
    )


def test_a_contract_of_the_folder_must_be_chosen(folder: Path, tmp_path: Path):
    ran = python("pytest", "-q", f"--contract-dir={folder}", f"--report-dir={tmp_path / 'reports'}")
    assert ran.returncode == 4
    assert ran.stderr == f"ERROR: --contract-dir needs --contract=NAME; {folder} holds notes.\n\n"


def test_a_contract_of_the_kit_can_still_be_chosen(folder: Path, tmp_path: Path):
    ran = judge(folder, tmp_path, "--contract=everruns", "suites/everruns/test_update_habits.py")
    assert ran.returncode == 0, ran.stdout
    assert result_in(tmp_path)["contract"]["name"] == "everruns"


def test_the_name_of_a_contract_of_the_kit_is_one_sentence(spoilt: Path, tmp_path: Path):
    (spoilt / "spec" / "notes").rename(spoilt / "spec" / "trigger")
    assert refused(spoilt, tmp_path) == (
        f"--contract-dir={spoilt} holds a contract trigger, as the kit does; rename it."
    )


def test_a_file_that_cannot_be_read_is_one_sentence(spoilt: Path, tmp_path: Path):
    file = spoilt / "spec" / "notes" / "contract.yaml"
    file.write_text(f"{file.read_text()}pages: [\n")
    assert refused(spoilt, tmp_path).startswith(f"{file}:")


def test_an_option_that_pytest_has_is_one_sentence(spoilt: Path, tmp_path: Path):
    file = spoilt / "spec" / "notes" / "contract.yaml"
    file.write_text(file.read_text().replace("notebook", "maxfail"))
    assert (
        refused(spoilt, tmp_path) == "--maxfail is an option of pytest or of the kit; rename the contract's."
    )


def test_without_a_reference_an_address_is_needed(spoilt: Path, tmp_path: Path):
    shutil.rmtree(spoilt / "reference")
    assert refused(spoilt, tmp_path) == (
        f"{spoilt / 'reference' / 'notes'} is missing; give --base-url the address of a server."
    )


def test_suites_that_are_no_package_are_one_sentence(spoilt: Path, tmp_path: Path):
    (spoilt / "suites" / "__init__.py").unlink()
    assert refused(spoilt, tmp_path) == (
        f"{spoilt / 'suites' / '__init__.py'} is missing; make an empty file, so that checks can import from suites."
    )


@pytest.mark.parametrize("program", ["reference", "mutants"])
def test_the_other_programs_refuse_a_bad_folder_in_one_sentence(program: str, tmp_path: Path):
    action = ["list"] if program == "mutants" else []
    ran = python(program, "--contract=notes", f"--contract-dir={tmp_path / 'none'}", *action)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr.startswith("ERROR: ")
    assert ran.stderr.count("\n") == 1
