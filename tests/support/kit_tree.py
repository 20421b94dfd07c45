"""A small checkout of the kit: its own machinery and reference, with suites of a few lines in place of the real ones."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tck.paths import ROOT
from tests.support.warm_python import WarmPython, can_fork

LONGEST = 120
"""Seconds after which a run counts as hanging."""
KEYS = {
    "TRIGGER_SECRET_KEY": "tr_dev_first+key/0123456789",
    "TRIGGER_OTHER_SECRET_KEY": "tr_dev_second+key/987654321",
}
OWN_PLUGINS = ("-p", "xdist.plugin", "-p", "pytest_base_url.plugin")
"""The kit's own dependencies among pytest's plugins; what else is installed beside them is left out."""

ONE_PROCESS = """
import contextlib, io, json, sys, pytest
ran = {}
for name, arguments in json.loads(sys.argv[1]).items():
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = pytest.main(arguments)
    ran[name] = int(code), out.getvalue(), err.getvalue()
print("\\n" + json.dumps(ran), end="")
"""
"""Runs several pytests, and prints their exit codes and outputs as its last line."""

CONFTEST = """
import json, pytest
from tck.transport.messages import Call

@pytest.fixture
def create(run, send):
    def make(key="key", authorization=None, **changes):
        body = {"type": "chat.agent", "taskIdentifier": "my-chat", "externalId": run.new_name(),
                "tags": [run.tag], "triggerConfig": {"basePayload": {}}, **changes}
        bearing = authorization or run.authorization(key)
        return send(Call("createSession", "POST", "/api/v1/sessions", bearing, key, json.dumps(body).encode()))
    return make

@pytest.fixture
def look(run, send):
    return lambda address: send(
        Call("retrieveSession", "GET", f"/api/v1/sessions/{address}", run.authorization("key"), "key"))
"""
GOOD = """
import pytest

@pytest.mark.requirement("create.answers-201")
def test_create_answers_201(create):
    assert create().status == 201

@pytest.mark.requirement("create.keeps-tags")
@pytest.mark.parametrize("tag", ["one", "two"])
def test_tags_are_kept(create, tag):
    assert create(tags=[tag])["tags"] == [tag]

@pytest.mark.requirement("retrieve.finds")
def test_retrieve_finds(create, look):
    assert look(create()["id"].value).status == 200
