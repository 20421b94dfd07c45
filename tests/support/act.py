"""Runs the steps of a workflow's job here, as a runner would: commands in bash, others' actions by stand-ins."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from tck.paths import ROOT

Values = Mapping[str, Any]
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
LONGEST = 120


def read(path: str) -> dict[str, Any]:
    """A YAML file of the checkout; the word `on` stays a word."""
    return yaml.load((ROOT / path).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def value_of(name: str, contexts: Values) -> str:
    """What a dotted name stands for; only variables, secrets and what a step has told may be missing."""
    found: Any = contexts
    for part in name.split("."):
        lenient = any(found is contexts.get(root) for root in ("vars", "secrets", "env")) or isinstance(
            found, Told
        )
        found = found.get(part, "") if lenient else found[part]
    return str(found)


class Told(dict[str, str]):
    """What a step wrote to GITHUB_OUTPUT."""


def filled(text: str, contexts: Values) -> str:
    return EXPRESSION.sub(lambda match: value_of(match[1], contexts), text)


def holds(condition: str, contexts: Values, succeeded: bool) -> bool:
    """Whether a step or job is run: terms joined by &&, success() where no always() is asked for."""
    terms = [term.strip() for term in condition.split("&&") if term.strip()]
    asked = all(_term(term, contexts) for term in terms if term != "always()")
    return asked and (succeeded or "always()" in terms)


def _term(term: str, contexts: Values) -> bool:
    left, operator, right = re.fullmatch(r"(\S+) (==|!=) '(.*)'", term).groups()
    return (value_of(left, contexts) == right) == (operator == "==")


@dataclass
class Runner:
    """A machine for one job: `workspace` is where steps stand, `store` what outlives the job."""

    folder: Path
    store: Path
    workspace: Path
    skipped: Sequence[str] = ()
    log: str = ""
    artefacts: Path = field(init=False)

    def __post_init__(self) -> None:
        self.temp = self.folder / "temp"
        self.artefacts = self.store / "artefacts"
        for made in (self.temp, self.workspace, self.artefacts, self.store / "cache"):
            made.mkdir(parents=True, exist_ok=True)

    @property
    def summary(self) -> str:
        path = self.folder / "summary.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def job(self, job: Values, run: int, **contexts: Any) -> bool:
        """Run a job's steps; whether it succeeded."""
        github = {"run_id": str(run), "run_attempt": "1", "ref": "refs/heads/main"}
        known = {
            "github": github, "runner": {"temp": str(self.temp)}, "vars": {}, "secrets": {},
            "env": dict(job.get("env", {})), **contexts,
        }  # fmt: skip
        return self.steps(job["steps"], known)[0]

    def steps(self, steps: Sequence[Values], contexts: Values) -> tuple[bool, Values]:
        """Run steps in order; whether all succeeded, and what each told."""
        told: dict[str, Any] = {
            one["id"]: {"outputs": Told(), "outcome": "skipped"} for one in steps if "id" in one
        }
        known = {**contexts, "steps": told}
        succeeded = True
        for step in steps:
            if step.get("name") in self.skipped or not holds(step.get("if", ""), known, succeeded):
                continue
            done, outputs = self.step(step, known)
            succeeded = succeeded and done
            if "id" in step:
                told[step["id"]] = {"outputs": outputs, "outcome": "success" if done else "failure"}
        return succeeded, known

    def step(self, step: Values, contexts: Values) -> tuple[bool, Told]:
        """Run one step; whether it succeeded, and what it told."""
        if "run" in step:
            own = {name: filled(text, contexts) for name, text in step.get("env", {}).items()}
            return self.command(step["run"], {**contexts["env"], **own})
        given = {name: filled(text, contexts) for name, text in step.get("with", {}).items()}
        if step["uses"] == "./":
            return self.composite(read("action.yml"), given, contexts)
        STAND_INS[step["uses"].partition("@")[0]](
            self, **{name.replace("-", "_"): text for name, text in given.items()}
        )
        return True, Told()

    def command(self, script: str, env: Mapping[str, str]) -> tuple[bool, Told]:
        """Run a script as `shell: bash` does."""
        output = self.folder / "output"
        output.write_text("", encoding="utf-8")
        done = subprocess.run(
            [*SHELL, script], cwd=self.workspace, env={**self.environment(), "GITHUB_OUTPUT": str(output), **env},
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
            timeout=LONGEST,
        )  # fmt: skip
        self.log += done.stdout
        lines = output.read_text(encoding="utf-8").splitlines()
        return done.returncode == 0, Told(line.split("=", 1) for line in lines)

    def environment(self) -> dict[str, str]:
        """What a runner sets."""
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "CI": "true", "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"), "RUNNER_TEMP": str(self.temp),
        }  # fmt: skip

    def composite(self, action: Values, given: Values, contexts: Values) -> tuple[bool, Told]:
        """Run a composite action of the checkout with these inputs."""
        assert set(given) <= set(action["inputs"])
        inputs = {name: one.get("default", "") for name, one in action["inputs"].items()} | dict(given)
        github = {**contexts["github"], "action_path": str(ROOT)}
        done, known = self.steps(action["runs"]["steps"], {**contexts, "inputs": inputs, "github": github})
        outputs = {name: filled(one["value"], known) for name, one in action["outputs"].items()}
        return done, Told(outputs)


def restored(runner: Runner, path: str, key: str, restore_keys: str) -> None:
    found = [
        one for one in (runner.store / "cache").iterdir() if one.name.startswith(quote(restore_keys, ""))
    ]
    if found:
        shutil.copytree(max(found, key=lambda one: one.stat().st_mtime_ns), path)


def saved(runner: Runner, path: str, key: str) -> None:
    shutil.copytree(path, runner.store / "cache" / quote(key, ""))


def uploaded(runner: Runner, name: str, path: str, **_: str) -> None:
    kept = runner.artefacts / name
    shutil.rmtree(kept, ignore_errors=True)
    if (runner.workspace / path).exists():
        shutil.copytree(runner.workspace / path, kept)


def downloaded(runner: Runner, name: str, path: str) -> None:
    shutil.copytree(runner.artefacts / name, runner.workspace / path)


def nothing(runner: Runner, **_: str) -> None:
    """What this machine has already."""


STAND_INS: Mapping[str, Callable[..., None]] = {
    "actions/cache/restore": restored,
    "actions/cache/save": saved,
    "actions/checkout": nothing,
    "actions/download-artifact": downloaded,
    "actions/setup-python": nothing,
    "actions/upload-artifact": uploaded,
}


def job_of(workflow: str, name: str) -> dict[str, Any]:
    return read(f".github/workflows/{workflow}.yaml")["jobs"][name]
