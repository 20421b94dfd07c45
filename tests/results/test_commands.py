"""Mistakes on the command line of python -m tck."""

import pytest

from tck.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reprot"], "ERROR: reprot is no command."),
        (
            ["report"],
            "ERROR: the following arguments are required: DIR; usage: python -m tck report [-h] DIR",
        ),
        (["report", "a", "b"], "ERROR: unrecognized arguments: b; usage: python -m tck report [-h] DIR"),
        (["diff", "a", "b", "--format=xml"], "ERROR: argument --format: invalid choice: 'xml'"),
        (["diff", "a"], "ERROR: the following arguments are required: NEW.json"),
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
