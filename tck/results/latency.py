"""How long the replies to each operation took, as a result keeps it."""

import math
from collections.abc import Iterable, Sequence

from tck.recording.exchange import Exchange
from tck.recording.har import took
from tck.results.document import LatencyEntry


def latency_by_operation(exchanges: Iterable[Exchange]) -> dict[str, LatencyEntry]:
    """By operation, the whole replies that came, by name; requests of no operation are left out."""
    times: dict[str, list[float]] = {}
    for one in exchanges:
        if one.operation and one.status is not None and not one.error:
            times.setdefault(one.operation, []).append(round(took(one), 1))
    return {name: _entry(sorted(found)) for name, found in sorted(times.items())}


def _entry(ordered: Sequence[float]) -> LatencyEntry:
    p50, p95, p99 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.95, 0.99))
    return {"replies": len(ordered), "p50": p50, "p95": p95, "p99": p99, "longest": ordered[-1]}
