"""The checks that failed on each mutant, as the matrix keeps them."""

from mutants import failing_checks
from mutants.failing_checks import keep_failing, kept_checks, read_failing
from mutants.trial import Trial

ROWS = {
    "Second": ("test_b.py::test_two[x]", "test_a.py::test_one"),
    "First": ("test_a.py::test_one",),
    "None": (),
}


def entry(outcome, *checks):
    return {"outcome": outcome, "checks": [{"check": name, "outcome": said} for name, said in checks]}


def test_what_is_kept_is_read_again_and_keeps_each_name_once(tmp_path, monkeypatch):
    monkeypatch.setattr(failing_checks, "root_of", lambda contract: tmp_path)
    assert read_failing("rooms") == {}
    kept_checks("rooms").parent.mkdir(parents=True)
    keep_failing("rooms", ROWS)
    assert {name: set(row) for name, row in read_failing("rooms").items()} == {
        name: set(row) for name, row in ROWS.items()
    }
    assert kept_checks("rooms").read_text().count("test_one") == 1


def test_of_a_trial_the_checks_that_failed_count_once_each():
    broken = [
        entry(
            "failed",
            ("suites/rooms/test_a.py::test_one", "failed"),
            ("suites/rooms/test_a.py::test_two", "passed"),
        ),
        entry("failed", ("suites/rooms/test_a.py::test_one", "failed")),
        entry("not_tested", ("suites/rooms/test_a.py::test_three", "not_tested")),
    ]
    trial = Trial("First", 1, {}, {}, "", broken)
    assert failing_checks.failing_checks("rooms", trial) == ("test_a.py::test_one",)
