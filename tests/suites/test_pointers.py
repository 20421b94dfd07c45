"""What a faulty server leaves untested, and where the reasons for that lead."""

from typing import Any

import pytest

from mutants.pointers import astray, loss
from mutants.trial import Trial
from tck.results.blame import with_blame
from tck.vocabulary import Outcome
from tests.support.result_samples import settled

LEVELS = {"a.broken": "must", "a.sound": "must", "a.lost": "must", "a.habit": "should"}


def untested(name: str, *reasons: str) -> Any:
    checks = [{"reason": reason} for reason in reasons]
    return {"id": name, "level": LEVELS[name], "outcome": "not_tested", "reason": "", "checks": checks}


def trial(*broken: Any) -> Trial:
    outcomes = {"a.broken": "failed", "a.sound": "passed", **{one["id"]: "not_tested" for one in broken}}
    return Trial("Server", 1, outcomes, LEVELS, "", list(broken))


@pytest.mark.parametrize("named", ["a.broken", "a.habit"])
def test_a_reason_may_name_what_failed_or_was_not_tested_itself(named):
    reason = f"the control was answered with 422, which {named} judges"
    found = loss(trial(untested("a.lost", reason), untested("a.habit", "nobody knows")))
    assert found.untested == ("a.lost",)
    assert list(astray(found)) == []


def test_a_reason_that_names_what_held_leads_astray():
    found = loss(trial(untested("a.lost", "it is closed", "update answered 404, which a.sound judges")))
    assert list(astray(found)) == ["Server: a.lost was not tested for what a.sound judges, which held"]


def test_what_held_leads_astray_though_the_result_says_that_it_held():
    left = settled(
        Outcome.NOT_TESTED,
        name="a.lost",
        reason="it answered 404, which a.sound judges",
        left_to=("a.sound",),
    )
    failed = settled(Outcome.FAILED, name="a.broken")
    [told, *_] = with_blame([left, settled(Outcome.PASSED, name="a.sound"), failed])
    assert told.reason == "it answered 404; a.sound held with other requests, and a.broken failed"
    found = loss(trial(untested("a.lost", told.reason)))
    assert list(astray(found)) == ["Server: a.lost was not tested for what a.sound judges, which held"]


def test_what_was_not_selected_is_no_loss():
    found = loss(trial({**untested("a.lost"), "reason": "its check was not selected"}))
    assert found.untested == ()
