"""Whether a server with one fault is reported with one cause, led by the requirement that it breaks."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants.catalogue import Mutant, mutants_of
from mutants.matrix import by_hand, on_all, read_matrix
from mutants.trial import make_trials
from tck.contract.catalogue import registry_of
from tck.contract.requirements import Explained, Registry
from tck.paths import ROOT
from tck.results.causes import causes_of
from tck.results.document import CauseEntry, RequirementEntry, WayEntry

KEPT = ROOT / "reports" / "bench" / "causes"
SEED = 2026
Entries = Sequence[RequirementEntry]


@dataclass(frozen=True)
class Told:
    """A server with one fault, the requirement that must catch it, and the causes that were reported."""

    mutant: Mutant
    causes: Sequence[CauseEntry]

    @property
    def as_one(self) -> bool:
        """Whether all that failed was reported as one cause."""
        return len(self.causes) == 1

    @property
    def as_its_own(self) -> bool:
        """Whether the first requirement that was reported is the one that the fault breaks."""
        return bool(self.causes) and self.causes[0]["requirement"] == self.mutant.caught_by


@dataclass(frozen=True)
class Figures:
    """The servers that were looked at, and the shares of those that were reported as they should be."""

    told: Sequence[Told]

    @property
    def one(self) -> float:
        """The share of servers that were reported with one cause."""
        return _share(one.as_one for one in self.told)

    @property
    def own(self) -> float:
        """The share of servers whose own requirement was reported first."""
        return _share(one.as_its_own for one in self.told)

    def wrong(self) -> Iterator[str]:
        """A line for each server that was reported otherwise."""
        for one in self.told:
            if not (one.as_one and one.as_its_own):
                found = "; ".join(" + ".join((cause["requirement"], *cause["also"])) for cause in one.causes)
                yield f"{one.mutant.name} ({one.mutant.caught_by}): {found or 'nothing failed'}"


def _share(good: Iterable[bool]) -> float:
    counted = list(good)
    return sum(counted) / len(counted) if counted else 1.0


def single_faults(contract: str) -> list[Mutant]:
    """The mutants that the handwritten checks must catch: each breaks one rule."""
    return by_hand(contract)


def draw(mutants: Sequence[Mutant], number: int, seed: int = SEED) -> list[Mutant]:
    """As many mutants, drawn at random, the same for each seed."""
    return random.Random(seed).sample(mutants, min(number, len(mutants)))  # noqa: S311 - no secret


def by_kept_matrix(contract: str) -> Figures:
    """The figures by which requirements failed in the matrix that is kept, so that nothing is run."""
    registry, rows = registry_of(contract), read_matrix(contract).mutants
    known = [one for one in mutants_of(contract) if one.name in rows]
    return Figures([Told(one, _causes(registry, rows[one.name])) for one in known])


def told_apart(contract: str, pairs: int) -> float:
    """The share of faults that lead a cause when a server has two of them; by the matrix that is kept."""
    registry, rows = registry_of(contract), read_matrix(contract).mutants
    known = [one for one in mutants_of(contract) if one.name in rows]
    chooser = random.Random(SEED)  # noqa: S311 - no secret
    leading = []
    for _ in range(pairs):
        both = chooser.sample(known, 2)
        failed = sorted({name for one in both for name in rows[one.name]})
        leaders = {cause["requirement"] for cause in _causes(registry, failed)}
        leading += [one.caught_by in leaders for one in both]
    return _share(leading)


def missing_relations(contract: str) -> Iterator[str]:
    """A line for each failure in the kept matrix that the mutant's own requirement does not explain."""
    explained, rows = registry_of(contract).explained, read_matrix(contract).mutants
    for one in mutants_of(contract):
        known = explained.get(one.caught_by, Explained())
        others = set(rows.get(one.name, ())) - {one.caught_by, *known.always, *known.alike}
        if others and one.caught_by in rows[one.name]:
            yield f"{one.caught_by}: [{', '.join(sorted(others))}]  # {one.name}"


def _causes(registry: Registry, failed: Iterable[str]) -> list[CauseEntry]:
    entries = [_failed(registry, name) for name in failed if name in registry]
    return causes_of(entries, registry.explained)


def _failed(registry: Registry, name: str) -> RequirementEntry:
    """An entry about a failure of which no more is known than that."""
    one = registry[name]
    ways: list[WayEntry] = []
    return {
        "id": name,
        "level": one.level.value,
        "statement": one.statement,
        "source": {"page": one.source.page, "at": one.source.at, "title": "", "url": ""},
        "outcome": "failed",
        "reason": "",
        "capability": "",
        "waiver": None,
        "checks": [],
        "deviations": [],
        "ways": ways,
        "added_after_release": False,
    }


def judged(
    contract: str, mutants: Sequence[Mutant], jobs: int, again: bool, say: Callable[[str], None]
) -> Figures:
    """The figures of servers that were judged by all handwritten checks; what is kept is not run again."""
    explained = registry_of(contract).explained
    found = recorded(contract, mutants, jobs, again, say)
    return Figures([Told(one, causes_of(found[one.name], explained)) for one in mutants])


def recorded(
    contract: str, mutants: Sequence[Mutant], jobs: int, again: bool, say: Callable[[str], None]
) -> Mapping[str, Entries]:
    """What did not pass on each mutant, from the files that are kept or from a new run."""
    missing = [one for one in mutants if again or not kept(contract, one).exists()]
    tasks = on_all(contract, missing)
    for one, trial in zip(missing, make_trials(tasks, jobs), strict=True):
        path = kept(contract, one)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(trial.broken), encoding="utf-8")
        say(f"judged {one.name}")
    return {one.name: json.loads(kept(contract, one).read_text(encoding="utf-8")) for one in mutants}


def kept(contract: str, one: Mutant) -> Path:
    """Where the requirements that did not pass on a mutant are kept; git ignores it."""
    return KEPT / contract / f"{one.name}.json"
