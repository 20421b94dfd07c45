"""The file of accepted failures, and a sentence for each way in which it can be wrong."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from tck.contract.waivers import Waiver, load_waivers
from tck.errors import KitError
from tck.paths import ROOT
from tck.results.outcomes import stale_waivers
from tck.vocabulary import Outcome
from tests.support.result_samples import settled

TODAY = date(2026, 11, 20)
KNOWN = ("close.is-terminal", "close.needs-a-key")
GOOD = """\
waivers:
  - requirement: close.is-terminal
    reason: mended in the next release
    ticket: ROOM-12
    expires: 2026-12-31
"""


def _load(tmp_path: Path, text: str) -> dict[str, Waiver]:
    path = tmp_path / "waivers.yaml"
    path.write_text(text)
    return load_waivers(path, KNOWN, TODAY)


def test_a_waiver_says_why_where_and_until_when(tmp_path: Path) -> None:
    where = f"{tmp_path / 'waivers.yaml'}:2"
    waiver = Waiver(KNOWN[0], "mended in the next release", "ROOM-12", date(2026, 12, 31), where)
    assert _load(tmp_path, GOOD) == {KNOWN[0]: waiver}
    assert waiver.days_left(TODAY) == 41


def test_the_form_that_the_readme_describes_is_taken(tmp_path: Path) -> None:
    [row] = [
        line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `--waivers=")
    ]
    names = re.findall(r"`(\w+)`", row.partition("accepted failures")[2])
    assert names == ["requirement", "reason", "ticket", "expires"]
    entry = dict(
        zip(names, (KNOWN[0], "known", "ROOM-12", re.search(r"20\d\d-\d\d-\d\d", row)[0]), strict=True)
    )
    assert KNOWN[0] in _load(tmp_path, json.dumps({"waivers": [entry]}))


def test_a_waiver_holds_on_its_last_day(tmp_path: Path) -> None:
    (waiver,) = _load(tmp_path, GOOD.replace("2026-12-31", "2026-11-20")).values()
    assert waiver.days_left(TODAY) == 0


def test_a_file_may_waive_nothing(tmp_path: Path) -> None:
    assert _load(tmp_path, "waivers: []\n") == {}


BROKEN = {
    "expired": (
        GOOD.replace("2026-12-31", "2026-11-19"),
        r":5: the waiver of close.is-terminal expired on 2026-11-19",
    ),
    "unknown": (
        GOOD.replace("is-terminal", "is-odd"),
        r":2: close.is-odd is not a requirement of this contract\.",
    ),
    "twice": (GOOD + GOOD.partition("\n")[2], r":6: close.is-terminal is waived on line 2 already\."),
    "no such day": (GOOD.replace("12-31", "02-30"), r":5: `expires` is 2026-02-30, which no calendar has\."),
    "no date": (GOOD.replace("2026-12-31", "soon"), r":5: .*`expires` is \"soon\".*YYYY-MM-DD"),
    "no reason": (
        GOOD.replace("    reason: mended in the next release\n", ""),
        r":2: entry 1 lacks `reason`\.",
    ),
    "empty reason": (GOOD.replace("mended in the next release", "''"), r":3: `reason` is empty\."),
    "no ticket": (GOOD.replace("    ticket: ROOM-12\n", ""), r":2: entry 1 lacks `ticket`\."),
    "number": (GOOD.replace("ROOM-12", "12"), r":4: `ticket` must be text\."),
    "unknown key": (GOOD + "    forever: true\n", r":6: `forever` is not known here"),
    "no list": ("waivers: none\n", r":1: `waivers` must be a list\."),
    "empty": ("", r":1: the file is empty\."),
    "not YAML": ("waivers: [\n", r":\d: this is not YAML"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_refused_naming_the_line(tmp_path: Path, fault: str) -> None:
    text, sentence = BROKEN[fault]
    with pytest.raises(KitError, match=rf"waivers\.yaml{sentence}"):
        _load(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"none\.yaml cannot be read: No such file or directory\."):
        load_waivers(tmp_path / "none.yaml", KNOWN, TODAY)


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.WAIVED])
def test_a_waiver_is_stale_only_once_its_requirement_passes(tmp_path: Path, outcome: Outcome) -> None:
    waivers = _load(tmp_path, GOOD)
    sentence = f"{tmp_path / 'waivers.yaml'}:2: close.is-terminal passes now, so its waiver is stale and the run exits with 1; take it out."
    expected = [sentence] if outcome is Outcome.PASSED else []
    assert stale_waivers([settled(outcome), settled(Outcome.PASSED, name="close.other")], waivers) == expected
