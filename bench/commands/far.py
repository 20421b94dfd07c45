"""Judge the reference from 50, 150 and 300 ms away; 1 when a run takes longer than allowed."""

import argparse

from bench.far import BOUND, LATENCIES, PROCESSES, Far, judged_from, table
from bench.judging import add_contract, add_workers


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
        row, ended = judged_from(milliseconds / 1000, given.contract, given.workers, *given.arguments)
        rows.append(row)
        code = code or ended
    print(*table(rows), sep="\n")
    return code or int(any(one.ratio > BOUND for one in rows))
