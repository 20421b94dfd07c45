"""Report for how many single-fault mutants the script of the first cause shows the fault, and there alone."""

import argparse
import tempfile
from pathlib import Path

from bench.causes import SEED
from bench.judging import add_workers, say
from bench.reproduction import draw, reproduced
from tck.contract.contract import available_contracts

DRAWN = 60
TELLS = 0.95
"""The share to reach."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_workers(parser, 2)
    add = parser.add_argument
    add("--mutants", type=int, default=DRAWN, help=f"mutants that are drawn over all contracts ({DRAWN})")
    add("--seed", type=int, default=SEED, help=f"another number draws other mutants ({SEED})")
    add("--keep", type=Path, metavar="DIR", help="leave the reports of each mutant there")
    add("names", nargs="*", metavar="NAME", help="mutants to take of those drawn; all without one")


def main(given: argparse.Namespace) -> int:
    """Judge, run the scripts and print the figure and the names that miss; 0 when the share is reached."""
    drawn = draw(available_contracts(), given.mutants, given.seed)
    drawn = [one for one in drawn if not given.names or one[1].name in given.names]
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        found = list(reproduced(drawn, given.workers, (given.keep or Path(folder)).absolute()))
    telling = sum(one.tells for one in found)
    share = telling / len(found) if found else 1.0
    say("single-fault mutants", str(len(found)))
    say("broken on the mutant alone", f"{share:.1%} (aim {TELLS:.0%})")
    for one in found:
        if not one.tells:
            print(f"{one.contract} {one.mutant.name} ({one.mutant.caught_by}): {one.said}")
    return int(share < TELLS)
