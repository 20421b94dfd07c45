"""Imports point one way, and the machinery knows no contract."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tck.contract import available_contracts, load_contract
from tck.home import ROOT

OURS = ("tck", "suites", "reference", "mutants", "tests", "bench")
MAY_IMPORT = {
    "tck": {"tck"},
    "suites": {"suites", "tck"},
    "reference": {"reference"},
    "mutants": {"mutants", "reference"},
    "bench": {"bench", "tck", "reference", "mutants"},
}


def modules(package: str) -> Iterator[Path]:
    return (path for path in (ROOT / package).rglob("*.py") if "__pycache__" not in path.parts)


def imported(path: Path) -> set[str]:
    """The top-level packages of ours that a file imports, or names in a call that imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            found |= set(re.findall(r"^f?['\"](\w+)", ast.unparse(node.args[0])))
    return found & set(OURS)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package):
    wrong = {
        str(path.relative_to(ROOT)): imported(path) - MAY_IMPORT[package]
        for path in modules(package)
        if imported(path) - MAY_IMPORT[package]
    }
    assert wrong == {}
    assert list(modules(package))


def test_commands_stand_at_the_top_and_judge_nothing():
    """Only `python -m tck` imports a command, and a command imports nothing of pytest's side of the kit."""
    judging = re.compile(r"from tck\.(plugin|judge|stash|fixtures|items|controller|finish|embedded) ")
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules("tck/commands")
        if judging.search(path.read_text(encoding="utf-8"))
    ]
    wrong += [
        str(path.relative_to(ROOT))
        for path in modules("tck")
        if path.parent.name != "commands" and path.name != "__main__.py" and "tck.commands" in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("contract", available_contracts())
def test_the_suites_of_a_contract_know_no_other(contract):
    others = [name for name in available_contracts() if name != contract]
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules(f"suites/{contract}")
        if any(f"suites.{other}" in path.read_text(encoding="utf-8") for other in others)
    ]
    assert wrong == []


@pytest.mark.parametrize("contract", available_contracts())
def test_the_machinery_names_no_contract(contract):
    loaded = load_contract(contract)
    names = [
        contract,
        *(credential.env for credential in loaded.credentials),
        *(option.flag for option in loaded.options),
    ]
    word = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in names), re.IGNORECASE)
    wrong = [
        f"{path.name}: {found[0]}"
        for path in modules("tck")
        if (found := word.search(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []


def test_a_contract_is_a_folder_or_module_in_each_of_the_four_places():
    for contract in available_contracts():
        for place in ("suites", "reference", "mutants"):
            here = ROOT / place / contract
            assert here.is_dir() or here.with_suffix(".py").is_file(), f"{place}/{contract}"


def test_the_names_of_the_kits_own_test_files_are_each_used_once():
    names = [path.name for path in modules("tests") if path.name not in ("conftest.py", "__init__.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
