"""What a contract brings for load: how a life is made up, and what goes and judges it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any, Protocol

from tck.checking.check import Check
from tck.contract.contract import Contract
from tck.errors import KitError
from tck.paths import ROOT
from tck.randomized import Racer, Walker
from tck.run.context import Run

__all__ = ["LoadPlan"]
PLACE = "suites.{}.randomized.load"
"""The module in which the suites of a contract say what it brings."""


class Shared(Protocol):
    """A session that several users call at the same time."""

    @property
    def racer(self) -> Racer[Any, Any]:
        """Sends the calls of the user who made it, and judges what all of them were answered."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where every user finds it."""

    @property
    def initial(self) -> Any:
        """The state of the model before the calls."""

    @property
    def earlier(self) -> tuple[Any, ...]:
        """States that reads may still show."""

    def joined(self, run: Run, check: Check) -> Racer[Any, Any]:
        """What sends the calls of a user who joins."""

    def drawn(self, draw: Random, mark: str) -> Any:
        """A call, with a mark that no other call has."""


GroupLife = Callable[[Run, Check, Random, str], None]
"""Takes what seeds it, and a mark that no other life has."""


@dataclass(frozen=True)
class LoadPlan:
    """How users of a contract walk through the lives of sessions.

    `watch` gives a run the monitors of every reply. `life` makes up the steps of one session's life, with a
    mark that no other life has, and `walker` goes them. `share` makes a session for several users.
    """

    watch: Callable[[Run], None]
    life: Callable[[Random, str], Sequence[Any]]
    walker: Callable[[Run, Check], Walker[Any, Any, Any, Any]]
    share: Callable[[Run, Check], Shared] | None = None
    groups: Mapping[str, GroupLife] = field(default_factory=dict)
    """By optional group what a user does with it, from its beginning to its end; the check finds."""


def plan_of(contract: Contract) -> LoadPlan:
    """The plan that the suites of a contract have; raises KitError where they have none."""
    root, place = str(contract.root or ROOT), PLACE.format(contract.name)
    if root not in sys.path:
        sys.path.insert(0, root)
    try:
        module = import_module(place)
    except ModuleNotFoundError as error:
        if not place.startswith(error.name or "suites"):
            raise
        raise KitError(f"the contract {contract.name} has no users for load: {place} is missing.") from None
    found: LoadPlan = module.LOAD
    return found
