"""The files that schedulers read: valid, pinned, with few rights, and no secret in a command."""

import configparser
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tck.paths import ROOT
from tests.support.act import STAND_INS, read

WORKFLOWS = tuple(f".github/workflows/{name}.yaml" for name in ("ci", "nightly", "thorough"))
SCHEMAS = {
    "vendor.github-actions": ("action.yml",),
    "vendor.github-workflows": WORKFLOWS,
    "custom.github-workflows-require-timeout": WORKFLOWS,
    "vendor.dependabot": (".github/dependabot.yml",),
    "vendor.gitlab-ci": ("docs/gitlab-ci.yml",),
}
PINNED = re.compile(r"uses: (\S+)@[0-9a-f]{40} # v\d+\.\d+\.\d+")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_files_are_valid(schema):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *SCHEMAS[schema]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def steps() -> Iterator[dict]:
    yield from read("action.yml")["runs"]["steps"]
    for path in WORKFLOWS:
        for job in read(path)["jobs"].values():
            yield from job["steps"]


def test_no_command_holds_an_expression_and_no_name_of_a_secret():
    """A value that is put into a command could be one itself, and is seen by whoever lists processes."""
    commands = [step["run"] for step in steps() if "run" in step]
    assert len(commands) > 5
    assert [one for one in commands if "${{" in one or "KEY" in one] == []


@pytest.mark.parametrize("path", ["action.yml", *WORKFLOWS])
def test_actions_of_others_are_pinned_to_a_commit(path):
    lines = [line.strip().removeprefix("- ") for line in (ROOT / path).read_text().splitlines()]
    used = [line for line in lines if line.startswith("uses: ") and line != "uses: ./"]
    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []
    assert {PINNED.fullmatch(line)[1] for line in used} <= set(STAND_INS)


@pytest.mark.parametrize("path", WORKFLOWS)
def test_workflows_may_read_alone_but_for_the_badge(path):
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "concurrency" in workflow
    more = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert more in ({}, {"badge": {"contents": "write"}})


def test_what_no_push_proves_is_proven_every_night():
    """Whole matrices, load and clients are environments of tox, each with arguments that it takes."""
    jobs = read(".github/workflows/thorough.yaml")["jobs"]["tox"]["strategy"]["matrix"]["include"]
    told = configparser.ConfigParser(interpolation=None)
    told.read(ROOT / "tox.ini", encoding="utf-8")
    assert {one["environment"] for one in jobs} == {"matrix", "full-matrix", "load", "load-matrix", "clients"}
    for one in jobs:
        section = told[f"testenv:{one['environment']}"]
        assert "{posargs" in section["commands"]
        assert "--brief" not in one.get("arguments", "")


def test_every_environment_of_a_push_is_part_of_ci():
    told = configparser.ConfigParser(interpolation=None)
    told.read(ROOT / "tox.ini", encoding="utf-8")
    named = re.findall(r"\[testenv:(\w+)\]commands", told["testenv:ci"]["commands"])
    assert named == ["lint", "types", "imports", "tests", "submissions", "matrix"]
    assert told["tox"]["env_list"] == "ci"


def instructions() -> list[tuple[str, str]]:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    told = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in told]


def test_the_image_runs_the_kit_without_the_rights_of_root():
    told = dict(instructions())
    assert told["ENTRYPOINT"] == '["sessions-tck"]'
    assert told["USER"].split(":")[0] not in ("0", "root")
    images = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+-slim", image) for image in images)


@pytest.mark.slow
def test_what_the_image_is_built_from_suffices(tmp_path: Path):
    """The wheel that its build makes of the files that it copies is the wheel of the checkout."""
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                copied = shutil.copytree if (ROOT / source).is_dir() else shutil.copy2
                copied(ROOT / source, tmp_path / (source if target == "./" else target))
    assert wheel_of(tmp_path, tmp_path / "one") == wheel_of(ROOT, tmp_path / "two")


def wheel_of(source: Path, folder: Path) -> set[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    return {name for name in names if "__pycache__" not in name and "dist-info" not in name}
