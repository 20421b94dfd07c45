"""The processes for a target that is far away, where no -n says how many: decided before xdist starts any."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tck.errors import KitError
from tck.pytest_plugin.command_line import PLAN, read_base_url
from tck.pytest_plugin.plan_mode import spending_of
from tck.run.controller import Controller
from tck.run.inputs import Plan
from tck.run.spread import MOST, Spread, Work, spread

FEW = ("keyword", "lf", "stepwise")
"""pytest's options, by name, that mostly leave a few checks."""
ALONE = 1
AUTO: pytest.StashKey[bool] = pytest.StashKey()
"""Whether -n auto was given for a target that --base-url names."""


def auto(config: pytest.Config) -> int | None:
    """What -n auto means until the target has been looked at; None for the cores of this machine."""
    try:
        far = bool(read_base_url(config))
    except KitError:
        return None
    config.stash[AUTO] = far
    return ALONE if far else None


def may_spread(config: pytest.Config) -> bool:
    """Whether the kit chooses: -n names no number, --tx no processes, and nobody debugs."""
    option, plan = config.option, config.stash[PLAN]
    if not plan.options.base_url or not hasattr(option, "numprocesses"):
        return False
    if option.usepdb or option.capture == "no":
        return False
    return config.stash.get(AUTO, False) or (option.numprocesses is None and not option.tx)


def work_of(config: pytest.Config) -> Work | None:
    """What the run is to do as far as its options tell; None where that is little, or limits allow less."""
    plan = config.stash[PLAN]
    if any(getattr(config.option, name, None) for name in FEW):
        return None
    checks = _chosen(config, plan)
    alone = spending_of(plan, checks, 1)
    if alone.refusal():
        return None
    part = len(set(plan.wanted) & set(plan.spec.registry)) / len(plan.spec.registry) if plan.wanted else 1.0
    options = plan.options
    return Work(
        alone.total().requests * part,
        lambda workers: not spending_of(plan, checks, workers).refusal(),
        options.rate_limit,
        options.max_sessions,
        2 if config.stash.get(AUTO, False) else 1,
        min(MOST, getattr(config.option, "maxprocesses", None) or MOST),
    )


def _chosen(config: pytest.Config, plan: Plan) -> list[str]:
    """The checks by their names in the table of costs, as far as the arguments tell."""
    costs, options = plan.spec.costs, plan.options
    if options.quick and plan.spec.telling.quick:
        return list(plan.spec.telling.quick)
    left_out = [table.checks for name, table in costs.groups.items() if not options.chooses(name)]
    left_out += [frozenset(table.generated) for table in (costs, *costs.groups.values()) if options.quick]
    names = costs.checks.difference(*left_out)
    return [name for name in sorted(names) if _is_named(name, config.args)]


def _is_named(check: str, arguments: Iterable[str]) -> bool:
    """Whether any of the arguments, which are paths and node ids, may name a check."""
    file, _, function = check.partition("::")
    for argument in arguments:
        path, _, inner = argument.partition("::")
        whole_file = not path.endswith(".py") or Path(path).name == Path(file).name
        if whole_file and (not inner or inner.partition("[")[0] == function):
            return True
    return False


def spread_over(config: pytest.Config, controller: Controller, work: Work) -> Spread:
    """Look how far away the target is, and let xdist start as many processes as that asks for."""
    measured = controller.measure()
    if measured is None:
        return Spread(1)
    chosen = spread(work, *measured, cores_here())
    if chosen.workers > 1:
        start(config, chosen.workers)
        controller.spread_over(chosen.workers)
    return chosen


def start(config: pytest.Config, workers: int) -> None:
    """What xdist makes of -n."""
    option = config.option
    option.dist = "load" if option.dist == "no" else option.dist
    option.numprocesses, option.tx = workers, ["popen"] * workers


def stay_alone(config: pytest.Config) -> None:
    """What xdist makes of -n 0, for a target that is not far away."""
    option = config.option
    if config.stash.get(AUTO, False):
        option.numprocesses, option.dist, option.tx = 0, "no", []


def cores_here() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def send_one_by_one(config: pytest.Config) -> None:
    """Let xdist hand out checks as late as it can, as they differ much in how long they take."""
    if getattr(config.option, "tx", None) and config.option.maxschedchunk is None:
        config.option.maxschedchunk = 1
