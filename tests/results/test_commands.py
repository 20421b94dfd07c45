"""Mistakes on the command line of python -m tck."""

from pathlib import Path

import pytest

from tck.__main__ import main
from tck.commands.run import pytest_command
from tck.home import ROOT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reprot"], "ERROR: reprot is no command."),
        (
            ["report"],
            "ERROR: python -m tck report: the following arguments are required: DIR; see python -m tck report --help.",
        ),
        (["report", "a", "b"], "ERROR: python -m tck report: unrecognized arguments: b;"),
        (
            ["diff", "a", "b", "--format=xml"],
            "ERROR: python -m tck diff: argument --format: invalid choice: 'xml'",
        ),
        (["diff", "a"], "ERROR: python -m tck diff: the following arguments are required: NEW.json"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str):
    assert main(arguments) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(said)


@pytest.mark.parametrize("argument", ["-h", "--help"])
def test_all_commands_are_listed(capsys: pytest.CaptureFixture[str], argument: str):
    assert main([argument]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in ("certify", "diff", "release", "report", "run", "verify"))


@pytest.mark.parametrize("given", [[], ["run"], ["-x", "-n", "2"], ["run", "--contract=a"], ["suites/a::b"]])
def test_without_a_command_it_is_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: list[str]):
    ran: list[list[str]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.execv", lambda _, command: ran.append(command))
    main(given)
    rest = [str(ROOT / one) if one.startswith("suites") else one for one in given if one != "run"]
    assert ran == [pytest_command(rest, tmp_path)]
    assert f"cache_dir={tmp_path / '.pytest_cache'}" in ran[0]
