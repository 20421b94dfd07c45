"""--alluredir: what allure-pytest writes of a run, and what Allure's own command line makes of it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.kit_tree import KEYS, Tree

FOLDER = Path(__file__).parent / "allure_cli"
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
PLUGINS = ("-p", "xdist.plugin", "-p", "pytest_base_url.plugin", "-p", "allure_pytest")
SUITE = """
import pytest
from tck.errors import Indeterminate
from tck.unjudged import NotTested

@pytest.fixture
def leaking(run, create):
    raise AssertionError(run.target.credentials["key"] + create()["publicAccessToken"].value)

@pytest.mark.requirement("tiny.passed")
@pytest.mark.parametrize("case", ["one", "two"])
def test_passed(create, case): assert create().status == 201
@pytest.mark.requirement("tiny.failed")
def test_failed(create, run): assert create(metadata={"a": run.target.credentials["key"]}).text == run.target.credentials["key"]
@pytest.mark.requirement("tiny.lost")
def test_lost(): raise Indeterminate("no reply came")
@pytest.mark.requirement("tiny.skipped")
def test_skipped(leaking): pass
@pytest.mark.requirement("tiny.should")
def test_should(run, create):
    print(run.target.credentials["key"])
    create()
    raise ValueError(run.target.credentials["key"])
@pytest.mark.requirement("tiny.deviates")
def test_deviates(create): assert create().status == 418
"""
LEVELS = {
    "tiny__passed": "must",
    "tiny__failed": "must",
    "tiny__lost": "must",
    "tiny__skipped": "must",
    "tiny__should": "should",
    "tiny__deviates": "should",
}


def run(tree: Tree, target: str, folder: Path, *arguments: str):
    return tree.pytest(f"--alluredir={folder}", *arguments, target=target, env=KEYS, plugins=PLUGINS)


def results(folder: Path) -> dict[str, dict]:
    found = (json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*-result.json"))
    return {one["name"]: one for one in found}


def labels(one: dict, name: str) -> list[str]:
    return [label["value"] for label in one["labels"] if label["name"] == name]


@pytest.fixture(scope="module")
def folder(module_tree: Tree, target: str) -> Path:
    module_tree.suite(SUITE, **LEVELS)
    folder = module_tree.root / "allure"
    ran = run(module_tree, target, folder)
    assert ran.code == 1, ran.text
    return folder


def test_each_check_has_its_outcome_and_stands_under_contract_operation_and_requirement(folder):
    found = results(folder)
    assert {name: one["status"] for name, one in found.items()} == {
        "test_passed[one]": "passed", "test_passed[two]": "passed", "test_failed": "failed", "test_lost": "broken",
        "test_skipped": "skipped", "test_should": "broken", "test_deviates": "skipped",
    }  # fmt: skip
    failed = found["test_failed"]
    assert [labels(failed, name) for name in ("epic", "feature", "story", "severity")] == [
        ["Trigger.dev sessions"], ["tiny"], ["tiny.failed"], ["critical"],
    ]  # fmt: skip
    tree = [labels(failed, name) for name in ("parentSuite", "suite", "subSuite")]
    assert tree == [["Trigger.dev sessions"], ["tiny"], ["tiny.failed"]]
    assert labels(found["test_should"], "severity") == ["minor"]
    assert [link["url"] for link in failed["links"]] == [
        "https://trigger.dev/docs/management/sessions/create"
    ]
    assert failed["statusDetails"]["message"].startswith("tiny.failed: ")
    assert "expected: " in failed["statusDetails"]["trace"]
    assert found["test_deviates"]["statusDetails"]["message"].startswith("deviation: tiny.deviates: ")


def test_request_response_and_curl_are_attached(folder):
    kept = results(folder)["test_failed"]["attachments"]
    texts = {one["name"].split()[0]: (folder / one["source"]).read_text(encoding="utf-8") for one in kept}
    assert texts["request"].startswith("POST http://127.0.0.1:")
    assert texts["response"].startswith("201 Created\n")
    assert texts["curl"].startswith("curl -sS -i -X POST")


def test_no_key_is_in_any_file(folder):
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert [secret for secret in KEYS.values() if secret.encode() in kept] == []
    assert b"[redacted TRIGGER_SECRET_KEY]" in kept


def test_a_check_that_moved_keeps_its_history(folder, module_tree: Tree, target: str, tmp_path):
    before = {name: (one["historyId"], one["testCaseId"]) for name, one in results(folder).items()}
    assert len(set(before.values())) == len(before)
    moved = module_tree.root / "suites/trigger/test_tiny.py"
    moved.rename(moved.with_name("test_elsewhere.py"))
    ran = run(module_tree, target, tmp_path / "again", "-n2")
    assert ran.code == 1, ran.text
    assert {
        name: (one["historyId"], one["testCaseId"]) for name, one in results(tmp_path / "again").items()
    } == before
    moved.with_name("test_elsewhere.py").rename(moved)


@pytest.fixture(scope="module")
def allure():
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are not installed")
    if not (FOLDER / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(INSTALL, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install Allure: {done.stderr.strip()[-200:]}")
    return FOLDER / "node_modules" / ".bin" / "allure"


def test_allures_own_command_line_makes_a_report_with_a_history(allure, folder, tmp_path):
    settings = {"name": "sessions", "historyPath": "./history.jsonl", "output": "./report"}
    (tmp_path / "allurerc.json").write_text(json.dumps(settings))
    for _ in range(2):
        command = [str(allure), "generate", "--config", "allurerc.json", str(folder)]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "CI": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "report" / "index.html").stat().st_size > 1000
    tests = [json.loads(path.read_text()) for path in (tmp_path / "report/data/test-results").glob("*.json")]
    assert {one["name"]: one["status"] for one in tests} == {
        name: one["status"] for name, one in results(folder).items()
    }  # fmt: skip
    first, second = (json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines())
    assert first["testResults"].keys() == second["testResults"].keys()
    assert len(first["testResults"]) == len(tests)
    assert {one["historyId"] for one in tests} == first["testResults"].keys()
