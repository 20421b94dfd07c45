"""What the hooks report of a run, and what its end makes of it."""

import pytest

from tck.results.outcomes import Finding
from tck.results.selection import CRASHED, NEVER_FINISHED, NEVER_STARTED, WITHDRAWN
from tck.run.accounting import Accounting, Collected, NoVerdict
from tck.vocabulary import BROKE, CANNOT_START, Outcome

FUNCTION = "suites/rooms/test_rooms.py::test_all"
CHECKS = [f"{FUNCTION}[{name}]" for name in ("done", "hung", "died", "late", "left")]


@pytest.fixture
def accounting() -> Accounting:
    """A run whose worker collected five checks of one function, and selected all but the last."""
    collected = Collected()
    for check in CHECKS:
        collected.see(check, FUNCTION, ("rooms.hold",))
    collected.selected |= set(CHECKS[:-1])
    made = Accounting(Collected())
    made.saw(Collected.from_json(collected.to_json()))
    return made


def test_a_check_that_came_to_no_end_is_accounted_for(accounting: Accounting) -> None:
    passed = Finding("rooms.hold", Outcome.PASSED, CHECKS[0])
    for check in CHECKS[:3]:
        accounting.started(check)
    accounting.found([passed])
    accounting.finished(CHECKS[0])
    accounting.crashed(CHECKS[2])
    first, *others = accounting.findings()
    assert first == passed
    assert {one.check: (one.outcome, one.reason) for one in others} == {
        CHECKS[1]: (Outcome.NOT_TESTED, NEVER_FINISHED),
        CHECKS[2]: (Outcome.ERROR, CRASHED),
        CHECKS[3]: (Outcome.NOT_TESTED, NEVER_STARTED),
        CHECKS[4]: (Outcome.NOT_TESTED, WITHDRAWN),
    }
    assert {one.requirement for one in others} == {"rooms.hold"}


def test_a_run_is_whole_when_every_check_came_to_its_end(accounting: Accounting) -> None:
    for check in CHECKS[:-1]:
        accounting.finished(check)
    assert accounting.is_partial([FUNCTION])
    accounting.finished(CHECKS[-1])
    assert not accounting.is_partial([FUNCTION])
    assert accounting.is_partial([FUNCTION, "suites/rooms/test_rooms.py::test_more"])


@pytest.mark.parametrize("report", ["interrupted", "unreadable"])
def test_a_run_that_was_cut_short_is_partial(accounting: Accounting, report: str) -> None:
    for check in CHECKS:
        accounting.finished(check)
    getattr(accounting, report)()
    assert accounting.is_partial([FUNCTION])


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], NoVerdict(CANNOT_START, "no check was selected; nothing was judged.")),
        (["unreadable"], NoVerdict(BROKE, "a file of checks cannot be read; nothing was judged.")),
        (["lost_worker"], NoVerdict(BROKE, "a worker did not start; nothing was judged.")),
        (["interrupted"], None),
        (["broke"], None),
    ],
)
def test_a_run_in_which_no_check_ended_says_why(
    accounting: Accounting, reports: list[str], expected: NoVerdict | None
) -> None:
    for report in reports:
        getattr(accounting, report)()
    assert accounting.no_verdict(usage_error=False) == expected
    accounting.finished(CHECKS[0])
    assert accounting.no_verdict(usage_error=False) is None


def test_a_refusal_stands_whatever_ran(accounting: Accounting) -> None:
    accounting.finished(CHECKS[0])
    assert accounting.no_verdict(usage_error=True) == NoVerdict(CANNOT_START, "")
    accounting.refused("a check excuses itself.")
    assert accounting.no_verdict(usage_error=False) == NoVerdict(CANNOT_START, "a check excuses itself.")


def test_a_run_is_sound_until_a_plugin_or_a_file_breaks(accounting: Accounting) -> None:
    accounting.interrupted()
    assert accounting.is_sound
    accounting.broke()
    assert not accounting.is_sound
