"""What a run is about: its options, its waivers, and the files of the chosen contract."""

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from tck.contract.contract import Contract, load_contract
from tck.contract.differences import load_differences
from tck.contract.openapi import Api, load_api
from tck.contract.pages_seen import last_seen_unchanged
from tck.contract.releases import KitState, Release, latest_release
from tck.contract.requirements import Registry, load_requirements
from tck.contract.waivers import Waiver, load_waivers
from tck.costs.cost_table import Costs, load_costs
from tck.costs.generated_share import Allowance
from tck.costs.telling import Telling, load_telling
from tck.errors import KitError
from tck.paths import spec_dir
from tck.results.kit_identity import this_kit
from tck.run.options import FUZZ_EXAMPLES, Options


@dataclass(frozen=True)
class Specification:
    """The files of one contract as values; `release` is the set by which a run is scored."""

    contract: Contract
    registry: Registry
    api: Api
    costs: Costs
    release: Release | None
    differences: Mapping[str, str] = field(default_factory=dict)
    telling: Telling = field(default_factory=Telling)
    pages_seen: date | None = None
    """When the vendor's pages were last seen as they were when the contract was written."""


@dataclass(frozen=True)
class Plan:
    """The options of a run, the contract that it judges by, and the waivers by requirement."""

    options: Options
    spec: Specification
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    wanted: frozenset[str] = frozenset()
    """The requirements whose checks are run; empty for all."""

    @property
    def allowance(self) -> Allowance:
        """What the limits of the run leave for generated checks."""
        options = self.options
        intensity = options.fuzz_examples / FUZZ_EXAMPLES
        groups = [one for name, one in self.spec.contract.groups.items() if options.chooses(name)]
        return Allowance(
            self.spec.costs, options.max_requests, options.max_sessions, intensity,
            sum(one.sessions for one in groups), frozenset(one.name for one in groups),
        )  # fmt: skip


def make_plan(options: Options, today: date) -> Plan:
    """Read the contract and the waivers; raises KitError for a broken file or an option that does not fit."""
    spec = load_specification(options.contract, options.contract_dir)
    patterns = (*options.requirement, *operation_patterns(options.operation, spec.registry))
    wanted = wanted_ids(patterns, spec.registry)
    waivers = load_waivers(options.waivers, spec.registry, today) if options.waivers else {}
    return Plan(options, spec, waivers, wanted)


@cache
def load_specification(name: str, contract_dir: Path | None = None) -> Specification:
    """Read all files of a contract, once a process; raises KitError for a broken one."""
    contract = load_contract(name, contract_dir)
    folder, root = spec_dir(name, contract.root), contract.root
    registry = load_requirements(
        folder / "requirements.yaml", contract.pages, contract.capabilities, contract.groups
    )
    api = load_api(folder / "openapi.yaml")
    differences = load_differences(folder / "differences.yaml")
    return Specification(
        contract, registry, api, load_costs(name, root), scoring_release(name, root), differences,
        load_telling(name, root), last_seen_unchanged(contract),
    )  # fmt: skip


def scoring_release(contract: str, root: Path | None = None) -> Release | None:
    """The frozen set by which a run is scored; none where all requirements count.

    That is so while a contract has no set, and in a kit of which no release is made yet: its requirements are
    those of the next set, and nothing can be certified by it.
    """
    unreleased = this_kit(contract, root).state is KitState.UNRELEASED
    return None if unreleased else latest_release(contract, root)


def wanted_ids(patterns: Iterable[str], registry: Registry) -> frozenset[str]:
    """The requirements that the values of --requirement name; raises KitError for one that names none."""
    found: set[str] = set()
    for pattern in patterns:
        matching = fnmatch.filter(registry, pattern)
        if not matching:
            raise KitError(_unknown("--requirement", pattern, "requirement of the contract", registry))
        found.update(matching)
    return frozenset(found)


def operation_patterns(values: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """What --operation stands for as values of --requirement; raises KitError for an unknown operation."""
    known = list(dict.fromkeys(name.partition(".")[0] for name in registry))
    named = [name.strip() for value in values for name in value.split(",")]
    for name in named:
        if not fnmatch.filter(known, name):
            raise KitError(_unknown("--operation", name, "operation or theme of the contract", known))
    return tuple(f"{one}.*" for name in named for one in fnmatch.filter(known, name))


def _unknown(flag: str, name: str, what: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{flag}={name} is no {what}; {hint}sessions-tck requirements lists them."
