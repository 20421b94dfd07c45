"""A mutant that shows under load alone is caught there, and a latitude is not: one of each, for a few seconds."""

import pytest

from mutants.catalogue import latitudes_of, load_latitudes_of, load_mutants_of
from mutants.load_trial import Load, LoadTrial, load_survival, make_load_trial
from mutants.matrix import overreach

FEW_SECONDS = Load(users=24, seconds=5)


def trial(name) -> LoadTrial:
    return make_load_trial("trigger", name, FEW_SECONDS)


def named(name, among):
    return next(one for one in among if one.name == name)


@pytest.mark.slow
def test_an_empty_row_from_a_busy_gateway_is_caught():
    one = named("RateLimiterAnswersAnEmptyRow", load_mutants_of("trigger"))
    seen = trial(one.name)
    assert list(load_survival(one, seen)) == [], seen.text
    assert seen.exit == 1
    assert seen.load["broken"][one.caught_by] > 0


@pytest.mark.slow
def test_what_a_proxy_answers_in_place_of_a_server_is_no_failure():
    one = named("ProxyLosesReplies", load_latitudes_of("trigger"))
    seen = trial(one.name)
    assert list(overreach(one, seen)) == [], seen.text
    assert seen.exit == 0
    assert {name.rpartition(" ")[2] for name in seen.load["saturation"]} >= {"502", "504"}
    assert seen.replies > sum(seen.load["saturation"].values())


def test_what_could_not_be_judged_is_neither_killed_nor_forgiven():
    nothing = LoadTrial("One", 4, {}, {}, "ERROR: load needs Locust")
    [mutant, *_] = load_mutants_of("trigger")
    [latitude, *_] = latitudes_of("trigger")
    assert list(load_survival(mutant, nothing)) == [
        f"{mutant.name} survives: {mutant.caught_by} is not known (exit 4)"
    ]
    assert list(overreach(latitude, nothing)) == [
        f"{latitude.name} was not judged (exit 4): ERROR: load needs Locust"
    ]
    assert nothing.replies == 0


def test_a_fault_that_may_hit_any_call_is_caught_by_any_of_its_requirements():
    one = named("WriteBehindLosesOneInTwoThousand", load_mutants_of("trigger"))
    for requirement in (one.caught_by, *one.or_by):
        seen = LoadTrial(one.name, 1, {requirement: "failed"}, {requirement: "must"}, "")
        assert list(load_survival(one, seen)) == []
    assert (
        list(
            load_survival(
                one, LoadTrial(one.name, 1, {"tokens.is-jwt": "failed"}, {"tokens.is-jwt": "must"}, "")
            )
        )
        != []
    )
