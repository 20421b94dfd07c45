"""costs.yaml: what each check of a contract costs on the reference, in requests and sessions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tck.contract.yaml_source import read_checked
from tck.paths import spec_dir


@dataclass(frozen=True)
class Cost:
    """Requests, those that close what was made among them, and sessions."""

    requests: int = 0
    sessions: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.requests + other.requests, self.sessions + other.sessions)

    def times(self, number: int) -> "Cost":
        return Cost(self.requests * number, self.sessions * number)


@dataclass(frozen=True)
class Generated:
    """What a generated check costs with no limit, and when limits leave it the least; `part` is its mark."""

    part: str
    most: Cost
    least: Cost


@dataclass(frozen=True)
class Costs:
    """The table of one contract; checks are named by file and function."""

    start: Cost = Cost()
    """What is sent and made before the first check."""
    shared: Cost = Cost()
    """What a process makes once for its checks to share."""
    once: Cost = Cost()
    """What is made once a run, in however many processes."""
    written: Mapping[str, Cost] = field(default_factory=dict)
    generated: Mapping[str, Generated] = field(default_factory=dict)
    groups: Mapping[str, "Costs"] = field(default_factory=dict)
    """The checks of each optional group, which no figure of the core counts."""

    @property
    def checks(self) -> frozenset[str]:
        """All checks of the table, those of the groups among them."""
        own = frozenset(self.written) | frozenset(self.generated)
        return own.union(*(one.checks for one in self.groups.values()))

    def parts(self) -> Mapping[str, Generated]:
        """The generated checks together, by part."""
        found: dict[str, Generated] = {}
        for one in self.generated.values():
            sofar = found.get(one.part, Generated(one.part, Cost(), Cost()))
            found[one.part] = Generated(one.part, sofar.most + one.most, sofar.least + one.least)
        return found

    def reserved(self, processes: int) -> Cost:
        """What the handwritten checks cost at most, in so many processes."""
        return total(self.written.values()) + self.shared.times(processes) + self.once + self.start


def total(costs: Iterable[Cost]) -> Cost:
    return sum(costs, Cost())


def load_costs(contract: str, root: Path | None = None) -> Costs:
    """The table that is kept for a contract, an empty one where none is; raises KitError."""
    path = spec_dir(contract, root) / "costs.yaml"
    if not path.exists():
        return Costs()
    table: Mapping[str, Any] = read_checked(path, "costs").value
    groups = {name: _costs(entry) for name, entry in table.get("groups", {}).items()}
    return replace(_costs(table), groups=groups)


def _costs(table: Mapping[str, Any]) -> Costs:
    return Costs(
        Cost(*table.get("start", (0, 0))),
        Cost(*table["shared"]),
        Cost(*table.get("once", (0, 0))),
        {name: Cost(*cost) for name, cost in table["written"].items()},
        {
            name: Generated(entry["part"], Cost(*entry["most"]), Cost(*entry["least"]))
            for name, entry in table["generated"].items()
        },
    )
