"""Measure how long the reports of a run take to be written, and how large they are."""

import argparse
from pathlib import Path

from bench.judging import add_contract, judged_here, say
from bench.report_costs import costs_of, enlarged, too_costly
from tck.recording.exchange import Exchange
from tck.recording.har import read_har
from tck.results.document import Result
from tck.results.result_file import read_result

EXCHANGES = 8000
WORKERS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add = parser.add_argument
    add(
        "--reports", type=Path, metavar="DIR", help="reports of an earlier run (default: judge the reference)"
    )
    add(
        "--exchanges",
        type=int,
        default=EXCHANGES,
        help=f"so many, repeated where a run has fewer ({EXCHANGES})",
    )


def main(given: argparse.Namespace) -> int:
    """Print seconds and bytes of each report; 1 when a bound is exceeded."""
    result, exchanges = enlarged(*_run(given.reports, given.contract), given.exchanges)
    costs = list(costs_of(result, exchanges))
    say("exchanges", f"{len(exchanges):,}")
    for one in costs:
        print(f"{one.name:20} {one.seconds:8.2f} s {one.size:14,} bytes")
    print(f"{'together':20} {sum(one.seconds for one in costs):8.2f} s")
    problems = list(too_costly(costs))
    print("\n".join(problems) or "within the bounds")
    return int(bool(problems))


def _run(folder: Path | None, contract: str) -> tuple[Result, list[Exchange]]:
    if folder is None:
        here = judged_here(contract, WORKERS)
        return here.result, [*here.exchanges]
    result = read_result(folder / "result.json")
    return result, read_har(folder / "exchanges.har", result["footer"]["exchanges_digest"])
