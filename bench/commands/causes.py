"""Report for how many single-fault mutants one cause is reported, and the mutant's own requirement first."""

import argparse

from bench.causes import (
    SEED,
    Figures,
    by_kept_matrix,
    draw,
    judged,
    missing_relations,
    single_faults,
    told_apart,
)
from bench.judging import add_contract, add_workers, say

DRAWN = 120
PAIRS = 2000
ONE, OWN = 0.95, 0.90
"""The shares to reach."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, 2)
    add = parser.add_argument
    add("--matrix", action="store_true", help="judge nothing: go by the kept kill matrix")
    add("--mutants", type=int, default=DRAWN, help=f"mutants that are drawn ({DRAWN}; 0: all)")
    add("--seed", type=int, default=SEED, help=f"another number draws other mutants ({SEED})")
    add("--again", action="store_true", help="judge mutants again whose results are kept")
    add("--missing", action="store_true", help="list relations of the kept matrix that are not known")
    add("--wrong", action="store_true", help="list those that were reported otherwise")


def main(given: argparse.Namespace) -> int:
    """Judge what is not kept, and print the figures; 0 when both shares are reached."""
    if given.missing:
        print("\n".join(missing_relations(given.contract)))
        return 0
    if given.matrix:
        figures = by_kept_matrix(given.contract)
    else:
        known = single_faults(given.contract)
        chosen = draw(known, given.mutants, given.seed) if given.mutants else known
        figures = judged(
            given.contract, chosen, given.workers, given.again, lambda line: print(line, flush=True)
        )
    report(figures)
    say("of two faults, told apart", f"{told_apart(given.contract, PAIRS):.1%} (by the kept matrix)")
    if given.wrong:
        print("\n".join(figures.wrong()))
    return int(figures.one < ONE or figures.own < OWN)


def progress(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def report(figures: Figures) -> None:
    say("single-fault mutants", str(len(figures.told)))
    say("reported as one cause", f"{figures.one:.1%} (aim {ONE:.0%})")
    say("own requirement first", f"{figures.own:.1%} (aim {OWN:.0%})")
