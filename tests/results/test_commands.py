"""Mistakes on the command line of python -m tck."""

import pytest

from tck.__main__ import main


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


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_all_commands_are_listed(capsys: pytest.CaptureFixture[str], arguments: list[str]):
    assert main(arguments) == (0 if arguments else 4)
    told = capsys.readouterr()
    assert "  report " in told.out + told.err
    assert "  diff " in told.out + told.err
