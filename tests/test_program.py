"""The commands that a run prints name the program that was called, so that a shell finds it."""

import subprocess
import sys

import pytest

from tck.paths import ROOT
from tck.program import command_of, program_of

FOUND = {
    "pytest": "/kit/.venv/bin/pytest",
    "python": "/kit/.venv/bin/python",
    "sessions-tck": "/bin/sessions-tck",
}


@pytest.mark.parametrize(
    ("words", "program", "command"),
    [
        (["/kit/.venv/bin/python", "/kit/.venv/bin/pytest", "-x"], "pytest", "sessions-tck"),
        (["/kit/.venv/bin/python", ".venv/bin/pytest"], ".venv/bin/pytest", ".venv/bin/sessions-tck"),
        (["/usr/bin/python3", "/my kit/bin/pytest"], "'/my kit/bin/pytest'", "'/my kit/bin/sessions-tck'"),
        (["python", "-m", "pytest", "-m", "tck"], "python -m pytest", "python -m tck"),
        (["/kit/.venv/bin/python", "-m", "pytest"], "python -m pytest", "python -m tck"),
        ([".venv/bin/python", "-W", "error", "-m", "pytest"], ".venv/bin/python -W error -m pytest", ".venv/bin/python -W error -m tck"),
        (["python3", "-P", "-m", "tck", "run"], "python3 -P -m tck", "python3 -P -m tck"),
        (["/usr/bin/python3", "/bin/sessions-tck", "run"], "sessions-tck", "sessions-tck"),
    ],
)  # fmt: skip
def test_the_program_that_was_called_can_be_called_again(words, program, command):
    assert program_of(words, FOUND.get) == program
    assert command_of(program) == command


@pytest.mark.parametrize(
    "words", [[], ["python"], ["python", "-c", "pytest"], ["python", "tool.py"], ["python", "-m", "tool"], ["python", "-m"]]
)  # fmt: skip
def test_a_program_that_is_none_of_these_is_not_named(words):
    assert program_of(words, FOUND.get) == ""


def test_an_older_python_is_told_which_ones_the_kit_needs():
    old = "import sys; sys.version_info = (3, 10, 13); import tck"
    ran = subprocess.run(
        [sys.executable, "-c", old], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr == "ERROR: sessions-tck needs Python 3.11 or later; this is 3.10.\n"
