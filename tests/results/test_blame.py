"""A reason blames no requirement that held."""

from typing import Any

from tck.results.blame import with_blame
from tck.results.outcomes import Settled
from tck.unjudged import NotTested
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import settled


def left(name: str, *judges: str) -> Settled:
    signal = NotTested("update answered 422", judged_by=judges)
    return settled(Outcome.NOT_TESTED, name=name, reason=signal.reason, left_to=signal.left_to)


def told(*others: Any) -> tuple[str, str, tuple[str, ...]]:
    [one, *_] = with_blame([left("update.is-json", "update.answers-200"), *others])
    [finding] = one.findings
    assert finding.reason == one.reason
    return one.reason, one.outcome, finding.left_to


HELD = settled(Outcome.PASSED, name="update.answers-200")


def test_a_requirement_that_failed_stays_named():
    failed = settled(Outcome.FAILED, name="update.answers-200")
    reason = "update answered 422, which update.answers-200 judges"
    assert told(failed) == (reason, "not_tested", ("update.answers-200",))
    assert told(settled(Outcome.NOT_TESTED, name="update.answers-200"))[0] == reason
    assert told()[0] == reason, "it may not have been selected"


def test_one_that_held_is_told_with_what_failed_of_its_operation():
    failed = settled(Outcome.FAILED, name="update.takes-no-members")
    other = settled(Outcome.FAILED, name="close.is-terminal")
    assert told(HELD, other, failed) == (
        "update answered 422; update.answers-200 held with other requests, and update.takes-no-members failed",
        "not_tested",
        ("update.takes-no-members",),
    )


def test_a_must_is_named_before_a_should_and_no_more_than_two():
    should = settled(Outcome.FAILED, Level.SHOULD, "update.a")
    musts = [settled(Outcome.FAILED, name=f"update.{letter}") for letter in "bcd"]
    assert told(HELD, should, *musts)[0].endswith(
        " held with other requests, and update.b, update.c and 2 more failed"
    )


def test_where_nothing_of_its_operation_failed_it_is_told_alone():
    reason, _, left_to = told(HELD, settled(Outcome.FAILED, name="close.is-terminal"))
    assert reason == "update answered 422; update.answers-200 held with other requests"
    assert left_to == ("update.answers-200",)


def test_of_several_judges_one_that_failed_is_enough():
    both = left("update.is-json", "update.answers-200", "close.is-terminal")
    [one, *_] = with_blame([both, HELD, settled(Outcome.FAILED, name="close.is-terminal")])
    assert one.reason == "update answered 422, which update.answers-200 and close.is-terminal judge"
