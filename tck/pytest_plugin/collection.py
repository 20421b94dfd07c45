"""Which tests are the chosen contract's checks, and whether they name their requirements rightly."""

import ast
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tck.contract.requirements import Registry
from tck.errors import KitError
from tck.paths import ROOT, suites_dir

SUITES = ROOT / "suites"
LAST = "last"
REFUSED_MARKS = ("skip", "skipif", "xfail")
LOOKING_ONLY = (
    "help",
    "version",
    "markers",
    "collectonly",
    "showfixtures",
    "show_fixtures_per_test",
    "setupplan",
    "plan",
)
"""pytest's options, by name, that run no check."""


class Scope(StrEnum):
    """What a pytest command is about."""

    JUDGE = "judge"
    LOOK = "look"
    ASLEEP = "asleep"


def scope_of(config: pytest.Config) -> Scope:
    """Whether this command judges a target, only looks at checks, or neither.

    Raises KitError for suites and other tests in one command.
    """
    if config.option.help or config.option.version:
        return Scope.ASLEEP
    paths = [_path(config, argument) for argument in config.args]
    suites = [path for path in paths if _within(path, SUITES)]
    if ROOT in paths or 0 < len(suites) < len(paths):
        raise KitError(
            "suites and other tests do not go in one command; run the suites alone to judge a target."
        )
    if not suites:
        return Scope.ASLEEP
    looks = any(getattr(config.option, name, False) for name in LOOKING_ONLY)
    return Scope.LOOK if looks or getattr(config.option, "cacheshow", None) is not None else Scope.JUDGE


def verify_paths(config: pytest.Config, contract: str) -> None:
    """Raise KitError when the command names checks of another contract."""
    for argument in config.args:
        path = _path(config, argument)
        if of_other_contract(path, contract):
            other = path.relative_to(SUITES).parts[0]
            raise KitError(f"{argument} belongs to another contract; add --contract={other} to judge by it.")


def of_other_contract(path: Path, contract: str) -> bool:
    """Whether a path lies in the suites of another contract."""
    if not _within(path, SUITES) or path == SUITES:
        return False
    folder = path.relative_to(SUITES).parts[0]
    return folder != contract and (SUITES / folder).is_dir()


def requirements_of(item: pytest.Item) -> tuple[str, ...]:
    """The requirement ids that a check declares, nearest mark first."""
    return tuple(dict.fromkeys(name for mark in item.iter_markers("requirement") for name in mark.args))


@dataclass
class Collected:
    """The checks that a process saw by node id, those it was to run, and the functions they come from."""

    checks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)

    def see(self, items: Iterable[pytest.Item]) -> None:
        """Note items, whether they will be selected or not."""
        for item in items:
            self.checks[item.nodeid] = requirements_of(item)
            self.functions.add(function_of(item))

    def add(self, other: "Collected") -> None:
        """Take over what another process saw."""
        self.checks.update(other.checks)
        self.functions |= other.functions
        self.selected |= other.selected

    def to_json(self) -> dict[str, Any]:
        """A plain dict, as it travels from a worker to the controller."""
        checks = {check: list(ids) for check, ids in self.checks.items()}
        return {"checks": checks, "functions": sorted(self.functions), "selected": sorted(self.selected)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Collected":
        """What `to_json` made this dict of."""
        checks = {check: tuple(ids) for check, ids in values["checks"].items()}
        return cls(checks, set(values["functions"]), set(values["selected"]))


def verify_marks(items: Iterable[pytest.Item], registry: Registry) -> None:
    """Raise KitError for a check that names no known requirement or that would excuse itself."""
    for item in items:
        declared = requirements_of(item)
        if not declared:
            raise KitError(f"{item.nodeid} names no requirement.")
        for name in declared:
            if name not in registry:
                raise KitError(f"{item.nodeid} names {name}, which is not a requirement of the contract.")
        for mark in REFUSED_MARKS:
            if item.get_closest_marker(mark):
                raise KitError(f"{item.nodeid} is marked {mark}; a check may not excuse itself.")


def verify_wanted(wanted: Iterable[str], registry: Registry) -> None:
    """Raise KitError when --requirement names what is none."""
    for name in wanted:
        if name not in registry:
            raise KitError(f"--requirement={name} is not a requirement of the contract.")


def only_requirements(config: pytest.Config, items: list[pytest.Item], wanted: Iterable[str]) -> None:
    """Deselect what judges none of the wanted requirements; without any, nothing."""
    names = set(wanted)
    if not names:
        return
    chosen = {item.nodeid for item in items if names & set(requirements_of(item))}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in chosen])
    items[:] = [item for item in items if item.nodeid in chosen]


def written_checks(contract: str) -> set[str]:
    """The test functions in the contract's suites, whatever is collected: file below the root, and name."""
    return {name for path in sorted(suites_dir(contract).rglob("test_*.py")) for name in _tests_in(path)}


def last_ones_last(items: list[pytest.Item]) -> None:
    """Put checks that wait for something to the end, so that the others fill the time."""
    items.sort(key=lambda item: item.get_closest_marker(LAST) is not None)


def _tests_in(path: Path) -> Iterator[str]:
    name = _below_root(path)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield f"{name}::{node.name}"
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            inner = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            yield from (f"{name}::{node.name}::{item.name}" for item in inner if item.name.startswith("test"))


def function_of(item: pytest.Item) -> str:
    """The test function of an item, named alike wherever pytest was started."""
    return f"{_below_root(item.path)}::{item.nodeid.partition('::')[2].partition('[')[0]}"


@cache
def _below_root(path: Path) -> str:
    whole = path.resolve()
    return whole.relative_to(ROOT).as_posix() if whole.is_relative_to(ROOT) else str(whole)


def _path(config: pytest.Config, argument: str) -> Path:
    name = argument.partition("::")[0]
    if config.option.pyargs:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            spec = None
        places = list(spec.submodule_search_locations or [spec.origin or ""]) if spec else []
        name = places[0] if places else name
    return Path(config.invocation_params.dir, name).resolve()


def _within(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder)
