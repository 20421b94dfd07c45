"""A run against a target far away: how near it comes to waiting for replies alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from bench.distance import Distance
from bench.judging import judged_through
from tck.recording.exchange import Exchange

LATENCIES = (50, 150, 300)
"""Milliseconds that a reply takes."""
PROCESSES = 8
BOUND = 1.3
"""What a run may take, in terms of its requests times the latency, spread over its connections."""
CONTROLLER = "main"
PAUSE = 0.25
"""Seconds without a request after which a check has waited: for a deadline, or for a write to be seen."""
HEADINGS = (
    "latency", "connections", "requests", "wall", "waits", "waiting alone", "ratio", "first check", "closing",
)  # fmt: skip


@dataclass(frozen=True)
class Lane:
    """What one process that runs checks sent: from when to when, and how long it waited as the pages say."""

    began: float
    ended: float
    waits: float


@dataclass(frozen=True)
class Far:
    """A run of so many seconds from `began` on, through so many connections to a target at this distance."""

    latency: float
    began: float
    seconds: float
    exchanges: Sequence[Exchange]
    processes: int

    @property
    def bound(self) -> float:
        """Seconds in which all requests could be answered, were nothing done but waiting for replies."""
        return len(self.exchanges) * self.latency / self.processes

    @property
    def waits(self) -> float:
        """Seconds of the run that its processes spent in documented waits, spread over all of them."""
        return sum(one.waits for one in lanes_of(self.exchanges)) / self.processes

    @property
    def ratio(self) -> float:
        """The run without its documented waits, in terms of its bound."""
        return (self.seconds - self.waits) / self.bound

    def row(self) -> tuple[str, ...]:
        """What was measured, a text for each of the headings."""
        lanes = lanes_of(self.exchanges)
        began, ended = min(one.began for one in lanes), max(one.ended for one in lanes)
        return (
            f"{1000 * self.latency:.0f} ms", str(self.processes), str(len(self.exchanges)),
            f"{self.seconds:.0f} s", f"{self.waits:.0f} s", f"{self.bound:.0f} s", f"{self.ratio:.2f}",
            f"{began - self.began:.0f} s", f"{self.began + self.seconds - ended:.0f} s",
        )  # fmt: skip


def judged_from(latency: float, name: str, workers: int, *arguments: str) -> tuple[Far, int]:
    """Judge the reference from so many seconds away; what was measured, and the exit code of the run."""
    judged = judged_through(partial(Distance, latency=latency), name, workers, *arguments)
    began = datetime.fromisoformat(judged.result["started_at"]).timestamp()
    seconds = float(judged.result["duration_seconds"])
    return Far(latency, began, seconds, judged.exchanges, workers), judged.exit


def table(rows: Sequence[Far]) -> Iterator[str]:
    """The rows below their headings, as lines of text."""
    texts = [HEADINGS, *(one.row() for one in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for line in texts:
        yield "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True))
    yield "waiting alone: requests x latency / connections"
    yield f"ratio: (wall - waits) / waiting alone, at most {BOUND}"


def lanes_of(exchanges: Sequence[Exchange]) -> list[Lane]:
    """The processes that ran checks, by their names, with which the ids of exchanges begin."""
    found: defaultdict[str, list[Exchange]] = defaultdict(list)
    for one in exchanges:
        found[one.id.rpartition("-")[0]].append(one)
    return [_lane(sent) for name, sent in sorted(found.items()) if name != CONTROLLER]


def _lane(sent: Sequence[Exchange]) -> Lane:
    ended = max(one.started_at + one.duration for one in sent)
    return Lane(min(one.started_at for one in sent), ended, waits_in(sent))


def waits_in(sent: Sequence[Exchange]) -> float:
    """Seconds in which a process awaited no reply: it heard a stream alone, or its check paused.

    Between two checks nothing is a wait: there it is the kit that does something.
    """
    answered = [one for one in sent if not one.is_stream]
    whole = _covered(sent)
    heard = sum(end - begin for begin, end in whole) - sum(end - begin for begin, end in _covered(answered))
    ordered = sorted(sent, key=lambda one: one.started_at)
    checks_at = {one.started_at: one.check for one in ordered}
    last_of: dict[float, str] = {}
    for one in ordered:
        last_of[one.started_at + one.duration] = one.check
    paused = [
        begin - end
        for (_, end), (begin, _) in pairwise(whole)
        if begin - end >= PAUSE and checks_at[begin] == last_of[end]
    ]
    return heard + sum(paused)


def _covered(sent: Sequence[Exchange]) -> list[tuple[float, float]]:
    """The stretches of time in which any of these was under way."""
    found: list[tuple[float, float]] = []
    for one in sorted(sent, key=lambda one: one.started_at):
        begin, end = one.started_at, one.started_at + one.duration
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found
