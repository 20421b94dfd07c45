"""A finding about a log as a short story: the appends and readings that show it, and nothing else."""

from collections.abc import Iterator

from tck.checking.record_log import Append, LogProblem, Reading, RecordLog
from tck.randomized.failure_trace import TracedCall, recorded, story_of
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.values.json_equality import shown
from tck.vocabulary import Outcome

NEAR = 2
"""Records before and behind what a reading shows otherwise that are told of it."""
SHOWN = 40


def log_finding(run: Run, node: str, requirement: str, problem: LogProblem, log: RecordLog) -> Finding:
    """The finding that this problem of a log makes for a requirement."""
    told = list(_told(problem, log))
    ids = tuple(dict.fromkeys(one.exchange for one in told if one.exchange))
    said = problem.mismatch
    judged = tuple(one for one in ids if one in said.exchanges) or ids
    return Finding(
        requirement, Outcome.FAILED, node, str(said), said.expected, said.seen, ids,
        story=story_of(told, recorded(run, ids), [f"   wrong: {said}"]), judged=judged,
    )  # fmt: skip


def _told(problem: LogProblem, log: RecordLog) -> Iterator[TracedCall]:
    appends = sorted(problem.appends, key=lambda one: one.started)
    zero = min((one.started for one in appends), default=0.0)
    for one in appends:
        yield TracedCall(
            f"{one.by}, {_when(one, zero)}, append {shown(one.text, SHOWN)}", one.fate, one.exchange
        )
    texts = {one.text for one in appends}
    for reading in problem.readings:
        yield TracedCall(
            f"{reading.by}{'' if reading.after is None else f' behind {reading.after}'}",
            _seen(reading, texts, log, problem.readings), next(iter(reading.exchanges), ""),
        )  # fmt: skip


def _when(one: Append, zero: float) -> str:
    begun = (one.started - zero) * 1000
    over = (one.ended - zero) * 1000
    return f"from {begun:.1f} ms" if over == float("inf") else f"from {begun:.1f} to {over:.1f} ms"


def _seen(reading: Reading, texts: set[str], log: RecordLog, readings: tuple[Reading, ...]) -> str:
    """The records of a reading that matter: those of the texts, or those near where two readings part."""
    known = [(record.number, log.text_of(record)) for record in reading.records]
    if texts:
        near = [one for one in known if one[1] in texts]
    else:
        others = [[(one.number, log.text_of(one)) for one in other.records] for other in readings]
        part = next(
            (place for place, pairs in enumerate(zip(*others, strict=False)) if len(set(pairs)) > 1), None
        )
        place = min(map(len, others)) if part is None else part
        near = known[max(0, place - NEAR) : place + NEAR + 1]
    if not near:
        return f"shows {len(known)} records, none of these"
    said = ", ".join(f"{number}: {'…' if text is None else shown(text, SHOWN)}" for number, text in near)
    return f"shows {said}"
