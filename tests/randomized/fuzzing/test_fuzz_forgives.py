"""No server that differs as the contract allows fails a MUST of generated requests."""

from pathlib import Path

import pytest

from mutants.catalogue import server_named
from tck.run.inputs import load_specification
from tck.vocabulary import Level, Outcome
from tests.support.fuzz_harness import DRIVERS, fuzzed, served

TEMPTING = (
    "AsDeployed", "ClosedIsNotUpdated", "CodeUnitLengths", "LaggingReads", "NullMeansLeftOut", "NullsLeftOut",
    "OpenRowMoves", "PastExpiryRefused", "ShowsNoHalfPairs", "SortedTags", "StoredAsBinaryJson", "StoresNoNul",
    "TargetNamesMustExist",
    "TrimmedExternalIds", "UnknownMembersRefused",
)  # fmt: skip
"""Latitudes that refuse, drop or show something else than the reference does."""


@pytest.mark.parametrize("name", TEMPTING)
def test_a_server_that_differs_is_forgiven(name: str, tmp_path: Path) -> None:
    registry = load_specification("trigger").registry
    with served(server_named("trigger", name), tmp_path) as run:
        found = {op: finding for operation in DRIVERS for op, finding in fuzzed(run, operation)[0].items()}
    broken = {one: finding.reason for one, finding in found.items() if finding.outcome is not Outcome.PASSED}
    assert {one: reason for one, reason in broken.items() if registry[one].level is Level.MUST} == {}


def test_a_server_error_at_what_not_all_carry_is_a_deviation(tmp_path: Path) -> None:
    with served(server_named("trigger", "StoresNoNul"), tmp_path) as run:
        found = fuzzed(run, "update")[0]
    assert found["update.fuzz-no-server-error"].outcome is Outcome.PASSED
    assert found["update.fuzz-documented-status"].outcome is Outcome.FAILED
