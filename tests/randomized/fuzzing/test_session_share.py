"""A limit on sessions makes fuzzing smaller, never impossible."""

from pathlib import Path

import pytest

from mutants.trigger import build
from reference.serving import Server
from reference.trigger import TriggerReference
from suites.trigger.randomized.fuzzing.session_share import LEAST, WANTED, granted
from tck.vocabulary import Outcome
from tests.support.fuzz_harness import DRIVERS, fuzzed, run_against


def shares(limit: int | None, folder: Path) -> dict[str, int]:
    run = run_against(
        "http://127.0.0.1:1", {"TRIGGER_SECRET_KEY": "tr_dev_1234567890"}, folder, max_sessions=limit
    )
    return {operation: granted(run, operation)[0] for operation in DRIVERS}


def test_without_a_limit_all_that_is_wanted_is_granted(tmp_path: Path) -> None:
    assert shares(None, tmp_path) == WANTED


def test_the_usual_limit_grants_a_part(tmp_path: Path) -> None:
    granted = shares(340, tmp_path)
    assert sum(LEAST.values()) <= sum(granted.values()) < sum(WANTED.values())
    assert all(LEAST[name] <= number <= WANTED[name] for name, number in granted.items())


def test_a_small_limit_grants_the_least(tmp_path: Path) -> None:
    assert shares(10, tmp_path) == LEAST


@pytest.mark.slow
@pytest.mark.parametrize("limit", [310, 340])
@pytest.mark.parametrize("operation", ["create", "close"])
def test_with_few_sessions_everything_is_still_judged(operation: str, limit: int, tmp_path: Path) -> None:
    made, secrets = build(TriggerReference, tmp_path / "rows.sqlite")
    with Server(made.app()) as url:
        run = run_against(url, secrets, tmp_path, max_sessions=limit)
        found, note = fuzzed(run, operation, granted(run, operation)[0])
        made_sessions = run.budget.sessions.count
        run.client.close()
    assert {one.reason for one in found.values() if one.outcome is not Outcome.PASSED} == set()
    assert note["sessions"] < note["sessions_wanted"] == WANTED[operation]
    assert made_sessions <= note["sessions"]
