"""An operation that is not there yet keeps nothing from being judged that needs it in part only."""

import pytest

from tck.results.outcomes import Finding, despite, not_there
from tck.vocabulary import Outcome

CLOSE, UPDATE = "closeSession", "updateSession"
HELD = Finding("retrieve.by-id-answers-200", Outcome.PASSED, "open")
KEPT = Finding(
    "retrieve.by-id-answers-200",
    Outcome.NOT_TESTED,
    "closed",
    "close answered 404 and set no closedAt, which close.sets-closed-at judges",
    left_to=("close.sets-closed-at",),
)
OTHER = Finding("retrieve.by-id-answers-200", Outcome.NOT_TESTED, "other", "the budget is spent")


@pytest.mark.parametrize(
    ("statuses", "missing"),
    [
        ([404], True),
        ([405, 404, 501], True),
        ([401, 404], True),
        ([404, 200], False),
        ([404, 422], False),
        ([401], False),
        ([500], False),
        ([], False),
    ],
)
def test_an_operation_is_not_there_when_no_good_call_found_a_route(
    statuses: list[int], missing: bool
) -> None:
    answered = [(CLOSE, status) for status in statuses] + [(UPDATE, 200)]
    assert not_there([UPDATE, CLOSE], answered) == ((CLOSE,) if missing else ())


def test_what_it_keeps_from_being_tested_counts_for_nothing_beside_what_was_tested() -> None:
    assert despite([KEPT, HELD], [CLOSE]) == [HELD]
    assert despite([KEPT, HELD], [UPDATE]) == [KEPT, HELD]
    assert despite([KEPT, HELD], []) == [KEPT, HELD]


def test_what_was_tested_in_no_other_way_stays_not_tested() -> None:
    assert despite([KEPT], [CLOSE]) == [KEPT]
    assert despite([KEPT, OTHER], [CLOSE]) == [OTHER]


def test_the_rules_of_the_operation_itself_stay_as_they_are() -> None:
    held = Finding("close.answers-200", Outcome.PASSED, "a")
    kept = Finding("close.answers-200", Outcome.NOT_TESTED, "b", "a 404", left_to=("close.sets-closed-at",))
    assert despite([held, kept], [CLOSE]) == [held, kept]
