"""The kept matrix is that of the servers there are, and says what a matrix must; its page shows it."""

import pytest

from mutants.catalogue import Latitude, Mutant, latitudes_of, mutants_of
from mutants.matrix import (
    Matrix,
    by_hand,
    differences,
    draw,
    overreach,
    read_matrix,
    representatives,
    survival,
)
from mutants.page import page, page_path
from mutants.trial import Trial
from tck.contract.contract import available_contracts, load_contract
from tck.contract.requirements import load_requirements
from tck.paths import spec_dir
from tck.vocabulary import Level

CONTRACTS = available_contracts()
AGAIN = "python -m mutants --contract NAME matrix --full --write --missing"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_it_holds_every_mutant_that_handwritten_checks_must_catch(contract):
    kept = read_matrix(contract).mutants
    assert sorted(kept) == sorted(one.name for one in by_hand(contract)), AGAIN


@pytest.mark.parametrize("contract", CONTRACTS)
def test_it_holds_every_latitude(contract):
    kept = read_matrix(contract).latitudes
    assert sorted(kept) == sorted(one.name for one in latitudes_of(contract)), AGAIN


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_mutant_was_failed_by_the_requirement_that_it_names(contract):
    kept = read_matrix(contract).mutants
    assert [one.name for one in by_hand(contract) if one.caught_by not in kept.get(one.name, ())] == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_no_latitude_failed_a_must(contract):
    known = load_requirements(spec_dir(contract) / "requirements.yaml", load_contract(contract).pages)
    musts = {one.id for one in known.values() if one.level is Level.MUST}
    kept = read_matrix(contract).latitudes
    assert {name: set(failed) & musts for name, failed in kept.items() if set(failed) & musts} == {}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_it_names_requirements_that_there_are(contract):
    known = load_requirements(spec_dir(contract) / "requirements.yaml", load_contract(contract).pages)
    kept = read_matrix(contract)
    named = {name for rows in (kept.mutants, kept.latitudes) for failed in rows.values() for name in failed}
    assert sorted(named - set(known)) == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_page_shows_it(contract):
    assert page_path(contract).read_text(encoding="utf-8") == page(contract, read_matrix(contract))


def test_a_page_tells_of_each_server():
    told = page("everruns", Matrix())
    servers: list[Mutant | Latitude] = [*mutants_of("everruns"), *latitudes_of("everruns")]
    assert [one.name for one in servers if one.about not in told] == []


BROKEN = Mutant("Broken", "It is broken.", "a.rule", object)
ODD = Latitude("Odd", "It is odd.", object)
LEVELS = {"a.rule": "must", "a.habit": "should"}


def trial(failed: tuple[str, ...] = (), judged: bool = True) -> Trial:
    outcomes = {name: "failed" if name in failed else "passed" for name in LEVELS} if judged else {}
    return Trial("Server", 1, outcomes, LEVELS, "ERROR: no answer")


def test_a_mutant_survives_when_only_another_requirement_fails():
    assert list(survival(BROKEN, trial(("a.rule", "a.habit")))) == []
    assert list(survival(BROKEN, trial(("a.habit",)))) == ["Broken survives: a.rule is passed (exit 1)"]
    assert list(survival(BROKEN, trial(judged=False))) == ["Broken survives: a.rule is not known (exit 1)"]


def test_a_latitude_may_fail_a_should_alone():
    assert list(overreach(ODD, trial(("a.habit",)))) == []
    assert list(overreach(ODD, trial(("a.rule",)))) == ["Odd fails a.rule, which it may not"]
    assert list(overreach(ODD, trial(judged=False))) == ["Odd was not judged (exit 1): ERROR: no answer"]


def test_a_check_that_became_lax_or_eager_is_told():
    kept = Matrix({"Broken": ["a.rule", "b.rule"]}, {"Odd": []})
    now = Matrix({"Broken": ["a.rule", "c.rule"]}, {"Odd": ["a.habit"]})
    assert differences(kept, kept) == []
    assert differences(kept, now) == [
        "Broken: b.rule no longer fails",
        "Broken: c.rule now fails",
        "Odd: a.habit now fails",
    ]


def test_representatives_fail_what_no_other_mutant_fails_and_more():
    rows = {"A": ["one"], "B": ["one", "two"], "C": ["two", "one"], "D": ["three"], "E": []}
    assert representatives(Matrix(rows)) == ["B", "D"]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_what_fails_on_any_mutant_fails_on_a_representative(contract):
    kept = read_matrix(contract)
    chosen = representatives(kept)
    assert len(chosen) < len(kept.mutants) / 2
    for failed in kept.mutants.values():
        assert any(set(failed) <= set(kept.mutants[name]) for name in chosen)


def test_a_draw_is_the_same_for_the_same_seed():
    names = [f"Mutant{number}" for number in range(50)]
    assert draw(names, 10, "a") == draw(names, 10, "a") != draw(names, 10, "b")
    assert len(set(draw(names, 10, "a"))) == 10
    assert draw(names, 60, "a") == sorted(names)
