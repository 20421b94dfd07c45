"""How much of the run's limits the generated checks may spend.

It follows from the limits and the kept table of costs alone, so that a check by itself, or in another number
of processes, sends what it sends in the whole run.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, field

from tck.costs.cost_table import Cost, Costs, total
from tck.vocabulary import FUZZ

SHARES = {"fuzz": 0.4, "lifecycle": 0.2, "races": 0.4}
"""What each generated part gets of the sessions that are left."""
LEAST = {"fuzz": 15, "lifecycle": 10, "races": 12}
"""Sessions with which each part can still judge all that it is there for."""
LEAST_EXAMPLES = 10
"""Generated examples an operation that any limit leaves."""
PROCESSES = 4
"""Processes for whose handwritten checks room is kept."""


@dataclass(frozen=True)
class Allowance:
    """What limits leave for generated checks; None means no limit."""

    costs: Costs = field(default_factory=Costs)
    max_requests: int | None = None
    max_sessions: int | None = None
    intensity: float = 1.0
    """Generated examples asked for, in terms of the usual number."""
    beside: int = 0
    """Sessions that are kept for the checks of optional groups."""
    groups: frozenset[str] = frozenset()
    """The optional groups whose checks are run."""

    def sessions(self, part: str, wanted: int) -> int:
        """Sessions that a part may make: what it wants, or less when its share of the limit is less."""
        if self.max_sessions is None:
            return wanted
        left = max(0, self.max_sessions - self.beside - self.costs.reserved(PROCESSES).sessions)
        return min(wanted, max(LEAST[part], int(left * SHARES[part])))

    @property
    def portion(self) -> float:
        """The share of the usual examples, walks and rounds that the limit on requests has room for."""
        if self.max_requests is None:
            return 1.0
        parts = self.costs.parts()
        most = sum(map(self._most_requests, parts))
        least = sum(one.least.requests for one in parts.values())
        room = self.max_requests - self._reserved().requests
        return min(1.0, max(0.0, (room - least) / max(1, most - least)))

    def _reserved(self) -> Cost:
        """What handwritten checks cost at most, and all checks of the chosen groups."""
        return self.costs.reserved(PROCESSES) + total(map(self.cost_of_group, sorted(self.groups)))

    def cost_of_group(self, name: str, processes: int = PROCESSES) -> Cost:
        """What the checks of an optional group cost at most; generated ones are cut by no limit."""
        own = self.costs.groups.get(name, Costs())
        generated = (one.most for one in own.generated.values())
        more = [Cost(int(one.requests * self.intensity), one.sessions) for one in generated]
        return own.reserved(processes) + total(more)

    def some(self, number: int, least: int = 1) -> int:
        """So many examples, walks or rounds, or the portion of them that there is room for."""
        return min(number, max(least, int(number * self.portion)))

    def examples(self, asked: int) -> int:
        """Generated examples an operation, of those that were asked for."""
        return self.some(asked, LEAST_EXAMPLES)

    def cost(self, part: str) -> Cost:
        """What a part costs at most."""
        one = self.costs.parts()[part]
        most, least = self._most_requests(part), one.least.requests
        return Cost(least + int((most - least) * self.portion), self.sessions(part, one.most.sessions))

    def _most_requests(self, part: str) -> int:
        one = self.costs.parts()[part]
        more = one.most.requests - one.least.requests
        return one.least.requests + int(more * (self.intensity if part == FUZZ else 1.0))

    def cut(self, chosen: Collection[str]) -> str:
        """Which limit leaves generated checks of these parts less than they want, and one that would not.

        Empty when none does.
        """
        parts = {name: part for name, part in self.costs.parts().items() if name in chosen}
        reserved = self._reserved()
        sessions = [math.ceil(part.most.sessions / SHARES[name]) for name, part in parts.items()]
        requests = sum(map(self._most_requests, self.costs.parts()))
        enough = {
            "--max-sessions": (
                self.max_sessions,
                self.costs.reserved(PROCESSES).sessions + self.beside + max(sessions, default=0),
            ),
            "--max-requests": (
                self.max_requests,
                reserved.requests + requests,
            ),
        }
        told = [
            f"{flag}={limit}: {needed} would run all"
            for flag, (limit, needed) in enough.items()
            if parts and limit is not None and limit < needed
        ]
        return " and by ".join(told)

    @property
    def words(self) -> str:
        """What a result says of generated cases that were chosen with limits in mind; empty without any."""
        limits = {"--max-sessions": self.max_sessions, "--max-requests": self.max_requests}
        told = " and ".join(f"{flag}={limit}" for flag, limit in limits.items() if limit is not None)
        return f", no more than {told} leaves room for" if told else ""
