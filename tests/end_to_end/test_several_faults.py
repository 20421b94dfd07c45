"""The screen of a server with several faults, as it was looked at and kept; and that each fault is on it."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mutants.catalogue import combinations_of, server_named
from mutants.trial import HANDWRITTEN
from mutants.trigger import build
from reference.serving import Server
from tck.paths import ROOT
from tck.reports.cause_view import failures_in
from tck.results.document import Result
from tck.results.result_file import read_result
from tck.results.selection import WITHDRAWN
from tests.support.kit_tree import OWN_PLUGINS

NAME = "SixFaultsAndDeviations"
KEPT = Path(__file__).with_name("six_faults.txt")
"""The screen at 100 columns; what varies from run to run stands as a word in capitals.

`KEEP_SCREEN=1 pytest tests/end_to_end/test_several_faults.py` writes it anew, to be read before it is committed.
"""
COLUMNS, LINES = 100, 60
VARYING = (
    (r"http://127\.0\.0\.1:\d+", "TARGET"),
    (
        r"in\s+\d+\.\d+ s:\s+\d+ requests,\s+\d+ sessions made",
        "in TIME: NUMBER requests, NUMBER sessions made",
    ),
    (r"sessions-tck \d+\.\d+\.\d+\S*", "KIT"),
    (r"again: \S+ -m pytest", "again: pytest"),
    (r"exchange \S+ of", "exchange ID of"),
    (r'"20\d\d-\d\d-\d\dT[\d:.]+Z"', "AN INSTANT"),
    (r"session_[0-9a-f]+", "A SESSION"),
    (r"(\d+ requirements), \d+ requests\): 400", r"\1, NUMBER requests): 400"),
    (
        r"only \d+ checks were selected, which judge \d+ of \d+",
        "only NUMBER checks were selected, which judge NUMBER of NUMBER",
    ),
    (r"(Not tested|not scored) \(\d+\)", r"\1 (NUMBER)"),
    (r"\d+ passed, \d+ not …", "NUMBER passed, NUMBER not …"),
    (r"\d+ (passed|not tested|not\n|not applicable)", r"NUMBER \1"),
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One with a short name, as lines that do not fit are left out of the screen."""
    with tempfile.TemporaryDirectory(prefix="tck-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def screen(folder: Path) -> str:
    """What pytest shows from the verdict on, by the handwritten checks."""
    reference, secrets = build(server_named("trigger", NAME), folder / "rows.sqlite")
    with Server(reference.app()) as url:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            *OWN_PLUGINS,
            "-n2",
            "-m",
            HANDWRITTEN,
        ]
        environment = {
            **os.environ,
            **secrets,
            "COLUMNS": str(COLUMNS),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        ran = subprocess.run(
            [*command, f"--base-url={url}", f"--report-dir={folder}"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return ran.stdout[ran.stdout.index("= verdict =") :]


def test_the_screen_is_the_one_that_was_kept(screen: str, folder: Path):
    shown = screen[screen.index("\n") + 1 : screen.rindex("\n=")].replace(str(folder), "FOLDER")
    for pattern, word in VARYING:
        shown = re.sub(pattern, word, shown)
    if os.environ.get("KEEP_SCREEN"):
        KEPT.write_text(f"{shown.rstrip()}\n", encoding="utf-8")
    assert f"{shown.rstrip()}\n" == KEPT.read_text(encoding="utf-8")


def test_it_fits_and_breaks_at_spaces_alone(screen: str):
    assert len(screen.splitlines()) <= LINES
    for line in screen.splitlines():
        assert len(line) <= COLUMNS or re.search(r"(https?|pytest|curl|FOLDER)", line)


def _members(result: Result, leader: str) -> set[str]:
    [cause] = [one for one in result["causes"] if one["requirement"] == leader]
    return {leader, *cause["also"]}


def test_each_fault_is_a_cause_of_its_own(screen: str, folder: Path):
    [combination] = combinations_of("trigger")
    result = read_result(folder / "result.json")
    leaders = [one.name for one in failures_in(result)]
    assert set(combination.led_by) <= set(leaders)
    apart = {leader for leader in leaders for name in combination.led_by if name in _members(result, leader)}
    assert len(apart) == len(combination.led_by)
    assert len(leaders) <= 10
    deviating = {one["id"] for one in result["requirements"] if one["outcome"] == "failed"}
    assert {"create.conflict-leaves-whole-row", "replies.no-server-error-at-odd-values"} <= deviating
    deviations = [one["about"] for one in result["causes"] if one["level"] == "should"]
    assert {
        "400 where 422 is documented",
        "413 where 422 is documented",
        "403 where 401 is documented",
    } <= set(deviations)


def test_no_must_is_left_untested_because_of_another(screen: str, folder: Path):
    result = read_result(folder / "result.json")
    untested = [
        one["id"]
        for one in result["requirements"]
        if one["outcome"] == "not_tested"
        and one["level"] == "must"
        and not one["reason"].startswith(WITHDRAWN)
    ]
    assert untested == []
