"""The verdict is one sentence."""

from typing import Any

import pytest

from tck.reports.labels import verdict_sentence
from tck.results.outcomes import settle
from tck.results.result_file import build_result
from tck.vocabulary import Level, Outcome
from tests.support.closing_summaries import FAILED, WAIVER
from tests.support.result_samples import facts, requirement, settled


def _sentence(*entries: Any, **values: Any) -> str:
    return verdict_sentence(build_result(facts(*entries, **values)))


SENTENCES = [
    ([settled(Outcome.PASSED)], "CONFORMANT: 1 MUST requirement held."),
    (
        [settled(Outcome.PASSED), settled(Outcome.PASSED), settled(Outcome.NOT_APPLICABLE)],
        "CONFORMANT: 2 MUST requirements held, 1 did not apply.",
    ),
    (
        [settled(Outcome.PASSED), settle(requirement(), [FAILED], WAIVER)],
        "CONFORMANT WITH WAIVERS: 1 requirement failed and is waived; all others held.",
    ),
    ([settled(Outcome.FAILED), settled(Outcome.ERROR)], "NOT CONFORMANT: 1 MUST requirement failed."),
    (
        [
            settled(Outcome.PASSED),
            settled(Outcome.ERROR),
            settled(Outcome.NOT_TESTED),
            settled(Outcome.NOT_TESTED),
        ],
        "INCONCLUSIVE: no MUST requirement failed, but 1 was judged by a check that broke, 2 were not tested.",
    ),
    ([], "INCONCLUSIVE: no MUST requirement failed, but none was seen to hold."),
]


@pytest.mark.parametrize(("entries", "sentence"), SENTENCES)
def test_the_verdict_is_a_sentence(entries: list[Any], sentence: str) -> None:
    assert _sentence(*entries) == sentence


@pytest.mark.parametrize(("number", "said"), [(1, "1 waiver is"), (2, "2 waivers are")])
def test_a_stale_waiver_is_told_in_the_verdict(number: int, said: str) -> None:
    told = _sentence(settled(Outcome.PASSED), generated={"waivers": {"stale": number}})
    assert told == f"CONFORMANT: 1 MUST requirement held; {said} no longer needed, so the run exits with 1."


def test_a_failed_should_is_told_in_the_verdict_when_it_counts() -> None:
    entries = [settled(Outcome.FAILED), settled(Outcome.FAILED, Level.SHOULD)]
    assert (
        _sentence(*entries, fail_on_deviations=True)
        == "NOT CONFORMANT: 1 MUST requirement and 1 SHOULD failed."
    )


@pytest.mark.parametrize(
    ("outcome", "number"), [(Outcome.PASSED, "no MUST requirement"), (Outcome.FAILED, "1 MUST requirement")]
)
def test_a_partial_run_is_called_so(outcome: Outcome, number: str) -> None:
    sentence = f"PARTIAL: not every check was selected; {number} failed."
    assert _sentence(settled(outcome), partial=True) == sentence


def test_only_the_level_that_failed_is_named() -> None:
    entries = [settled(Outcome.PASSED), settled(Outcome.FAILED, Level.SHOULD, "open.is-quick")]
    said = "1 SHOULD requirement failed."
    assert _sentence(*entries, fail_on_deviations=True) == f"NOT CONFORMANT: {said}"
    assert _sentence(*entries, fail_on_deviations=True, partial=True).endswith(f"; {said}")
