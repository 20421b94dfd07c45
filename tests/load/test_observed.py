"""What processes observed, put together: bounded, counted once, and the same behind a wire."""

import json

from tck.load.observed import MOST_FINDINGS, Observed
from tck.results.outcomes import Finding
from tck.vocabulary import Outcome


def finding(number: int, requirement: str = "create.answers") -> Finding:
    return Finding(
        requirement, Outcome.FAILED, "load::own session", f"problem {number}", exchanges=(f"e-{number}",),
        judged=(f"e-{number}",), story=("1. create: 500",),
    )  # fmt: skip


def observed(*numbers: int) -> Observed:
    made = Observed()
    for number in numbers:
        made.breaks(finding(number), {})
    return made


def test_of_many_failures_the_first_are_kept_and_all_are_counted():
    made = observed(*range(100))
    assert [one.reason for one in made.findings] == [f"problem {number}" for number in range(MOST_FINDINGS)]
    assert made.broken == {"create.answers": 100}


def test_what_several_processes_kept_is_bounded_again():
    whole = observed(1, 2)
    whole.add(observed(3, 4, 5, 6))
    assert [one.reason for one in whole.findings] == ["problem 1", "problem 2", "problem 3"]
    assert whole.broken == {"create.answers": 6}


def test_what_was_handed_on_is_not_handed_on_again_and_further_findings_stay_bounded():
    made = observed(1, 2)
    made.held["create.answers"] += 4
    first = made.taken()
    made.breaks(finding(3), {})
    made.breaks(finding(4), {})
    second = made.taken()
    assert [one.reason for one in first.findings] == ["problem 1", "problem 2"]
    assert [one.reason for one in second.findings] == ["problem 3"]
    assert (first.broken["create.answers"], second.broken["create.answers"]) == (2, 2)
    assert (first.held["create.answers"], second.held["create.answers"]) == (4, 0)


def test_it_is_the_same_behind_a_wire():
    made = observed(1)
    made.replies["createSession: 201"] += 3
    made.work["lives"] += 1
    made.troubles("ValueError: no")
    assert Observed.from_json(json.loads(json.dumps(made.to_json()))).to_json() == made.to_json()


def test_the_same_trouble_is_told_once():
    made = Observed()
    for _ in range(5):
        made.troubles("ValueError: no")
    assert made.problems == ["ValueError: no"]
