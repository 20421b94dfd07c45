"""How long whole replies took, by operation; pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tck.recording.exchange import Exchange
from tck.recording.har import took
from tck.results.document import LatencyEntry

QUANTILES = (0.5, 0.95, 0.99)
NO_OPERATION = "other requests"


@dataclass(frozen=True)
class Latency:
    """How long the whole replies to one operation took, in milliseconds; `slowest` is an exchange's id."""

    operation: str
    number: int
    quantiles: tuple[float, ...]
    longest: float
    slowest: str


def latencies(exchanges: Iterable[Exchange], shares: Sequence[float] = QUANTILES) -> list[Latency]:
    """A row for each operation, by name, with these quantiles: each is a time that was seen.

    A stream of events is left out: the kit decides how long it is heard.
    """
    whole = (one for one in exchanges if one.status is not None and not one.error)
    answered = (one for one in whole if not one.is_stream)
    return [_latency(name, group, shares) for name, group in by_exchange_operation(answered)]


Times = Mapping[float, int]
"""How often a call took so many milliseconds."""


def quantile(times: Times, share: float) -> float:
    """The time within which this share of the calls ended."""
    wanted, seen = math.ceil(share * sum(times.values())), 0
    for time in sorted(times):
        seen += times[time]
        if seen >= wanted:
            return time
    raise ValueError("there are no times")


def latency_of(operation: str, times: Times, shares: Sequence[float] = QUANTILES) -> Latency:
    """The row of an operation by how often its calls took how long; no exchange is named."""
    ranks = tuple(quantile(times, share) for share in shares)
    return Latency(operation, sum(times.values()), ranks, max(times), "")


def latency_by_operation(exchanges: Iterable[Exchange]) -> dict[str, LatencyEntry]:
    """The rows as a result keeps them; requests of no operation are left out."""
    return {row.operation: entry_of(row) for row in latencies(one for one in exchanges if one.operation)}


def by_exchange_operation(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, list[Exchange]]]:
    """The exchanges of each operation, by name, those of none last."""
    groups: dict[str, list[Exchange]] = {}
    for one in exchanges:
        groups.setdefault(one.operation or NO_OPERATION, []).append(one)
    yield from sorted(groups.items(), key=lambda item: (item[0] == NO_OPERATION, item[0]))


def entry_of(row: Latency) -> LatencyEntry:
    """The row as a result keeps it."""
    p50, p95, p99 = row.quantiles
    return {"replies": row.number, "p50": p50, "p95": p95, "p99": p99, "longest": row.longest}


def _latency(name: str, group: Sequence[Exchange], shares: Sequence[float]) -> Latency:
    slowest = max(group, key=lambda one: (_took(one), one.id))
    times = sorted(map(_took, group))
    ranks = (times[math.ceil(share * len(times)) - 1] for share in shares)
    return Latency(name, len(group), tuple(ranks), _took(slowest), slowest.id)


def _took(one: Exchange) -> float:
    return round(took(one), 1)
