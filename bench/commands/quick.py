"""Compute the checks of --quick and the order of all, and print what they catch, need and tell."""

import argparse

from bench.judging import add_contract, add_workers, say
from bench.quick import computed, measure, on_reference, read_measured, read_rows, survivors, write
from bench.telling_checks import ENOUGH, functions_of, median_share

DRAWN = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, 2)
    add = parser.add_argument
    add("--measure", action="store_true", help="measure first what every check costs on the reference")
    add("--write", action="store_true", help="write spec/NAME/telling.yaml; without it, nothing is written")
    add(
        "--draw",
        type=int,
        default=DRAWN,
        metavar="N",
        help=f"how many mutants are judged with these checks ({DRAWN})",
    )
    add("--seed", default="2026", help="another one draws other mutants")


def main(given: argparse.Namespace) -> int:
    """Print the figures; 0 where these checks fail enough of the mutants that were drawn."""
    contract = given.contract
    if given.measure:
        measure(contract)
    if given.write:
        for sentence in write(contract, given.draw, given.seed, given.workers):
            print(sentence, flush=True)
    found, measured, rows = computed(contract), read_measured(contract), read_rows(contract)
    say("checks within the limits", str(len(found.selection)))
    say("caught by the kept matrix", f"at most {found.caught} of {found.mutants}")
    before, after = (median_share(names, measured, rows) for names in (functions_of(measured), found.order))
    say(
        "until the first failure",
        f"{after:.1%} of the handwritten checks' time (median; {before:.1%} by file name)",
    )
    if given.write:
        return 0
    (requests, sessions), _ = on_reference(contract, found.selection)
    say("on the reference", f"{requests} requests, {sessions} sessions")
    drawn, alive = survivors(contract, found.selection, given.draw, given.seed, given.workers)
    share = 1 - len(alive) / len(drawn)
    say("caught of those drawn", f"{len(drawn) - len(alive)} of {len(drawn)} ({share:.1%}, aim {ENOUGH:.0%})")
    say("not caught", ", ".join(alive) or "none")
    return int(share < ENOUGH)
