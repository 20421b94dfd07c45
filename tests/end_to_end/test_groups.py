"""An optional group of requirements: offered, not offered, left out, and always said."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tck.paths import ROOT
from tests.support.notes_with_group import write_notes

pytestmark = pytest.mark.xdist_group("groups")
SAYING = ("summary.md", "ctrf.json", "junit.xml", "index.html")
"""The reports that have a sentence; the badge has a word."""
NOT_OFFERED = "the group sizes is not offered"


Ran = tuple[subprocess.CompletedProcess[str], Path]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("groups")


@pytest.fixture(scope="module")
def offering(place: Path) -> Path:
    return write_notes(place / "offering")


@pytest.fixture(scope="module")
def lacking(place: Path) -> Ran:
    """A run on a server without the group, as it was left."""
    folder = write_notes(place / "lacking", offered=False)
    return judge(folder, place / "lacks"), place / "lacks"


@pytest.fixture(scope="module")
def left_out(place: Path, offering: Path) -> Ran:
    """A run that leaves out the group, which the server offers."""
    return judge(offering, place / "left", "-q", "--groups=core"), place / "left"


def judge(folder: Path, reports: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NOTES_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--contract=notes",
         f"--contract-dir={folder}", f"--report-dir={reports}", "--fuzz-examples=2", *arguments],
        cwd=ROOT, env={**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def result_in(reports: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((reports / "result.json").read_text(encoding="utf-8"))
    return result


def outcome(result: dict[str, Any], name: str = "sizes.counts-characters") -> str:
    [one] = [one for one in result["requirements"] if one["id"] == name]
    return str(one["outcome"])


def test_a_group_that_is_offered_counts(offering: Path, tmp_path: Path):
    ran = judge(offering, tmp_path, "-q", "-n", "2")
    result = result_in(tmp_path)
    assert "CONFORMANT: 5 MUST requirements held." in ran.stdout
    assert (result["groups"], outcome(result), result["partial"]) == ({"sizes": "judged"}, "passed", False)
    probes = [one for one in exchanges(tmp_path) if one["_check"] == "groups"]
    assert [one["request"]["method"] for one in probes] == ["POST", "GET"], (
        "one probe a run, on its own session"
    )


def exchanges(reports: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((reports / "exchanges.har").read_text())["log"]["entries"]
    return entries


def test_a_must_of_it_that_fails_fails_the_target(tmp_path: Path):
    folder = write_notes(tmp_path / "contracts", wrong=True)
    ran = judge(folder, tmp_path / "reports", "-q")
    assert ran.returncode == 1
    assert "NOT CONFORMANT: 1 MUST requirement failed. sizes.counts-characters" in ran.stdout


def test_one_that_is_not_offered_does_not_apply_and_every_report_says_so(lacking: Ran):
    ran, reports = lacking
    result, said = result_in(reports), " ".join(ran.stdout.split())
    assert ran.returncode == 0
    assert f"CONFORMANT: 4 MUST requirements held, 1 did not apply; {NOT_OFFERED}." in said
    assert "Not there" not in said
    assert (result["groups"], outcome(result)) == ({"sizes": "not_offered"}, "not_applicable")
    [one] = [one for one in result["requirements"] if one["id"] == "sizes.counts-characters"]
    assert one["reason"] == (
        "The target does not offer the group sizes: every operation of it answers a good call with 404, 405 or 501."
    )
    for name in SAYING:
        assert NOT_OFFERED in " ".join((reports / name).read_text(encoding="utf-8").split()), name


def test_one_that_is_left_out_is_judged_in_nothing_and_the_core_is_whole(left_out: Ran):
    ran, reports = left_out
    result = result_in(reports)
    assert "CONFORMANT: 4 MUST requirements held; the group sizes was left out of this run." in ran.stdout
    assert (ran.returncode, result["partial"], result["groups"]) == (0, False, {"sizes": "not_chosen"})
    assert (outcome(result), result["counts"]["must"]["not_tested"]) == ("not_tested", 0)


def test_the_core_comes_out_the_same_with_a_group_or_without(left_out: Ran, lacking: Ran):
    left, lacks = result_in(left_out[1]), result_in(lacking[1])
    assert left["outcomes_digest"] == lacks["outcomes_digest"]
    assert left["contract"]["digest"] == lacks["contract"]["digest"]


def test_a_run_without_the_core_is_partial(offering: Path, tmp_path: Path):
    ran = judge(offering, tmp_path, "-q", "--groups=sizes")
    result = result_in(tmp_path)
    assert (
        "PARTIAL: only 1 check was selected, which judges 1 of 5 requirements; no MUST requirement failed."
        in ran.stdout
    )
    assert (outcome(result), outcome(result, "read.shows-text")) == ("passed", "not_tested")


def test_an_unknown_group_is_one_sentence_with_the_nearest(offering: Path, tmp_path: Path):
    ran = judge(offering, tmp_path, "--groups=core,size")
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr.strip() == (
        "ERROR: --groups=core,size names no group 'size'; did you mean sizes? There are: core, sizes."
    )


def test_the_plan_shows_a_group_beside_the_core(offering: Path, tmp_path: Path):
    shown = judge(offering, tmp_path, "--plan", "-q").stdout
    assert "group sizes                        1         6         2" in shown
    assert "Of the requests of group sizes, up to 4 are sizeOfNote, which may cost money." in shown
    assert "Of the requests of group sizes, up to 1 have a body of half a mebibyte or more." in shown
    assert "group" not in judge(offering, tmp_path, "--plan", "-q", "--groups=core").stdout
