"""doors.yaml: each array holds every pair of values, and each claim and hole is of requirements that there are."""

from itertools import combinations as pairs_of
from itertools import product
from typing import Any

import pytest

from tck.contract.combinations import load_doors
from tck.contract.contract import available_contracts, load_contract
from tck.contract.requirements import load_requirements
from tck.contract.yaml_source import read_checked
from tck.paths import spec_dir

CONTRACTS = available_contracts()


def arrays(contract: str) -> dict[str, Any]:
    found: dict[str, Any] = read_checked(spec_dir(contract) / "doors.yaml", "doors").value["arrays"]
    return found


EACH = pytest.mark.parametrize(
    ("contract", "name"), [(contract, name) for contract in CONTRACTS for name in arrays(contract)]
)


@EACH
def test_each_pair_of_values_stands_in_a_row(contract, name):
    dimensions, every = arrays(contract)[name]["dimensions"], load_doors(contract).arrays[name]
    for one, other in pairs_of(dimensions, 2):
        wanted = set(product(dimensions[one], dimensions[other]))
        assert {(row[one], row[other]) for row in every} == wanted, (one, other)


@EACH
def test_no_row_stands_there_twice(contract, name):
    seen = [tuple(row.values()) for row in load_doors(contract).arrays[name]]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_requirement_claims_something_and_every_claim_is_of_one(contract):
    doors = load_doors(contract)
    known = load_requirements(spec_dir(contract) / "requirements.yaml", load_contract(contract).pages)
    assert [name for name in known if not doors.claims_of(name)] == []
    patterns = {one for claim in doors.claims for one in claim.requirements}
    patterns |= {one for hole in doors.holes for one in hole.requirements}
    plain = {one for one in patterns if "*" not in one}
    assert sorted(plain - set(known)) == []
