"""From findings to a settled requirement, from those to the verdict and the exit code."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tck.contract.waivers import Waiver
from tck.reports.labels import by_operation
from tck.results.outcomes import Finding, Settled, counts, exit_code, settle, verdict
from tck.results.selection import NO_CHECK_RAN
from tck.vocabulary import Level, Outcome, Verdict
from tests.support.result_samples import finding, requirement, settled

PASSED, FAILED, WAIVED = Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED
INDETERMINATE, ERROR = Outcome.INDETERMINATE, Outcome.ERROR
NOT_TESTED, NOT_APPLICABLE = Outcome.NOT_TESTED, Outcome.NOT_APPLICABLE
FOUND = [one for one in Outcome if one is not WAIVED]
WAIVER = Waiver("close.is-terminal", "known", "T-1", date(2027, 1, 1), "waivers.yaml:2")

WORSE = [
    (FAILED, ERROR),
    (ERROR, INDETERMINATE),
    (INDETERMINATE, NOT_TESTED),
    (NOT_TESTED, PASSED),
    (PASSED, NOT_APPLICABLE),
]


@pytest.mark.parametrize(("worse", "better"), WORSE)
def test_the_worse_of_two_findings_decides_in_either_order(worse: Outcome, better: Outcome) -> None:
    one, other = finding(worse), finding(better)
    assert settle(requirement(), [one, other]).outcome is worse
    assert settle(requirement(), [other, one]).outcome is worse


@given(st.lists(st.sampled_from(FOUND), min_size=1))
def test_one_outcome_is_chosen_and_not_applicable_only_when_all_are(outcomes: list[Outcome]) -> None:
    result = settle(requirement(), [finding(one) for one in outcomes]).outcome
    assert result in outcomes
    assert (result is NOT_APPLICABLE) == (set(outcomes) == {NOT_APPLICABLE})
    assert (result is PASSED) <= (set(outcomes) <= {PASSED, NOT_APPLICABLE})


def test_without_a_finding_a_requirement_is_not_tested() -> None:
    assert settle(requirement(), []) == Settled(requirement(), NOT_TESTED, NO_CHECK_RAN)


def test_the_reason_is_that_of_the_finding_that_decides() -> None:
    found = [finding(NOT_TESTED, reason="no key"), finding(FAILED), finding(FAILED, reason="it opened again")]
    assert settle(requirement(), found).reason == "it opened again"


@pytest.mark.parametrize("outcome", FOUND)
def test_a_waiver_waives_a_failure_and_nothing_else(outcome: Outcome) -> None:
    result = settle(requirement(), [finding(outcome)], WAIVER)
    assert result.outcome is (WAIVED if outcome is FAILED else outcome)
    assert result.waiver == (WAIVER if outcome is FAILED else None)


def test_a_finding_without_a_reason_leaves_none() -> None:
    assert settle(requirement(), [finding(FAILED)]).reason == ""


def test_all_that_is_lacking_is_named() -> None:
    found = [finding(NOT_TESTED, capability=one) for one in ("second-key", "admin", "second-key")]
    assert settle(requirement(), found).capability == "admin, second-key"


def test_deviations_are_kept_once_each() -> None:
    found = [
        finding(deviation="answered 400"),
        finding(deviation="answered 413"),
        finding(deviation="answered 400"),
    ]
    assert settle(requirement(), found).deviations == ("answered 400", "answered 413")


def test_a_capability_explains_only_when_nothing_else_does() -> None:
    lacking = finding(NOT_TESTED, capability="second-environment")
    other = finding(NOT_TESTED, reason="the control was refused")
    assert settle(requirement(), [lacking]).capabilities == {"second-environment"}
    assert settle(requirement(), [lacking, finding(PASSED)]).capability == "second-environment"
    assert settle(requirement(), [lacking, other]).capabilities == frozenset()
    assert settle(requirement(), [lacking, other]).capability == ""


# outcomes of MUSTs, outcomes of SHOULDs, verdict, verdict with --fail-on-deviations
VERDICTS = [
    ([PASSED], [], Verdict.CONFORMANT, Verdict.CONFORMANT),
    ([PASSED, NOT_APPLICABLE], [], Verdict.CONFORMANT, Verdict.CONFORMANT),
    ([PASSED], [PASSED], Verdict.CONFORMANT, Verdict.CONFORMANT),
    ([PASSED], [FAILED], Verdict.CONFORMANT, Verdict.NOT_CONFORMANT),
    ([PASSED], [WAIVED], Verdict.CONFORMANT, Verdict.CONFORMANT_WITH_WAIVERS),
    ([PASSED], [NOT_TESTED, ERROR, INDETERMINATE], Verdict.CONFORMANT, Verdict.CONFORMANT),
    ([PASSED, WAIVED], [], Verdict.CONFORMANT_WITH_WAIVERS, Verdict.CONFORMANT_WITH_WAIVERS),
    ([WAIVED], [], Verdict.CONFORMANT_WITH_WAIVERS, Verdict.CONFORMANT_WITH_WAIVERS),
    ([PASSED, FAILED], [], Verdict.NOT_CONFORMANT, Verdict.NOT_CONFORMANT),
    ([FAILED, WAIVED], [], Verdict.NOT_CONFORMANT, Verdict.NOT_CONFORMANT),
    ([FAILED, ERROR, INDETERMINATE, NOT_TESTED], [], Verdict.NOT_CONFORMANT, Verdict.NOT_CONFORMANT),
    ([PASSED, INDETERMINATE], [], Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
    ([PASSED, ERROR], [], Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
    ([PASSED, NOT_TESTED], [], Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
    ([WAIVED, NOT_TESTED], [], Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
    ([NOT_TESTED], [FAILED], Verdict.INCONCLUSIVE, Verdict.NOT_CONFORMANT),
    ([NOT_APPLICABLE], [PASSED], Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
    ([], [PASSED], Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
    ([], [], Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE),
]
EXITS = {
    Verdict.CONFORMANT: 0,
    Verdict.CONFORMANT_WITH_WAIVERS: 0,
    Verdict.NOT_CONFORMANT: 1,
    Verdict.INCONCLUSIVE: 1,
}


def _run(musts: list[Outcome], shoulds: list[Outcome]) -> list[Settled]:
    ordered = [settled(one, Level.MUST) for one in musts if one is not WAIVED]
    ordered += [settled(one, Level.SHOULD) for one in shoulds if one is not WAIVED]
    for level, outcomes in ((Level.MUST, musts), (Level.SHOULD, shoulds)):
        waived = settle(requirement(level=level), [finding(FAILED)], WAIVER)
        ordered += [waived for one in outcomes if one is WAIVED]
    return ordered


@pytest.mark.parametrize(("musts", "shoulds", "plain", "strict"), VERDICTS)
def test_the_verdict_and_exit_of_a_whole_run(
    musts: list[Outcome], shoulds: list[Outcome], plain: Verdict, strict: Verdict
) -> None:
    run = _run(musts, shoulds)
    for strictly, expected in ((False, plain), (True, strict)):
        reached = verdict(run, False, strictly)
        assert reached is expected
        assert exit_code(reached, run, False, (), strictly) == EXITS[expected]


# outcomes of MUSTs, outcomes of SHOULDs, exit, exit with --fail-on-deviations
PARTIAL_EXITS = [
    ([], [], 1, 1),
    ([NOT_TESTED, NOT_APPLICABLE], [NOT_TESTED], 1, 1),
    ([PASSED], [PASSED], 0, 0),
    ([], [PASSED], 0, 0),
    ([PASSED, NOT_TESTED, NOT_APPLICABLE, WAIVED], [NOT_TESTED], 0, 0),
    ([PASSED], [FAILED], 0, 1),
    ([PASSED], [ERROR, INDETERMINATE], 0, 0),
    ([FAILED], [], 1, 1),
    ([ERROR], [], 1, 1),
    ([INDETERMINATE], [], 1, 1),
]


@pytest.mark.parametrize(("musts", "shoulds", "plain", "strict"), PARTIAL_EXITS)
def test_a_partial_run_is_partial_whatever_it_found_and_exits_by_what_ran(
    musts: list[Outcome], shoulds: list[Outcome], plain: int, strict: int
) -> None:
    run = _run(musts, shoulds)
    for strictly, code in ((False, plain), (True, strict)):
        assert verdict(run, True, strictly) is Verdict.PARTIAL
        assert exit_code(Verdict.PARTIAL, run, True, (), strictly) == code


# what blocks besides one passed MUST: (outcome, capability), then what was accepted, then the exit
ACCEPTED = [
    ([(NOT_TESTED, "second")], ["second"], 0),
    ([(NOT_TESTED, "second"), (NOT_TESTED, "third")], ["third", "second"], 0),
    ([(NOT_TESTED, "second")], [], 1),
    ([(NOT_TESTED, "second")], ["third"], 1),
    ([(NOT_TESTED, "second"), (NOT_TESTED, "third")], ["second"], 1),
    ([(NOT_TESTED, "")], ["second"], 1),
    ([(NOT_TESTED, "")], [""], 1),
    ([(NOT_TESTED, "second"), (INDETERMINATE, "")], ["second"], 1),
    ([(NOT_TESTED, "second"), (ERROR, "")], ["second"], 1),
    ([(INDETERMINATE, "second")], ["second"], 1),
]


@pytest.mark.parametrize(("blockers", "accepted", "code"), ACCEPTED)
def test_an_accepted_lack_exits_zero_and_stays_inconclusive(
    blockers: list[tuple[Outcome, str]], accepted: list[str], code: int
) -> None:
    run = [settled(PASSED), *(settled(outcome, capability=capability) for outcome, capability in blockers)]
    assert verdict(run, False, False) is Verdict.INCONCLUSIVE
    assert exit_code(Verdict.INCONCLUSIVE, run, False, accepted, False) == code


def test_accepting_a_lack_does_not_excuse_a_run_that_saw_nothing_hold() -> None:
    run = [settled(NOT_TESTED, capability="second")]
    assert exit_code(verdict(run, False, False), run, False, ["second"], False) == 1


def test_accepting_a_lack_does_not_excuse_a_failure() -> None:
    run = [settled(FAILED), settled(NOT_TESTED, capability="second")]
    assert exit_code(verdict(run, False, False), run, False, ["second"], False) == 1


def test_counts_hold_every_level_and_outcome() -> None:
    run = [settled(PASSED), settled(PASSED), settled(FAILED, Level.SHOULD)]
    expected = dict.fromkeys(product(Level, Outcome), 0)
    expected |= {(Level.MUST, PASSED): 2, (Level.SHOULD, FAILED): 1}
    counted: Any = counts(run)
    assert {
        (Level(level), Outcome(one)): n for level, row in counted.items() for one, n in row.items()
    } == expected


@given(
    st.builds(
        Finding, st.text(), st.sampled_from(FOUND), st.text(), st.text(), st.text(), st.text(),
        st.lists(st.text()).map(tuple), st.text(), st.text(),
        *[st.lists(st.text()).map(tuple)] * 2,
    )
)  # fmt: skip
def test_a_finding_travels_as_plain_json(found: Finding) -> None:
    assert Finding.from_json(found.to_json()) == found


def test_a_finding_of_plain_json_may_lack_its_lists() -> None:
    told = {"requirement": "close.is-terminal", "outcome": "failed", "check": "a check"}
    assert Finding.from_json(told) == Finding("close.is-terminal", FAILED, "a check")


def test_requirements_stand_under_their_operation_in_the_order_given() -> None:
    entries: Any = [{"id": name} for name in ("close.b", "close.a", "create.a")]
    last, first, other = entries
    assert list(by_operation([last, other, first]).items()) == [("close", [last, first]), ("create", [other])]
