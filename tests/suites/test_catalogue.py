"""The mutants and latitudes: each of its own name, each with a sentence, each naming a known requirement."""

import re
from collections import Counter
from pathlib import Path

import pytest

from mutants.catalogue import (
    Latitude,
    Mutant,
    bundles,
    latitudes_of,
    load_latitudes_of,
    load_mutants_of,
    mutants_of,
    server_named,
)
from tck.contract.contract import available_contracts, load_contract
from tck.contract.requirements import Registry, load_requirements
from tck.paths import ROOT, spec_dir
from tck.vocabulary import Level

CONTRACTS = available_contracts()
FEWEST = {"trigger": (680, 60), "everruns": (145, 30)}
FEWEST_UNDER_LOAD = {"trigger": (18, 12), "everruns": (3, 2)}


def requirements(contract: str) -> Registry:
    return load_requirements(spec_dir(contract) / "requirements.yaml", load_contract(contract).pages)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_no_two_servers_share_a_name(contract):
    files = Path(ROOT, "mutants", contract).rglob("*.py")
    names = Counter(
        match[1]
        for path in files
        for match in re.finditer(
            r"^@(?:(?:load_)?mutant\(.*\)|(?:load_)?latitude)\nclass (\w+)",
            path.read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_server_says_in_a_sentence_what_is_different(contract):
    servers: list[Mutant | Latitude] = [
        *mutants_of(contract), *latitudes_of(contract), *load_mutants_of(contract), *load_latitudes_of(contract),
    ]  # fmt: skip
    assert [one.name for one in servers if not one.about.endswith(".")] == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_mutant_names_a_requirement_of_its_contract(contract):
    known = requirements(contract)
    every = [*mutants_of(contract), *load_mutants_of(contract)]
    others = {name for one in load_mutants_of(contract) for name in one.or_by}
    assert sorted(others - set(known)) == []
    assert [one.name for one in every if one.caught_by not in known] == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_must_has_a_mutant(contract):
    proven = {one.caught_by for one in mutants_of(contract)}
    musts = [one.id for one in requirements(contract).values() if one.level is Level.MUST]
    assert [name for name in musts if name not in proven] == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_there_are_as_many_mutants_and_latitudes_as_promised(contract):
    mutants, latitudes = FEWEST[contract]
    assert len(mutants_of(contract)) >= mutants
    assert len(latitudes_of(contract)) >= latitudes


@pytest.mark.parametrize("contract", CONTRACTS)
def test_what_is_judged_under_load_is_left_out_of_the_ordinary_matrix(contract):
    mutants, latitudes = load_mutants_of(contract), load_latitudes_of(contract)
    fewest = FEWEST_UNDER_LOAD[contract]
    assert len(mutants) >= fewest[0]
    assert len(latitudes) >= fewest[1]
    under_load = {one.name for one in mutants} | {one.name for one in latitudes}
    ordinary = {one.name for one in mutants_of(contract)} | {one.name for one in latitudes_of(contract)}
    assert under_load & ordinary == set()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_bundle_is_one_server_with_every_change_of_its_latitudes(contract):
    for bundle in bundles(latitudes_of(contract)):
        server = server_named(contract, "+".join(one.name for one in bundle))
        assert all(one.server in server.__mro__ for one in bundle)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_what_changes_much_meets_only_what_changes_something_else(contract):
    for bundle in bundles(latitudes_of(contract)):
        kinds = [one.alone for one in bundle]
        assert not any(kinds) or len({*kinds, ""}) == len(bundle) + 1, bundle
        assert len(bundle) == 1 or not any(one.in_parts for one in bundle)
