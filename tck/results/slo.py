"""Objectives for latency (`--slo`), judged beside the contract by how long replies took; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from tck.errors import KitError
from tck.recording.exchange import Exchange
from tck.results.document import ObjectiveEntry, Result, SloEntry
from tck.results.latency import Latency, latencies

WORD = re.compile(r"[a-z0-9]+|[A-Z][a-z0-9]*")
QUANTILE = re.compile(r"p([1-9]\d?(?:\.\d{1,3})?)")
TIME = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)(ms|s)")
EXAMPLE = "--slo=OPERATION:p95=300ms"
WHOLE = 100.0
IN_MS = {"ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Objective:
    """So many of the replies to an operation come within so many milliseconds; `share` is from 0 to 1."""

    operation: str
    quantile: str
    share: float
    limit: float


def read_objective(text: str, operations: Sequence[str]) -> Objective:
    """The value of --slo: OPERATION:QUANTILE=TIME.

    The operation is an operationId, or the first word of one. Raises KitError for anything else.
    """
    operation, colon, rest = text.partition(":")
    quantile, equals, time = rest.partition("=")
    if not (colon and equals):
        raise KitError(f"--slo={text} is not OPERATION:QUANTILE=TIME; give one such as {EXAMPLE}.")
    share = 1.0 if quantile == "max" else _share(quantile)
    if share is None:
        raise KitError(f"--slo={text} names no quantile {quantile!r}; give p50, p95, p99, p99.9 or max.")
    limit = TIME.fullmatch(time)
    if limit is None or not float(limit[1]):
        raise KitError(f"--slo={text} has no time {time!r}; give one such as 300ms or 1.5s.")
    return Objective(_named(operation, operations, text), quantile, share, float(limit[1]) * IN_MS[limit[2]])


def judged(objectives: Sequence[Objective], exchanges: Iterable[Exchange], failing: bool) -> SloEntry:
    """Whether each objective was held; one without a reply to measure was not measured."""
    shares = tuple(each.share for each in objectives) or (1.0,)
    return judged_by({one.operation: one for one in latencies(exchanges, shares)}, objectives, failing)


def judged_by(known: Mapping[str, Latency], objectives: Sequence[Objective], failing: bool) -> SloEntry:
    """Whether each objective was held, by a row of each operation with the quantile of each objective."""
    entries: list[ObjectiveEntry] = []
    for place, each in enumerate(objectives):
        row = known.get(each.operation)
        seen = None if row is None else row.quantiles[place]
        entries.append(
            {
                "operation": each.operation,
                "quantile": each.quantile,
                "limit_ms": each.limit,
                "seen_ms": seen,
                "replies": 0 if row is None else row.number,
                "outcome": "not_measured" if seen is None else "held" if seen <= each.limit else "missed",
            }
        )
    return {"fails_the_run": failing, "objectives": entries}


def fails(result: Result) -> bool:
    """Whether the run exits with 1 for an objective that was missed or not measured."""
    slo = result.get("slo")
    return (
        slo is not None
        and slo["fails_the_run"]
        and any(one["outcome"] != "held" for one in objectives_of(result))
    )


def why_it_fails(result: Result) -> str:
    """A sentence about the objectives for which the run exits with 1; empty for none."""
    if not fails(result):
        return ""
    told = "; ".join(told_objective(one) for one in objectives_of(result) if one["outcome"] != "held")
    return f"The run exits with 1 for --fail-on-slo: {told}."


def objectives_of(result: Result) -> Sequence[ObjectiveEntry]:
    """The objectives of a run, those that were not held first."""
    slo = result.get("slo")
    return sorted(slo["objectives"], key=lambda one: one["outcome"] == "held") if slo else ()


def told_objective(one: ObjectiveEntry) -> str:
    """One objective and what became of it, in words."""
    name = f"{one['operation']} {one['quantile']}"
    if one["seen_ms"] is None:
        return f"{name} not measured, as no reply came (at most {_ms(one['limit_ms'])})"
    within = "within" if one["outcome"] == "held" else "MISSED,"
    limit = _ms(one["limit_ms"]) if one["outcome"] == "held" else f"at most {_ms(one['limit_ms'])}"
    replies = f"{one['replies']} {'reply' if one['replies'] == 1 else 'replies'}"
    return f"{name} {_ms(one['seen_ms'])}, {within} {limit} ({replies})"


def _share(quantile: str) -> float | None:
    found = QUANTILE.fullmatch(quantile)
    return float(found[1]) / WHOLE if found else None


def _named(operation: str, operations: Sequence[str], text: str) -> str:
    """The operationId that is meant."""
    firsts = {one: WORD.findall(one)[0].lower() for one in operations}
    meant = [one for one in operations if one == operation] or [
        one for one, first in firsts.items() if first == operation
    ]
    if len(meant) == 1:
        return meant[0]
    near = get_close_matches(operation, [*operations, *firsts.values()], n=1)
    hint = f"did you mean {near[0]}? There" if near and not meant else "there"
    raise KitError(f"--slo={text} names no one operation {operation!r}; {hint} are: {', '.join(operations)}.")


def _ms(value: float) -> str:
    return f"{value:g} ms"
