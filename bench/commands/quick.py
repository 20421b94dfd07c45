"""Compute the checks of --quick and the order of all, and print what they catch, need and tell."""

import argparse

from bench.judging import add_contract, add_workers, say
from bench.quick import computed, measure, on_reference, read_measured, survivors, write
from bench.telling_checks import ENOUGH, functions_of, median_share
from mutants.matrix import read_matrix

DRAWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, 2)
    add = parser.add_argument
    add("--measure", action="store_true", help="measure first what every check costs on the reference")
    add("--write", action="store_true", help="write spec/NAME/telling.yaml; without it, the kept one is used")
    add(
        "--draw",
        type=int,
        default=0,
        metavar="N",
        help=f"judge so many mutants with these checks, such as {DRAWN}",
    )
    add("--seed", default="2026", help="another one draws other mutants")


def main(given: argparse.Namespace) -> int:
    """Print the figures; 0 where the share to be caught is reached, also of the mutants that were drawn."""
    contract = given.contract
    if given.measure:
        measure(contract)
    if given.write:
        for sentence in write(contract):
            print(sentence, flush=True)
    found, measured, rows = computed(contract), read_measured(contract), read_matrix(contract).mutants
    share = found.caught / found.mutants
    say("checks within the limits", str(len(found.selection)))
    say("caught by the matrix", f"{found.caught} of {found.mutants} ({share:.1%}, aim {ENOUGH:.0%})")
    if not given.write:
        (requests, sessions), _ = on_reference(contract, found.selection)
        say("on the reference", f"{requests} requests, {sessions} sessions")
    before, after = (median_share(names, measured, rows) for names in (functions_of(measured), found.order))
    say(
        "until the first failure",
        f"{after:.1%} of the handwritten checks' time (median; {before:.1%} by file name)",
    )
    enough = share >= ENOUGH
    if not enough:
        say("--quick", "leaves out the generated checks, as these catch too little")
    if given.draw:
        drawn, alive = survivors(contract, given.draw, given.seed, given.workers)
        real = 1 - len(alive) / len(drawn)
        say("caught of those drawn", f"{len(drawn) - len(alive)} of {len(drawn)} ({real:.1%})")
        say("not caught", ", ".join(alive) or "none")
        enough = enough and real >= ENOUGH
    return int(not enough)
