"""Why a run is partial, as its result shows it."""

import pytest

from tck.results.outcomes import Finding, Settled, settle
from tck.results.result_file import build_result
from tck.results.selection import CRASHED, NEVER_FINISHED, NEVER_STARTED, WITHDRAWN, why_partial
from tck.vocabulary import Outcome
from tests.support.result_samples import facts, finding, requirement


def _ran(name: str, outcome: Outcome = Outcome.PASSED) -> Finding:
    return finding(outcome, check=f"t.py::{name}")


def _unfinished(name: str, reason: str) -> Finding:
    return finding(Outcome.NOT_TESTED, check=f"t.py::{name}", reason=reason)


def _settled(name: str, *findings: Finding) -> Settled:
    return settle(requirement(name), findings)


LEFT_OUT = _settled("a.left-out", _unfinished("left-out", WITHDRAWN))
PASSED = _settled("a.passed", _ran("one"), _ran("two"))
FAILED = _settled("a.failed", _ran("two", Outcome.FAILED))


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        pytest.param(
            [FAILED, LEFT_OUT], "only 1 check was selected, which judges 1 of 2 requirements", id="one"
        ),
        pytest.param(
            [PASSED, FAILED, _settled("a.unread")],
            "only 2 checks were selected, which judge 2 of 3 requirements",
            id="in no file that was read",
        ),
        pytest.param(
            [_settled("a.half", _ran("one"), _unfinished("left-out", WITHDRAWN))],
            "only 1 check was selected, which judges no requirement in full",
            id="of a requirement some",
        ),
        pytest.param(
            [_settled("a.half", _ran("one", Outcome.FAILED), _unfinished("left-out", WITHDRAWN))],
            "not every check was selected",
            id="all decided",
        ),
        pytest.param(
            [PASSED, LEFT_OUT, _settled("a.died", _unfinished("died", CRASHED))],
            "1 of 3 selected checks did not run to its end",
            id="crashed",
        ),
        pytest.param(
            [_settled("a.cut", _unfinished("hung", NEVER_FINISHED), _unfinished("late", NEVER_STARTED))],
            "2 of 2 selected checks did not run to their end",
            id="interrupted",
        ),
    ],
)
def test_why_a_run_is_partial(entries: list[Settled], why: str) -> None:
    assert why_partial(build_result(facts(*entries, partial=True))) == why
