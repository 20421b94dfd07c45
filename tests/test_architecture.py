"""Imports point one way, and the machinery knows no contract."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tck.contract.contract import available_contracts, load_contract
from tck.paths import ROOT

OURS = ("tck", "suites", "reference", "mutants", "tests", "bench", "releasing")
MAY_IMPORT = {
    "tck": {"tck"},
    "suites": {"suites", "tck"},
    "reference": {"reference"},
    "mutants": {"mutants", "reference"},
    "releasing": {"releasing", "tck"},
    "bench": {"bench", "tck", "reference", "mutants"},
}


RUNS_THE_KIT = {"mutants/trial.py": {"tck"}}
"""A trial runs the kit in its own process, and hurries what need not be waited for or read again."""


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
    found = {str(path.relative_to(ROOT)): imported(path) - MAY_IMPORT[package] for path in modules(package)}
    wrong = {name: others for name, others in found.items() if others - RUNS_THE_KIT.get(name, set())}
    assert wrong == {}
    assert list(modules(package))


def modules_imported(path: Path) -> set[str]:
    """The full names of the modules of ours that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def importers(prefix: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in modules("tck")
        if any(name == prefix or name.startswith(f"{prefix}.") for name in modules_imported(path))
    }


def imports_beyond(folder: str, may_see: str) -> set[tuple[str, str]]:
    """What the files of a folder import of ours, of pytest or of the client, other than they may."""
    return {
        (path.name, name)
        for path in modules(folder)
        for name in modules_imported(path)
        if name.partition(".")[0] in (*OURS, "pytest", "_pytest", "httpx") and not re.match(may_see, name)
    }


def test_views_see_a_result_and_its_exchanges_and_no_run():
    may_see = r"tck\.(reports|exchange|har|terminal|whole_file|signals)(\.|$)|tck$"
    assert imports_beyond("tck/reports", may_see) == set()


def test_who_may_ask_for_views_and_commands():
    asking = {path for path in importers("tck.reports") if not path.startswith("tck/reports/")}
    assert asking == {
        "tck/pytest_plugin/allure.py", "tck/cli/diff.py", "tck/cli/matrix.py", "tck/cli/report.py", "tck/run/controller.py", "tck/run/finish.py",
    }  # fmt: skip
    asking = {path for path in importers("tck.cli") if not path.startswith("tck/cli/")}
    assert asking == {"tck/__main__.py"}


def test_certification_sees_a_result_and_no_run():
    may_see = r"tck\.(catalogue|certification|contract|home|releases|result|signals|terminal)(\.|$)|tck$"
    assert imports_beyond("tck/certification", may_see) == set()
    asking = {path for path in importers("tck.certification") if not path.startswith("tck/certification/")}
    assert asking == {
        f"tck/cli/{name}.py" for name in ("certify", "matrix", "submissions", "submit", "verify")
    }


def test_one_module_alone_needs_what_signs():
    needing = importers("cryptography") | importers("securesystemslib")
    assert needing == {"tck/certification/envelope.py"}


def test_no_template_lets_a_text_through_unescaped():
    templates = [path.read_text(encoding="utf-8") for path in (ROOT / "tck/reports/templates").glob("*.html")]
    assert len(templates) == 3
    assert not [text for text in templates if re.search(r"\|\s*safe|autoescape|Markup", text)]


def test_commands_stand_at_the_top_and_judge_nothing():
    """Only `python -m tck` imports a command, and a command imports nothing of pytest's side of the kit."""
    judging = re.compile(r"from tck\.(plugin|judge|stash|fixtures|items|controller|finish|embedded) ")
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules("tck/cli")
        if judging.search(path.read_text(encoding="utf-8"))
    ]
    wrong += [
        str(path.relative_to(ROOT))
        for path in modules("tck")
        if path.parent.name != "commands" and path.name != "__main__.py" and "tck.cli" in path.read_text(encoding="utf-8")
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
