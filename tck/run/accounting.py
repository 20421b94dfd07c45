"""Which checks a run collected, started and finished."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tck.paths import ROOT, suites_dir


@dataclass
class Collected:
    """The checks that a process saw by node id, those it was to run, and the functions they come from."""

    checks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)

    def see(self, check: str, function: str, requirements: tuple[str, ...]) -> None:
        """Note a check by its node id, whether it will be selected or not."""
        self.checks[check] = requirements
        self.functions.add(function)

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


@cache
def written_checks(contract: str) -> frozenset[str]:
    """The test functions in the contract's suites, whatever is collected: file below the root, and name."""
    return frozenset(
        name for path in sorted(suites_dir(contract).rglob("test_*.py")) for name in _tests_in(path)
    )


def _tests_in(path: Path) -> Iterator[str]:
    name = below_root(path)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield f"{name}::{node.name}"
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            inner = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            yield from (f"{name}::{node.name}::{item.name}" for item in inner if item.name.startswith("test"))


@cache
def below_root(path: Path) -> str:
    """The path below the kit's root, or the whole path of a file elsewhere."""
    whole = path.resolve()
    return whole.relative_to(ROOT).as_posix() if whole.is_relative_to(ROOT) else str(whole)
