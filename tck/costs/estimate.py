"""Upper bounds of what a run would send and make, by group of checks, and whether its limits allow it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tck.costs.cost_table import Cost, Costs, total
from tck.costs.generated_share import Allowance

FURTHEST = 20
"""Limits that are tried on the way to one that suffices."""


@dataclass(frozen=True)
class Group:
    """Some checks, and what they cost at most."""

    name: str
    checks: int
    cost: Cost


@dataclass(frozen=True)
class Spending:
    """What the chosen checks cost at most, in so many processes; `unknown` ones are not in the table.

    `checks` has the functions that they come from, and how many come from each.
    """

    costs: Costs
    checks: Mapping[str, int]
    processes: int
    allowance: Allowance
    makes_sessions: bool = True

    @property
    def unknown(self) -> list[str]:
        """The chosen checks of which nothing was measured."""
        return sorted(self.checks.keys() - self.costs.checks)

    def groups(self) -> list[Group]:
        return [
            self._for_this_target(one) for one in (*self._written(), *self._generated(), *self._optional())
        ]

    def total(self) -> Cost:
        """The bounds of all groups together."""
        return total(one.cost for one in self.groups())

    def refusal(self) -> str:
        """Why this run does not fit its limits, in a sentence with the figure needed; empty when it does."""
        spent, limits = self.total(), self.allowance
        if limits.max_sessions is not None and spent.sessions > limits.max_sessions:
            needed = self._needed(lambda cost: cost.sessions, lambda most: replace(limits, max_sessions=most))
            return (
                f"this run could create up to {needed} sessions, more than --max-sessions="
                f"{limits.max_sessions}; raise the limit to {needed} or select fewer checks."
            )
        if limits.max_requests is not None and spent.requests > limits.max_requests:
            needed = self._needed(lambda cost: cost.requests, lambda most: replace(limits, max_requests=most))
            return (
                f"this run could send up to {needed} requests, more than --max-requests="
                f"{limits.max_requests}; raise the limit to {needed} or select fewer checks."
            )
        return ""

    def cut(self) -> str:
        """Which limit cuts the chosen generated checks, and one that would not; empty when none does."""
        generated = self.costs.generated
        return self.allowance.cut({generated[name].part for name in self.checks if name in generated})

    def _needed(self, share: Callable[[Cost], int], limited: Callable[[int], Allowance]) -> int:
        """The limit with which the run fits: with a higher one the generated checks may spend more."""
        limit = share(self.total())
        for _ in range(FURTHEST):
            needed = share(replace(self, allowance=limited(limit)).total())
            if needed <= limit:
                break
            limit = needed
        return limit

    def _written(self) -> Iterator[Group]:
        chosen = [name for name in self.checks if name in self.costs.written]
        for file in sorted({name.partition("::")[0] for name in chosen}):
            names = [name for name in chosen if name.startswith(f"{file}::")]
            cost = total(self.costs.written[name] for name in names)
            told = file.removeprefix("test_").removesuffix(".py").replace("_", " ")
            yield Group(told, self._count(names), cost)
        if chosen:
            yield Group(f"shared, {_of(self.processes)}", 0, self.costs.shared.times(self.processes))
            yield Group("made once a run", 0, self.costs.once)
        yield Group("looking at the target", 0, self.costs.start)

    def _generated(self) -> Iterator[Group]:
        chosen = [name for name in self.checks if name in self.costs.generated]
        whole: Mapping[str, Cost] = {part: self.allowance.cost(part) for part in self.costs.parts()}
        for part in sorted({self.costs.generated[name].part for name in chosen}):
            names = [name for name in chosen if self.costs.generated[name].part == part]
            yield Group(part, self._count(names), whole[part])

    def _optional(self) -> Iterator[Group]:
        """The optional groups of requirements, of which a check is chosen."""
        for name, costs in self.costs.groups.items():
            chosen = self.checks.keys() & costs.checks
            if chosen:
                part = Costs(
                    shared=costs.shared,
                    once=costs.once,
                    written={one: costs.written[one] for one in chosen if one in costs.written},
                    generated={one: costs.generated[one] for one in chosen if one in costs.generated},
                )
                allowance = replace(self.allowance, costs=replace(self.costs, groups={name: part}))
                cost = allowance.cost_of_group(name, self.processes)
                yield Group(f"group {name}", self._count(chosen), cost)

    def _count(self, functions: Iterable[str]) -> int:
        return sum(self.checks[name] for name in functions)

    def _for_this_target(self, group: Group) -> Group:
        return group if self.makes_sessions else replace(group, cost=Cost(group.cost.requests, 0))


def _of(processes: int) -> str:
    return "one process" if processes == 1 else f"{processes} processes"


def table(groups: Sequence[Group]) -> list[str]:
    """The groups as lines of text, and all of them together."""
    whole = Group("in all", sum(one.checks for one in groups), total(one.cost for one in groups))
    head = f"{'at most':28}{'checks':>8}{'requests':>10}{'sessions':>10}"
    return [
        head,
        *(
            f"{one.name:28.28}{one.checks or '':>8}{one.cost.requests:>10}{one.cost.sessions:>10}"
            for one in (*groups, whole)
        ),
    ]
