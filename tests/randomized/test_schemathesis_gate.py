"""A pytest that generates no request lists the same checks, and does not ask Schemathesis for any."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tck.contract.contract import available_contracts
from tck.paths import ROOT
from tck.randomized.schemathesis_gate import draws_cases


def config(marks: str = "", collectonly: bool = False, args: Sequence[str] = ("suites/trigger",)) -> Any:
    """As much of a pytest.Config as is asked."""
    return SimpleNamespace(
        option=SimpleNamespace(markexpr=marks, collectonly=collectonly),
        args=args,
        invocation_params=SimpleNamespace(dir=ROOT),
    )


@pytest.mark.parametrize(
    ("marks", "drawn"),
    [
        ("", True), ("fuzz", True), ("not fuzz", False), ("not fuzz and not lifecycle and not races", False),
        ("lifecycle or races", True), ("requirement and not slow", True), ("slow and not fuzz", False),
        ("fuzz or slow", True), ("not (fuzz or slow)", False), ("a or b or c or d or e or f or g", True),
        ("not generated", False), ("generated and not fuzz", False), ("generated", True),
        ("not fuzz and", True), ("requirement(level='must') and not fuzz", False),
    ],
)  # fmt: skip
def test_cases_are_drawn_when_the_marks_may_select_the_fuzzing(marks: str, drawn: bool) -> None:
    assert draws_cases(config(marks)) is drawn


@pytest.mark.parametrize(
    ("args", "wanted", "drawn"),
    [
        (["suites"], {"create.fuzz-no-server-error"}, True),
        (["suites"], {"create.new-session-answers-201"}, False),
        (["suites"], {"create.new-session-answers-201", "list.fuzz-no-server-error"}, True),
        (["suites/trigger/test_close.py"], set(), False),
        (["suites/trigger/test_close.py", "suites/trigger/test_fuzz.py::test_fuzzed_create"], set(), True),
        (["suites/trigger/test_fuzz.py"], {"list.fuzz-no-server-error"}, False),
        (["suites.trigger.test_close"], set(), True),
    ],
)
def test_cases_are_drawn_when_a_file_that_is_collected_has_wanted_ones(
    args: list[str], wanted: set[str], drawn: bool
) -> None:
    assert draws_cases(config(args=args), wanted) is drawn


def test_a_mere_collection_draws_no_case() -> None:
    assert not draws_cases(config(collectonly=True))


PROGRAM = """
import pytest, sys
class Look:
    def pytest_collection_finish(self, session):
        for item in session.items:
            print("id:", item.nodeid)
        print("id:", "schemathesis" in sys.modules)
        session.items.clear()
sys.exit(pytest.main(sys.argv[1:], plugins=[Look()]))
"""


def listed(*arguments: str) -> tuple[list[str], bool]:
    """The ids that a pytest collects, and whether it imported Schemathesis."""
    command = [sys.executable, "-c", PROGRAM, "-p", "no:cacheprovider", "-q", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    *ids, imported = [line[4:] for line in done.stdout.splitlines() if line.startswith("id: ")]
    return sorted(ids), imported == "True"


@pytest.mark.slow
@pytest.mark.parametrize("contract", available_contracts())
def test_a_mere_collection_lists_what_a_run_runs(contract: str, tmp_path: Path) -> None:
    suite = f"suites/{contract}/test_fuzz.py"
    run, imported = listed(f"--contract={contract}", suite, f"--report-dir={tmp_path}")
    assert run
    assert imported
    assert listed(f"--contract={contract}", suite, "--collect-only") == (run, False)