"""
REQUIREMENTS = {
    "create.answers-201": "must",
    "create.keeps-tags": "must",
    "retrieve.finds": "must",
}


@dataclass(frozen=True)
class Ran:
    """One finished run of pytest."""

    code: int
    out: str
    err: str
    reports: Path

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def result(self) -> dict[str, Any]:
        path = self.reports / "result.json"
        assert path.exists(), self.text
        loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return loaded

    @property
    def outcomes(self) -> dict[str, str]:
        return {one["id"]: one["outcome"] for one in self.result["requirements"]}

    @property
    def reasons(self) -> dict[str, str]:
        return {one["id"]: one["reason"] for one in self.result["requirements"]}

    @property
    def summary(self) -> tuple[int, str, bool]:
        return self.code, self.result["verdict"], self.result["partial"]

    @property
    def ledgers(self) -> list[Path]:
        """The ledgers that were left, and any lock that was left without its ledger."""
        found = sorted(self.reports.glob("ledger-*"))
        return [path for path in found if path.suffix != ".lock" or path.with_suffix("") not in found]

    def junit(self) -> dict[str, tuple[str, dict[str, str]]]:
        """How JUnit shows each test case: what it says, and the last value of each property."""
        shown = {}
        for case in ET.parse(self.reports / "junit.xml").iter("testcase"):
            says = [one.tag for one in case if one.tag in ("failure", "error", "skipped")]
            properties = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
            shown[case.attrib["name"]] = (says[0] if says else "passed", properties)
        return shown

    def says_one_sentence(self, *parts: str) -> None:
        """Exit 4, with one sentence that holds these parts, and nothing else of note."""
        lines = [line for line in self.text.splitlines() if line.startswith("ERROR: ")]
        assert self.code == 4, self.text
        assert len(lines) == 1, self.text
        assert [part for part in parts if part not in lines[0]] == [], lines[0]
        assert "Traceback" not in self.text
        assert not (self.reports / "result.json").exists()
        assert not (self.reports / "junit.xml").exists()


@dataclass
class Tree:
    """One such checkout, at `root`."""

    root: Path
    reports: Path
    warm: WarmPython | None = None
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def suite(self, source: str, **levels: str) -> None:
        """Make this the one file of checks, of the requirements named in it; `a__b_c=should` sets the level of a.b-c."""
        for file in (self.root / "suites" / "trigger").glob("test_*.py"):
            file.unlink()
        self.write("suites/trigger/test_tiny.py", source)
        named = {name.replace("__", ".").replace("_", "-"): level for name, level in levels.items()}
        self.requirements(named or REQUIREMENTS)

    def requirements(self, levels: Mapping[str, str], needs: Mapping[str, str] | None = None) -> None:
        entries = [
            {
                "id": name,
                "level": level,
                "statement": f"What {name} says.",
                "source": {"page": "trigger-create-session", "at": "description"},
                "needs": [needs[name]] if needs and name in needs else [],
            }
            for name, level in levels.items()
        ]
        self.write("spec/trigger/requirements.yaml", json.dumps({"requirements": entries}))

    def start(self, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None,
              python: tuple[str, ...] = (), **how: Any) -> subprocess.Popen[str]:  # fmt: skip
        """Start pytest in a process group of its own, as `command` has it."""
        return self._started([*python, *self.command(*arguments, **how)], env, cwd)

    def command(self, *arguments: str, plugins: tuple[str, ...] = OWN_PLUGINS, cache: bool = False,
                target: str = "") -> list[str]:  # fmt: skip
        """The words after `python`; without a target, pytest judges the embedded reference."""
        given = [*arguments, *([f"--base-url={target}"] if target else [])]
        without = [] if cache else ["-p", "no:cacheprovider"]
        return ["-m", "pytest", *plugins, *without, f"--report-dir={self.reports}", *given]

    def ended(self, process: subprocess.Popen[str]) -> Ran:
        out, err = process.communicate(timeout=LONGEST)
        return Ran(process.returncode, out, err, self.reports)

    def pytest(self, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None,
               python: tuple[str, ...] = (), **how: Any) -> Ran:  # fmt: skip
        """Run pytest to its end."""
        return self.python(*python, *self.command(*arguments, **how), env=env, cwd=cwd)

    def pytests(self, commands: Mapping[str, Sequence[str]], env: Mapping[str, str] | None = None,
                target: str = "") -> dict[str, Ran]:  # fmt: skip
        """Run pytest once for each of these in one process, which is started once; each has reports of its own."""
        reports = {name: self.reports / str(number) for number, name in enumerate(commands)}
        given = {
            name: [*OWN_PLUGINS, "-p", "no:cacheprovider", f"--report-dir={reports[name]}", *arguments,
                   *([f"--base-url={target}"] if target else [])]
            for name, arguments in commands.items()
        }  # fmt: skip
        ran = self.python(
            "-P", "-c", ONE_PROCESS, json.dumps(given), env={"PYTHONPATH": str(self.root), **(env or {})}
        )
        assert ran.code == 0, ran.text
        return {
            name: Ran(code, out, err, reports[name])
            for name, (code, out, err) in json.loads(ran.out.rpartition("\n")[2]).items()
        }

    def python(self, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ran:
        """Run a command of the kit's in this checkout, in a fork of the warm process where that takes it."""
        if self.warm is not None and can_fork(arguments, env or {}):
            ran = self.warm.run(arguments, cwd or self.root, environment(env or {}), LONGEST)
            return Ran(*ran, self.reports)
        return self.ended(self._started(arguments, env, cwd))

    def _started(
        self, arguments: Sequence[str], env: Mapping[str, str] | None, cwd: Path | None
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=cwd or self.root, env=environment(env or {}), text=True,
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def stop(self) -> None:
        """End what a failed test has left running: what holds a pipe may have outlived the process that we started."""
        for process in self.processes:
            if process.stdout is not None and not process.stdout.closed:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.communicate(timeout=LONGEST)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment without what belongs to the run of the kit's own tests."""
    ours = ("PYTEST_", "TRIGGER_", "PYTHON", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **extra}


def plant(root: Path) -> None:
    """Copy the machinery to a new place, byte code included; the reference is lent."""
    root.mkdir(parents=True)
    shutil.copytree(ROOT / "tck", root / "tck")
    shutil.copytree(ROOT / "spec" / "schemas", root / "spec" / "schemas")
    (root / "spec" / "trigger").mkdir()
    for name in ("spec/trigger/contract.yaml", "spec/trigger/openapi.yaml", "conftest.py", "pyproject.toml"):
        shutil.copy2(ROOT / name, root / name)
    (root / "reference").symlink_to(ROOT / "reference")
    tree = Tree(root, root / "reports" / "latest")
    for name in ("suites/__init__.py", "suites/trigger/__init__.py"):
        tree.write(name, "")
    tree.write("suites/trigger/conftest.py", CONFTEST)
    tree.suite(GOOD)
