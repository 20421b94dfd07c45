"""Mistakes on the command line of sessions-tck."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tck import __version__
from tck.__main__ import COMMANDS, main
from tck.cli.run import pytest_command
from tck.paths import ROOT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["juggle"], "ERROR: juggle is no command; sessions-tck --help lists them.\n"),
        (["reprot"], "ERROR: reprot is no command; did you mean report? sessions-tck --help lists them.\n"),
        (
            ["report"],
            "ERROR: sessions-tck report: the following arguments are required: DIR; see sessions-tck report --help.",
        ),
        (["report", "a", "b"], "ERROR: sessions-tck report: unrecognized arguments: b;"),
        (
            ["diff", "a", "b", "--format=xml"],
            "ERROR: sessions-tck diff: argument --format: invalid choice: 'xml'",
        ),
        (
            ["requirements", "--level=may"],
            "ERROR: sessions-tck requirements: argument --level: invalid choice: 'may'",
        ),
        (
            ["requirements", "--contract=x"],
            "ERROR: There is no contract 'x'; there are everruns, trigger",
        ),
        (["requirements", "--page=attic"], "ERROR: --page=attic matches no page; there are: "),
        (["diff", "a"], "ERROR: sessions-tck diff: the following arguments are required: NEW.json"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str):
    assert main(arguments) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(said)


@pytest.mark.parametrize("argument", ["-h", "--help"])
def test_all_commands_are_listed_with_a_sentence_each(capsys: pytest.CaptureFixture[str], argument: str):
    with pytest.raises(SystemExit, match="0"):
        main([argument])
    listed = " ".join(capsys.readouterr().out.split())
    assert [name for name, about in COMMANDS.items() if f" {name} {about} " not in listed] == []
    assert [about for about in COMMANDS.values() if not about.endswith(".")] == []


def test_help_imports_nothing_that_a_command_needs():
    heavy = ("tck.contract", "tck.run", "pytest", "_pytest", "yaml", "jsonschema", "httpx", "jinja2")
    source = f"""
import sys
from tck.__main__ import main
try:
    main(["--help"])
finally:
    print([name for name in {heavy} if name in sys.modules], [name for name in sys.modules if "tck.cli." in name])
"""
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.splitlines()[-1] == "[] ['tck.cli.parser']"


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"run", "serve"}))
def test_every_command_tells_of_itself_and_knows_no_other_option(
    capsys: pytest.CaptureFixture[str], name: str
):
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    assert capsys.readouterr().out.startswith(f"usage: sessions-tck {name} ")
    assert main([name, "--no-such-option"]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"ERROR: sessions-tck {name}: ")
    assert told.err.count("\n") == 1


def test_the_reference_is_served_by_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch):
    ran: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr("os.execve", lambda _, command, environment: ran.append((command, environment)))
    main(["serve", "--port=0"])
    ((command, environment),) = ran
    assert command[1:] == ["-P", "-m", "reference", "--port=0"]
    assert environment["PYTHONPATH"].split(os.pathsep)[0] == str(ROOT)


@pytest.mark.parametrize("given", [[], ["run"], ["-x", "-n", "2"], ["run", "--contract=a"], ["suites/a::b"]])
def test_without_a_command_it_is_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: list[str]):
    ran: list[list[str]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.execve", lambda _, command, environment: ran.append(command))
    main(given)
    rest = [str(ROOT / one) if one.startswith("suites") else one for one in given if one != "run"]
    assert ran == [pytest_command(rest, tmp_path)]
    assert f"cache_dir={tmp_path / '.pytest_cache'}" in ran[0]


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_the_kits(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([flag]) == 0
    assert capsys.readouterr().out == f"sessions-tck {__version__}\n"


def test_help_of_a_run_shows_the_options_of_the_kit_alone(capsys):
    with pytest.raises(SystemExit) as left:
        main(["run", "--help"])
    said = capsys.readouterr().out
    assert left.value.code in (None, 0)
    assert "--task-identifier" in said
    assert "--base-url" in said
    assert "--last-failed" not in said
    assert "Custom options" not in said
    assert said.rstrip().endswith("python -m pytest --help lists them.")
