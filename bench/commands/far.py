"""Judge the reference from 50, 150 and 300 ms away; 1 when a run takes longer than allowed."""

import argparse
from datetime import datetime
from functools import partial

from bench.distance import Distance
from bench.far import BOUND, LATENCIES, PROCESSES, Far, table
from bench.judging import add_contract, add_workers, judged_through


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, PROCESSES)
    parser.add_argument(
        "--latency", type=int, nargs="+", default=LATENCIES, metavar="MS",
        help="milliseconds that a reply takes; a run for each (50 150 300)",
    )  # fmt: skip
    parser.add_argument("arguments", nargs="*", help="further arguments for pytest, after --")


def main(given: argparse.Namespace) -> int:
    """Run and print; 0 when every run took no longer than allowed."""
    rows, code = list[Far](), 0
    for milliseconds in given.latency:
        latency = milliseconds / 1000
        judged = judged_through(
            partial(Distance, latency=latency), given.contract, given.workers, *given.arguments
        )
        began = datetime.fromisoformat(judged.result["started_at"]).timestamp()
        seconds = float(judged.result["duration_seconds"])
        rows.append(Far(latency, began, seconds, judged.exchanges, given.workers))
        code = code or judged.exit
    print(*table(rows), sep="\n")
    return code or int(any(one.ratio > BOUND for one in rows))
