"""Which tests are the chosen contract's checks, and whether they name their requirements rightly."""

import importlib.util
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from tck.contract.requirements import Registry
from tck.costs.generated_share import SHARES
from tck.costs.telling import Telling
from tck.errors import KitError
from tck.paths import ROOT
from tck.run.accounting import Collected, below_root
from tck.run.inputs import Plan
from tck.run.options import Options
from tck.vocabulary import CORE, FUZZ, GENERATED

SUITES = ROOT / "suites"
COLLECTED: pytest.StashKey[Collected] = pytest.StashKey()
USED_UP: pytest.StashKey[frozenset[str]] = pytest.StashKey()
"""The fixtures of this run whose sessions a check uses up."""
MANY = 40
"""Requests of a check that takes long on a far target."""
LONG = ("lifecycle", FUZZ, "races")
"""The marks of checks that take long on a far target, as they send hundreds of requests or many rounds."""
LAST, QUIET, USES_UP = "last", "quiet", "uses_up"
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


def scope_of(config: pytest.Config, root: Path | None = None) -> Scope:
    """Whether this command judges a target, only looks at checks, or neither.

    `root` is the folder of a contract outside the kit.
    Raises KitError for suites and other tests in one command.
    """
    if config.option.help or config.option.version:
        return Scope.ASLEEP
    paths = [_path(config, argument) for argument in config.args]
    suites = [path for path in paths if _suites_around(path, root)]
    if ROOT in paths or root in paths or 0 < len(suites) < len(paths):
        raise KitError(
            "suites and other tests do not go in one command; run the suites alone to judge a target."
        )
    if not suites:
        return Scope.ASLEEP
    looks = any(getattr(config.option, name, False) for name in LOOKING_ONLY)
    return Scope.LOOK if looks or getattr(config.option, "cacheshow", None) is not None else Scope.JUDGE


def verify_paths(config: pytest.Config, contract: str, root: Path | None = None) -> None:
    """Raise KitError when the command names checks of another contract."""
    for argument in config.args:
        other = other_contract(_path(config, argument), contract, root)
        if other:
            raise KitError(f"{argument} belongs to another contract; add --contract={other} to judge by it.")


def other_contract(path: Path, contract: str, root: Path | None = None) -> str:
    """The other contract whose suites a path lies in; empty when it lies in no other's."""
    suites = _suites_around(path, root)
    if suites is None or path == suites:
        return ""
    folder = path.relative_to(suites).parts[0]
    return folder if folder != contract and (suites / folder).is_dir() else ""


def _suites_around(path: Path, root: Path | None) -> Path | None:
    """The folder of suites that a path lies in: the kit's, or that below another root."""
    places = [SUITES, *([root / "suites"] if root else [])]
    return next((place for place in places if path.is_relative_to(place)), None)


def requirements_of(item: pytest.Item) -> tuple[str, ...]:
    """The requirement ids that a check declares, nearest mark first."""
    return tuple(dict.fromkeys(name for mark in item.iter_markers("requirement") for name in mark.args))


def group_of(item: pytest.Item, registry: Registry) -> str:
    """The group of requirements that a check belongs to."""
    return next((registry[name].group for name in requirements_of(item) if name in registry), CORE)


def verify_marks(items: Iterable[pytest.Item], registry: Registry) -> None:
    """Raise KitError for a check that names no known requirement, those of two groups, or excuses itself."""
    for item in items:
        declared = requirements_of(item)
        if not declared:
            raise KitError(f"{item.nodeid} names no requirement.")
        for name in declared:
            if name not in registry:
                raise KitError(f"{item.nodeid} names {name}, which is not a requirement of the contract.")
        groups = sorted({registry[name].group for name in declared})
        if len(groups) > 1:
            raise KitError(f"{item.nodeid} names requirements of several groups: {', '.join(groups)}.")
        for mark in REFUSED_MARKS:
            if item.get_closest_marker(mark):
                raise KitError(f"{item.nodeid} is marked {mark}; a check may not excuse itself.")


