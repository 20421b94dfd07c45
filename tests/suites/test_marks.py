"""Requirements and checks are held together: neither stands without the other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tck.contract.contract import available_contracts, load_contract
from tck.contract.requirements import load_requirements
from tck.paths import ROOT, spec_dir

LISTING = """
import json, os
def pytest_collection_finish(session):
    found = {item.nodeid: [name for mark in item.iter_markers("requirement") for name in mark.args] for item in session.items}
    with open(os.environ["LISTING"], "w") as file:
        json.dump(found, file)
"""


@pytest.fixture(scope="module", params=available_contracts())
def contract(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def registry(contract):
    loaded = load_contract(contract)
    return load_requirements(spec_dir(contract) / "requirements.yaml", loaded.pages, loaded.capabilities)


@pytest.fixture(scope="module")
def declared(contract, tmp_path_factory) -> dict[str, list[str]]:
    """The requirements that each check of the contract declares, as pytest collects them."""
    return collected(contract, tmp_path_factory.mktemp("listing"), hash_seed="1")


def collected(contract: str, folder: Path, hash_seed: str) -> dict[str, list[str]]:
    (folder / "listing_plugin.py").write_text(LISTING)
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--contract={contract}",
        "--collect-only",
        "-qq",
        "-p",
        "listing_plugin",
    ]
    env = {
        "PYTHONPATH": str(folder),
        "LISTING": str(folder / "checks.json"),
        "PATH": "",
        "PYTHONHASHSEED": hash_seed,
    }
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-p", "no:randomly"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    checks: dict[str, list[str]] = json.loads((folder / "checks.json").read_text())
    return checks


def test_every_requirement_has_a_check(registry, declared):
    checked = {name for names in declared.values() for name in names}
    assert sorted(registry.keys() - checked) == []


def test_every_check_names_requirements_of_its_contract(contract, registry, declared):
    assert declared
    wrong = {check: names for check, names in declared.items() if not names or set(names) - registry.keys()}
    assert wrong == {}
    assert {check.split("/")[1] for check in declared} == {contract}


def test_the_id_of_a_check_is_made_of_words(declared):
    odd = [check for check in declared if not check.isascii() or "0x" in check or not check.isprintable()]
    assert odd == []


@pytest.mark.slow
def test_the_same_checks_are_collected_in_the_same_order_every_time(contract, declared, tmp_path):
    assert list(collected(contract, tmp_path, hash_seed="2")) == list(declared)
