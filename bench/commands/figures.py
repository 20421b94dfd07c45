"""Print what a run costs its operator, its target and this machine, each figure with its bound.

The embedded reference is judged by the default contract, several times: this takes minutes. 1 when a bound is
not held.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence

from bench import far, near
from bench.figures import Figure, all_held, table
from bench.judging import WRITTEN, Here, judged_here, measured, took
from bench.report_costs import MOST_SECONDS, costs_of, enlarged

CONTRACT = "trigger"
CORE = "--groups=core"
TIMES = 3
"""What other programs can only lengthen is measured so often, and the least counts."""
MANY, TWO = 8, 2
"""Processes that run the checks."""
EXCHANGES = 8000
MEGABYTES = 120
COLLECTING, FIRST_CHECK, HELP = 0.9, 2.0, 0.25
"""Seconds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    distances = ", ".join(map(str, far.LATENCIES))
    parser.add_argument("--far", action="store_true", help=f"also judge from {distances} ms away")
    near.add_pairs(parser)


def main(given: argparse.Namespace) -> int:
    """Measure and print; 1 when a figure is beyond its bound."""
    figures = [*of_the_start(), *of_core(), *of_judging(given.pairs)]
    figures += of_far() if given.far else ()
    print(*table(figures), sep="\n")
    return int(not all_held(figures))


def of_the_start() -> Iterator[Figure]:
    """What it takes until a check begins."""
    helps = [took([sys.executable, "-m", "tck", "--help"]).cpu for _ in range(TIMES)]
    yield Figure("sessions-tck --help, processor", min(helps), HELP, "s", 2)
    collected = [measured([f"--contract={CONTRACT}", "--collect-only", "-qq"]).cpu for _ in range(TIMES)]
    yield Figure("collecting, processor", min(collected), COLLECTING, "s", 2)


def of_core() -> Iterator[Figure]:
    """What runs of the contract's core send and make, and what their reports take."""
    whole = judged_here(CONTRACT, TWO, CORE)
    alone, spread = (judged_here(CONTRACT, count, CORE, *WRITTEN) for count in (0, MANY))
    yield Figure("handwritten core: requests", alone.result["requests"], 4000)
    yield Figure("handwritten core: sessions", alone.result["sessions_created"], 150)
    yield Figure(f"handwritten core, -n {MANY}: requests", spread.result["requests"])
    yield Figure(f"handwritten core, -n {MANY}: sessions", spread.result["sessions_created"], 220)
    yield Figure("whole core: requests", whole.result["requests"])
    yield Figure("whole core: sessions", whole.result["sessions_created"], 340)
    yield Figure("peak memory of a process", whole.memory, MEGABYTES, "MB")
    yield of_reports(whole)


def of_reports(run: Here) -> Figure:
    """What the reports of a long run take."""
    seconds = sum(one.seconds for one in costs_of(*enlarged(run.result, run.exchanges, EXCHANGES)))
    return Figure(f"reports of {EXCHANGES:,} exchanges, processor", seconds, MOST_SECONDS, "s", 2)


def of_judging(pairs: int) -> Iterator[Figure]:
    """What the handwritten checks take beside sending their requests."""
    found = [near.measured_pair(CONTRACT, WRITTEN) for _ in range(pairs)]
    yield Figure("first check after the command", min(one.run.start for one in found), FIRST_CHECK, "s", 2)
    yield Figure("judging in terms of raw sending", near.ratio_of(found), near.BOUND, places=2)
    cpu = statistics.median(one.cpu_ratio for one in found)
    yield Figure("the same of the processor's time", cpu, places=2)


def of_far() -> Sequence[Figure]:
    """What a whole run takes far away, in terms of waiting for its replies alone."""
    runs = (far.judged_from(latency / 1000, CONTRACT, far.PROCESSES)[0] for latency in far.LATENCIES)
    return [
        Figure(
            f"whole run from {1000 * one.latency:.0f} ms away, in terms of waiting",
            one.ratio,
            far.BOUND,
            places=2,
        )
        for one in runs
    ]
