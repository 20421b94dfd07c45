"""Findings show what they judged, and `python -m bench evidence` sees when one does not."""

from typing import Any, cast

import pytest

from bench.evidence import drawn, evidence_of, problems_of
from mutants.catalogue import mutants_of
from tck.contract.contract import available_contracts
from tck.results.document import CheckEntry

SOUND = {
    "judged": ["main-2"], "exchanges": ["main-1", "main-2"], "expected": "the status: 200",
    "seen": "the status: 202", "reason": "the status is 202, not 200",
}  # fmt: skip
FEW = 2


def entry(**changes: Any) -> CheckEntry:
    return cast("CheckEntry", {**SOUND, **changes})


def test_a_finding_that_shows_all_has_no_problem() -> None:
    assert list(problems_of(entry())) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"judged": []}, "it names no exchange that it judged"),
        ({"judged": ["main-9"]}, "an exchange that it judged is not among those that led to it"),
        ({"judged": ["main-1"]}, "its exchanges do not end with one that it judged"),
        ({"seen": ""}, "it does not say what was expected and seen"),
        ({"seen": SOUND["expected"]}, "what was expected and seen look the same: the status: 200"),
        ({"reason": "assert not True"}, "its reason is in the words of a program: assert not True"),
        ({"seen": "{}"}, "what was seen says nothing: {}"),
        ({"reason": "False"}, "its reason is in the words of a program: False"),
    ],
)
def test_a_finding_that_does_not_show_all_is_seen(changes: dict[str, Any], problem: str) -> None:
    assert list(problems_of(entry(**changes))) == [problem]


@pytest.mark.parametrize("contract", available_contracts())
def test_mutants_are_drawn_from_every_module_and_always_the_same(contract: str) -> None:
    modules = {one.server.__module__ for one in mutants_of(contract)}
    some = drawn(contract, len(modules))
    assert {one.server.__module__ for one in some} == modules
    assert some == drawn(contract, len(modules))
    assert len(drawn(contract, 0)) == len(mutants_of(contract))


@pytest.mark.parametrize("contract", available_contracts())
def test_what_is_found_on_a_few_mutants_shows_all(contract: str) -> None:
    found = list(evidence_of(contract, drawn(contract, FEW), jobs=1))
    assert {one.mutant.name: one.problems for one in found if one.problems} == {}
    assert all(one.findings for one in found)
    assert len(found) == FEW