def only_requirements(config: pytest.Config, items: list[pytest.Item], wanted: Iterable[str]) -> None:
    """Deselect what judges none of the wanted requirements; without any, nothing."""
    names = set(wanted)
    if not names:
        return
    chosen = {item.nodeid for item in items if names & set(requirements_of(item))}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in chosen])
    items[:] = [item for item in items if item.nodeid in chosen]


def mark_generated(items: Iterable[pytest.Item]) -> None:
    """Mark the generated checks of every kind by one word."""
    for item in items:
        if any(item.get_closest_marker(part) for part in SHARES):
            item.add_marker(GENERATED)


def only_quick(config: pytest.Config, items: list[pytest.Item], telling: Telling) -> None:
    """Deselect all but the checks that catch most for what they cost.

    For a contract of which these are not known, deselect the generated ones.
    """
    if telling.quick:
        others = [item for item in items if name_of(item) not in telling.quick]
    else:
        others = [item for item in items if item.get_closest_marker(GENERATED)]
    left_out = {item.nodeid for item in others}
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item.nodeid not in left_out]


def most_telling_first(items: list[pytest.Item], telling: Telling) -> None:
    """Put the checks into the order in which they are most likely to tell what is wrong."""
    items.sort(key=lambda item: telling.place(name_of(item).partition("[")[0]))


def name_of(item: pytest.Item) -> str:
    """A check by its file, function and parameters, named alike wherever pytest was started."""
    return f"{item.path.name}::{item.nodeid.partition('::')[2]}"


def without_groups(
    config: pytest.Config, items: list[pytest.Item], registry: Registry, options: Options
) -> None:
    """Deselect the checks of groups that --groups leaves out."""
    others = [item for item in items if not options.chooses(group_of(item, registry))]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def note(collected: Collected, items: Iterable[pytest.Item], plan: Plan) -> None:
    """Note items as collected, whether they will be selected or not.

    Of the checks of an optional group that --groups leaves out it is noted that they are there: a run without
    them is whole.
    """
    root = plan.spec.contract.root
    for item in items:
        group = group_of(item, plan.spec.registry)
        if group != CORE and not plan.options.chooses(group):
            collected.functions.add(function_of(item, root))
        else:
            collected.see(item.nodeid, function_of(item, root), requirements_of(item))


def last_ones_last(items: list[pytest.Item]) -> None:
    """Put checks that wait for something to the end, so that others fill the time, and quiet ones last."""
    items.sort(key=lambda item: [item.get_closest_marker(mark) is not None for mark in (QUIET, LAST)])


def long_ones_early(items: list[pytest.Item], requests: Mapping[str, float]) -> None:
    """Put the checks that take longest by themselves first, each before one of the others.

    xdist gives every process two checks at its beginning. Of the second half, those that send many of the
    `requests`, by node id, come before the rest, so that few processes have much to do while the others end.
    """
    long = [item for item in items if any(item.get_closest_marker(mark) for mark in LONG)]
    others = [item for item in items if item not in long]
    half = len(others) // 2
    others[half:] = sorted(others[half:], key=lambda item: requests.get(item.nodeid, 0.0) < MANY)
    pairs = [one for pair in zip(long, others, strict=False) for one in pair]
    items[:] = [*pairs, *long[len(others) :], *others[len(long) :]]


def used_up(item: pytest.Item) -> tuple[str, ...]:
    """The fixtures whose sessions a check leaves of no use to others."""
    return tuple(name for mark in item.iter_markers(USES_UP) for name in mark.args)


def other_users(item: pytest.Item, fixture: str) -> list[str]:
    """The node ids of all other checks of a fixture, but for those that come after all others anyway."""
    return [
        other.nodeid
        for other in item.session.items
        if fixture in getattr(other, "fixturenames", ())
        and other is not item
        and other.get_closest_marker(QUIET) is None
    ]


def function_of(item: pytest.Item, root: Path | None = None) -> str:
    """The test function of an item, named alike wherever pytest was started."""
    return f"{below_root(item.path, root)}::{item.nodeid.partition('::')[2].partition('[')[0]}"


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
