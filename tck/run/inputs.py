"""What a run is about: its options, its waivers, and the files of the chosen contract."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from tck.contract.contract import Contract, load_contract
from tck.contract.differences import load_differences
from tck.contract.openapi import Api, load_api
from tck.contract.releases import Release, latest_release
from tck.contract.requirements import Registry, load_requirements
from tck.contract.waivers import Waiver, load_waivers
from tck.costs.cost_table import Costs, load_costs
from tck.costs.generated_share import Allowance
from tck.errors import KitError
from tck.paths import spec_dir
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


@dataclass(frozen=True)
class Plan:
    """The options of a run, the contract that it judges by, and the waivers by requirement."""

    options: Options
    spec: Specification
    waivers: Mapping[str, Waiver] = field(default_factory=dict)

    @property
    def allowance(self) -> Allowance:
        """What the limits of the run leave for generated checks."""
        options = self.options
        intensity = options.fuzz_examples / FUZZ_EXAMPLES
        return Allowance(self.spec.costs, options.max_requests, options.max_sessions, intensity)


def make_plan(options: Options, today: date) -> Plan:
    """Read the contract and the waivers; raises KitError for a broken file or an option that does not fit."""
    spec = load_specification(options.contract, options.contract_dir)
    verify_wanted(options.requirement, spec.registry)
    waivers = load_waivers(options.waivers, spec.registry, today) if options.waivers else {}
    return Plan(options, spec, waivers)


@cache
def load_specification(name: str, contract_dir: Path | None = None) -> Specification:
    """Read all files of a contract, once a process; raises KitError for a broken one."""
    contract = load_contract(name, contract_dir)
    folder, root = spec_dir(name, contract.root), contract.root
    registry = load_requirements(folder / "requirements.yaml", contract.pages, contract.capabilities)
    api = load_api(folder / "openapi.yaml")
    costs, release = load_costs(name, root), latest_release(name, root)
    return Specification(
        contract, registry, api, costs, release, load_differences(folder / "differences.yaml")
    )


def verify_wanted(wanted: Iterable[str], registry: Registry) -> None:
    """Raise KitError if --requirement names an unknown requirement."""
    for name in wanted:
        if name not in registry:
            raise KitError(f"--requirement={name} is not a requirement of the contract.")
