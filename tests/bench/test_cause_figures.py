"""Servers with one fault are reported with one cause; the shares are held with a margin."""

import json

import pytest

from bench import causes
from bench.causes import (
    Figures,
    Told,
    by_kept_matrix,
    draw,
    judged,
    kept,
    missing_relations,
    single_faults,
    told_apart,
)
from bench.commands.causes import ONE, OWN
from mutants.catalogue import mutants_of
from mutants.matrix import UNDRAWN, Matrix, read_matrix
from mutants.trial import SOON, Task, make_trials
from tck.contract.catalogue import registry_of
from tck.contract.contract import available_contracts
from tck.results.causes import causes_of

MARGIN = 0.02
DRAWN = {
    "trigger": ("SecondCloseAnswers409", "AddressIsNotDecoded", "CachedRunIdIsEmpty", "TokenCreates"),
    "everruns": ("LookupByEnding", "EmptyTagsAreIgnored"),
}


@pytest.mark.parametrize("contract", available_contracts())
def test_by_the_kept_matrix_one_cause_is_reported_and_the_own_requirement_first(contract):
    figures = by_kept_matrix(contract)
    assert len(figures.told) > 80
    assert figures.one >= ONE + MARGIN, list(figures.wrong())
    assert figures.own >= OWN + MARGIN, list(figures.wrong())


def test_a_failure_that_nothing_explains_is_listed_as_a_relation_that_is_missing(monkeypatch):
    rows = read_matrix("everruns").mutants
    [name, *_] = rows
    own = next(one.caught_by for one in mutants_of("everruns") if one.name == name)
    known = Matrix({name: [own, "update.sets-title"]})
    monkeypatch.setattr(causes, "read_matrix", lambda contract: known)
    assert list(missing_relations("everruns")) == [f"{own}: [update.sets-title]  # {name}"]


@pytest.mark.parametrize("contract", available_contracts())
def test_two_faults_are_told_apart(contract):
    assert told_apart(contract, 500) >= 0.8


def _judged(contract, names):
    """What the requirements that fail by the kept matrix say on some mutants, run anew."""
    rows = read_matrix(contract).mutants
    tasks = [
        Task(contract, name, (*UNDRAWN, *(f"--requirement={one}" for one in rows[name])), SOON)
        for name in names
    ]
    known = {one.name: one for one in mutants_of(contract)}
    explained = registry_of(contract).explained
    trials = make_trials(tasks, 2)
    return Figures(
        [
            Told(known[name], causes_of(trial.broken, explained))
            for name, trial in zip(names, trials, strict=True)
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("contract", DRAWN)
def test_a_judged_server_with_one_fault_is_reported_so(contract):
    figures = _judged(contract, DRAWN[contract])
    assert figures.told
    assert list(figures.wrong()) == []


def test_a_draw_is_the_same_in_every_call_and_no_larger_than_all():
    known = single_faults("everruns")
    assert draw(known, 5) == draw(known, 5)
    assert sorted(one.name for one in draw(known, 9999)) == sorted(one.name for one in known)


def test_what_is_kept_is_not_judged_again(monkeypatch, tmp_path):
    monkeypatch.setattr(causes, "KEPT", tmp_path)
    [one, *_] = single_faults("everruns")
    entry = causes._failed(registry_of("everruns"), one.caught_by)
    kept("everruns", one).parent.mkdir()
    kept("everruns", one).write_text(json.dumps([entry]))
    figures = judged("everruns", [one], 1, False, lambda line: None)
    assert (figures.one, figures.own) == (1.0, 1.0)


def test_a_server_that_is_reported_otherwise_is_listed():
    [one, other, *_] = single_faults("everruns")
    cause = causes._causes(registry_of("everruns"), ["update.sets-title", "credentials.no-key-refused"])
    figures = Figures([Told(one, cause), Told(other, [])])
    assert (figures.one, figures.own) == (0.0, 0.0)
    assert list(figures.wrong())[1] == f"{other.name} ({other.caught_by}): nothing failed"
