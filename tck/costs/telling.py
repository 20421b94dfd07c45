"""telling.yaml: the checks that catch most for what they cost, and the order in which checks tell soonest."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from tck.contract.yaml_source import read_checked
from tck.costs.cost_table import Cost, Costs, total
from tck.paths import spec_dir

FILE = "telling.yaml"


@dataclass(frozen=True)
class Telling:
    """What `--quick` runs, and the place of each function; empty where nothing was computed for a contract.

    `quick` has by check, named by file, function and parameters, what it costs by itself; `whole` is what a
    run of them needs on the reference, its first looks and what checks share among it. Of
    `mutants` faulty servers that were judged by these alone, `caught` failed.
    """

    quick: Mapping[str, Cost] = field(default_factory=dict)
    whole: Cost = field(default_factory=Cost)
    places: Mapping[str, int] = field(default_factory=dict)
    caught: int = 0
    mutants: int = 0

    @property
    def line(self) -> str:
        """What the checks of `--quick` are good for; empty where none are kept."""
        if not self.quick:
            return ""
        return (
            f"--quick runs {len(self.quick)} checks, about {self.whole.requests} requests and "
            f"{self.whole.sessions} sessions; {self.caught} of {self.mutants} faulty servers that were "
            f"judged by these checks alone failed ({self.caught / self.mutants:.0%})"
        )

    def place(self, function: str) -> int:
        """Where a function comes in a run; one that is not known comes first, as it is new."""
        return self.places.get(function, -1)

    def costs(self, start: Cost) -> Costs:
        """The table of costs of a run with `--quick`; `start` is what is sent before the first check."""
        written: defaultdict[str, Cost] = defaultdict(Cost)
        for check, cost in self.quick.items():
            written[check.partition("[")[0]] += cost
        alone = total(self.quick.values()) + start
        shared = Cost(
            max(0, self.whole.requests - alone.requests), max(0, self.whole.sessions - alone.sessions)
        )
        return Costs(start, shared=shared, written=written)


def load_telling(contract: str, root: Path | None = None) -> Telling:
    """What is kept for a contract; raises KitError for a broken file."""
    path = spec_dir(contract, root) / FILE
    if not path.exists():
        return Telling()
    said = read_checked(path, "telling").value
    figures = said["figures"]
    return Telling(
        MappingProxyType({name: Cost(*cost) for name, cost in said["quick"].items()}),
        Cost(figures["requests"], figures["sessions"]),
        MappingProxyType({name: place for place, name in enumerate(said["order"])}),
        figures["caught"],
        figures["mutants"],
    )
