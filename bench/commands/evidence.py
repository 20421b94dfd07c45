"""Report for how many findings on mutants the judged exchange and both sides of what differs are shown."""

import argparse

from bench.evidence import drawn, evidence_of
from bench.judging import add_contract, add_workers, say

DRAWN = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, 2)
    add = parser.add_argument
    add("--mutants", type=int, default=DRAWN, help=f"mutants that are drawn ({DRAWN}; 0: all)")
    add("--whole", action="store_true", help="look at all handwritten checks, not at the mutant's own alone")


def main(given: argparse.Namespace) -> int:
    """Judge the mutants, and print each problem and the figures; 0 when there is no problem."""
    mutants = drawn(given.contract, given.mutants, written=given.whole)
    entries, findings, wrong = 0, 0, 0
    for one in evidence_of(given.contract, mutants, given.workers, whole=given.whole):
        entries, findings, wrong = entries + 1, findings + one.findings, wrong + bool(one.problems)
        for problem in one.problems:
            print(f"{one.mutant.name}, {one.requirement}: {problem}", flush=True)
    say("mutants", str(len(mutants)))
    say("failed requirements", f"{entries}, with {findings} findings")
    say("without a problem", f"{(entries - wrong) / max(1, entries):.1%}")
    return int(wrong > 0)
