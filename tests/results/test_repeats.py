"""How often a failure was seen, in figures and in words."""

import pytest

from tck.reports.junit import _case_of
from tck.reports.labels import verdict_sentence
from tck.results.repeats import Trial, is_flaky, repeats_by_failure, repeats_of, told, told_repeats
from tck.results.result_file import build_result
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import facts, finding, settled

CHECK = finding().check
SAID = "2 MUST requirements failed;"


def trials(*outcomes: Outcome, requirement: str = "close.is-terminal") -> list[Trial]:
    return [Trial(requirement, CHECK, outcome, "no reply came") for outcome in outcomes]


def result_of(*found: Trial, **values):
    failed = [settled(Outcome.FAILED, name=name) for name in dict.fromkeys(one.requirement for one in found)]
    return build_result(facts(*failed, repeats=repeats_by_failure(found), **values))


@pytest.mark.parametrize(
    ("outcomes", "words", "flaky"),
    [
        ((Outcome.FAILED, Outcome.FAILED), "failed 3 of 3", False),
        ((Outcome.PASSED, Outcome.FAILED), "failed 2 of 3", True),
        ((Outcome.PASSED, Outcome.PASSED), "failed 1 of 3", True),
        (
            (Outcome.INDETERMINATE, Outcome.FAILED),
            "failed 2 of 2, and 1 more could not be judged: no reply came",
            False,
        ),
        (
            (Outcome.NOT_TESTED,) * 2,
            "failed 1 of 1, and 2 more could not be judged: no reply came",
            False,
        ),
    ],
)
def test_a_failure_that_was_judged_again(outcomes, words, flaky):
    [one] = result_of(*trials(*outcomes))["requirements"]
    assert told_repeats(one) == words
    assert is_flaky(one) is flaky
    assert one["outcome"] == "failed"


def test_the_check_that_failed_most_steadily_counts_for_its_requirement():
    steady, unsteady = "suites/rooms/test_a.py::test_a", "suites/rooms/test_b.py::test_b"
    failed = settled(Outcome.FAILED)
    both = [finding(Outcome.FAILED, check=name) for name in (unsteady, steady)]
    again = [
        Trial("close.is-terminal", unsteady, Outcome.PASSED),
        Trial("close.is-terminal", steady, Outcome.FAILED),
    ]
    found = facts(
        type(failed)(failed.requirement, Outcome.FAILED, "", tuple(both)), repeats=repeats_by_failure(again)
    )
    [one] = build_result(found)["requirements"]
    assert told(repeats_of(one)) == "failed 2 of 2"
    assert not is_flaky(one)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (
            Outcome.FAILED,
            "2 MUST requirements failed; 1 of them did not fail every time (a.b failed 1 of 2).",
        ),
        (
            Outcome.PASSED,
            f"{SAID} none of them failed every time it was judged (a.b failed 1 of 2, c.d failed 1 of 2).",
        ),
    ],
)
def test_the_verdict_says_what_did_not_repeat(second, said):
    found = [*trials(Outcome.PASSED, requirement="a.b"), *trials(second, requirement="c.d")]
    assert verdict_sentence(result_of(*found)) == f"NOT CONFORMANT: {said}"


def test_many_of_them_are_not_all_named():
    found = [one for name in "abcde" for one in trials(Outcome.PASSED, requirement=f"{name}.x")]
    assert verdict_sentence(result_of(*found)).endswith("c.x failed 1 of 2, 2 more).")


def test_a_deviation_that_counts_for_nothing_is_not_in_the_verdict():
    found = settled(Outcome.FAILED, Level.SHOULD)
    again = repeats_by_failure(trials(Outcome.PASSED))
    lenient = build_result(facts(settled(Outcome.PASSED, name="a.b"), found, repeats=again))
    strict = build_result(facts(found, repeats=again, fail_on_deviations=True))
    assert "every time" not in verdict_sentence(lenient)
    assert "it did not fail every time it was judged" in verdict_sentence(strict)


def test_a_trial_travels_as_json():
    [one] = trials(Outcome.INDETERMINATE)
    assert Trial.from_json(one.to_json()) == one


@pytest.mark.parametrize(
    ("node", "case"),
    [
        ("suites/a/test_b.py::test_c", ("suites.a.test_b", "test_c")),
        ("suites/a/test_b.py::TestD::test_c[x::y.py]", ("suites.a.test_b.TestD", "test_c[x::y.py]")),
    ],
)
def test_a_check_is_found_among_junits_cases(node, case):
    assert _case_of(node) == case
