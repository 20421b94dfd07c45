"""Conventions that no linter holds: where a contract stands, and what the kit's own files may name."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tck.contract.contract import available_contracts, load_contract
from tck.paths import ROOT

PRIVATE_PARTS = {
    "pytest": (r"_pytest|\._(rootpath|confcutdir)", "tck/pytest_internals.py"),
    "hypothesis": (r"hypothesis\.(internal|core|configuration)", "tck/randomized/seeding.py"),
    "schemathesis": (
        r"schemathesis\.(core|engine|generation|pytest|schemas|specs|transport)",
        "tck/randomized/fuzzing/schemathesis_internals.py",
    ),
    "httpx": (r"httpx\._\w+|\._(transport|mounts|pool|network_backend)", "tck/transport/deadline.py"),
}
"""What has no public name in a library, as a pattern, and the one module of the kit that uses it."""


def modules(package: str) -> Iterator[Path]:
    return (path for path in (ROOT / package).rglob("*.py") if "__pycache__" not in path.parts)


def test_one_module_alone_needs_what_signs():
    needing = re.compile(r"^\s*(import|from) (cryptography|securesystemslib)\b", re.MULTILINE)
    found = [path for path in modules("tck") if needing.search(path.read_text(encoding="utf-8"))]
    assert [path.relative_to(ROOT).as_posix() for path in found] == ["tck/certification/envelope.py"]


@pytest.mark.parametrize("library", PRIVATE_PARTS)
def test_one_module_alone_uses_the_private_parts_of_a_library(library):
    pattern, module = PRIVATE_PARTS[library]
    found = [
        path.relative_to(ROOT).as_posix()
        for package in ("tck", "suites", "reference", "mutants", "releasing", "bench")
        for path in modules(package)
        if any(re.match(rf"({pattern})\b", name) for name in names_used(path))
    ]
    assert found == [module]


@pytest.mark.parametrize("library", PRIVATE_PARTS)
def test_a_library_whose_private_parts_are_used_has_an_upper_bound(library):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [bounds] = [one for one in map(Requirement, project["dependencies"]) if one.name == library]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    [version] = [line.partition("==")[2] for line in pinned if line.startswith(f"{library}==")]
    major, minor, *_ = version.split(".")
    assert bounds.specifier.contains(version)
    assert not bounds.specifier.contains(f"{major}.{int(minor) + 1}.0")


@cache
def names_used(path: Path) -> frozenset[str]:
    """The modules that a module imports, the names that it imports from them, and attributes with a dot."""
    return frozenset(_names_used(path))


def _names_used(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield f".{node.attr}"


def test_no_template_lets_a_text_through_unescaped():
    templates = [
        path.read_text(encoding="utf-8") for path in (ROOT / "tck/reports/html/templates").glob("*.html")
    ]
    assert len(templates) == 4
    assert not [text for text in templates if re.search(r"\|\s*safe|autoescape|Markup", text)]


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


def test_every_assertion_of_a_check_compares_two_sides():
    """Only a comparison tells what was expected, what was seen, and in which exchange."""
    bare = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}: {ast.unparse(node)}"
        for path in modules("suites")
        if path.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert) and not compares(node.test)
    ]
    assert bare == []


def compares(test: ast.expr) -> bool:
    parts = test.values if isinstance(test, ast.BoolOp) else [test]
    return all(isinstance(part, ast.Compare) and len(part.ops) == 1 for part in parts)


@pytest.mark.parametrize("text", ["not reply.succeeded", "is_closed(row)", "a == b and c", "0 < a < 2"])
def test_what_is_no_comparison_is_seen(text):
    assert not compares(ast.parse(text, mode="eval").body)
