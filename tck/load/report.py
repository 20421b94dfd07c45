"""What a load observed as the parts of a result; pure."""

from collections.abc import Iterator, Mapping, Sequence

from tck.load.life import OWNED
from tck.load.observed import Observed
from tck.load.process import REPLIES
from tck.load.saturation import is_saturated, split
from tck.load.settings import Settings
from tck.results.document import LoadedEntry, LoadEntry
from tck.results.latency import Times, entry_of, latency_of
from tck.results.outcomes import Finding
from tck.results.selection import NOT_UNDER_LOAD
from tck.vocabulary import Outcome


def findings_of(observed: Observed, requirements: Sequence[str]) -> Iterator[Finding]:
    """What is said of each requirement: what broke it, that it held, or that load does not look."""
    yield from observed.findings
    for name in requirements:
        if observed.held[name]:
            yield Finding(name, Outcome.PASSED, OWNED if name.startswith("lifecycle.") else REPLIES)
        elif not observed.broken[name]:
            yield Finding(name, Outcome.NOT_TESTED, REPLIES, NOT_UNDER_LOAD)


def load_entry(
    settings: Settings, observed: Observed, latency: Mapping[str, Times], lost: int, stopped: str
) -> LoadEntry:
    """The member `load` of a result."""
    saturation = {
        name: number for name, number in sorted(observed.replies.items()) if is_saturated(split(name)[1])
    }
    return {
        "users": settings.users,
        "seconds": settings.seconds,
        "spawn_rate": settings.spawn_rate,
        "shape": settings.shape.value,
        "workers": settings.workers,
        "workers_lost": lost,
        "stopped": stopped,
        "held": dict(sorted(observed.held.items())),
        "broken": dict(sorted(observed.broken.items())),
        "saturation": saturation,
        "latency": [_row(name, one) for name, one in sorted(latency.items())],
        "work": {name: number for name, number in sorted(observed.work.items()) if number},
    }


def _row(name: str, times: Times) -> LoadedEntry:
    operation, status = split(name)
    return {"operation": operation, "status": status, **entry_of(latency_of(operation, times))}


def times_by_operation(
    latency: Mapping[str, Times], operations: Sequence[str], timeout: float
) -> Mapping[str, Times]:
    """By operation how often calls took how long; one without a clear reply counts as long as the timeout."""
    found: dict[str, dict[float, int]] = {}
    for name, times in latency.items():
        operation, status = split(name)
        if operation not in operations:
            continue
        into = found.setdefault(operation, {})
        for time, number in times.items():
            counted = max(time, timeout * 1000) if is_saturated(status) else time
            into[counted] = into.get(counted, 0) + number
    return found
