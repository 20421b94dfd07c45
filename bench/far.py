"""A run against a target far away: how near it comes to waiting for replies alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.weather import Weather
from tck.recording.exchange import Exchange

FAR = Weather(latency=0.15, resets=0.0, bad_gateways=0.0)
PROCESSES = 8
BOUND = 1.5
"""What a run may take, in terms of its requests times the latency, spread over its processes."""
CONTROLLER = "main"


@dataclass(frozen=True)
class Lane:
    """What one process that runs checks sent: from when to when, and how long it awaited replies."""

    began: float
    ended: float
    waited: float

    @property
    def lasted(self) -> float:
        """Seconds from its first request to its last reply."""
        return self.ended - self.began


@dataclass(frozen=True)
class Far:
    """A run of so many seconds from `began` on, through so many connections."""

    began: float
    seconds: float
    exchanges: Sequence[Exchange]
    processes: int
    connections: int

    @property
    def bound(self) -> float:
        """Seconds in which all requests could be answered, were nothing done but waiting."""
        return len(self.exchanges) * FAR.latency / self.processes

    @property
    def ratio(self) -> float:
        """The run in terms of its bound."""
        return self.seconds / self.bound

    def lines(self) -> Iterator[tuple[str, str]]:
        """What was measured, a name and a figure each."""
        lanes = lanes_of(self.exchanges)
        began, ended = min(one.began for one in lanes), max(one.ended for one in lanes)
        checks = [one for one in self.exchanges if not one.id.startswith(f"{CONTROLLER}-")]
        own = len(checks) * FAR.latency / self.processes
        waited = sum(one.waited for one in lanes) / sum(one.lasted for one in lanes)
        yield "ratio to waiting alone", f"{self.ratio:.2f} the whole run; at most {BOUND}"
        yield "ratio while checks ran", f"{(ended - began) / own:.2f}, {waited:.0%} of it awaiting replies"
        yield "first process to end", f"{ended - min(one.ended for one in lanes):.1f} s before the last"
        yield "before the first check", f"{began - self.began:.1f} s"
        yield "after the last check", f"{self.began + self.seconds - ended:.1f} s, closing and writing"
        yield "requests a connection", f"{len(self.exchanges) / self.connections:.0f}"


def lanes_of(exchanges: Sequence[Exchange]) -> list[Lane]:
    """The processes that ran checks, by their names, with which the ids of exchanges begin."""
    found: defaultdict[str, list[Exchange]] = defaultdict(list)
    for one in exchanges:
        found[one.id.rpartition("-")[0]].append(one)
    return [
        Lane(
            min(one.started_at for one in sent),
            max(one.started_at + one.duration for one in sent),
            sum(one.duration for one in sent),
        )
        for name, sent in sorted(found.items())
        if name != CONTROLLER
    ]
