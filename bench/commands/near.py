"""Judge the reference on loopback in one process, and compare with sending the same requests raw.

Further arguments go to pytest; without any, the handwritten checks run.
"""

import argparse
from statistics import median

from bench.judging import WRITTEN, add_contract, say
from bench.near import BOUND, Pair, add_pairs, measured_pair, ratio_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_pairs(parser)
    parser.add_argument("arguments", nargs="*", help="further arguments for pytest, after --")


def main(given: argparse.Namespace) -> int:
    """Measure and print; 1 when judging takes longer than allowed."""
    pairs = list[Pair]()
    for _ in range(given.pairs):
        pairs.append(measured_pair(given.contract, given.arguments or WRITTEN))
        last = pairs[-1]
        say("judging", f"{last.run.judging:.2f} s, raw {last.raw.seconds:.2f} s: {last.ratio:.2f}")
        say("  and the processor's time", f"{last.cpu:.2f} s, raw {last.raw.cpu:.2f} s: {last.cpu_ratio:.2f}")
    say("requests, sessions", f"{len(pairs[0].run.exchanges):,}, {pairs[0].sessions}")
    say("until the first check", f"{median(one.run.start for one in pairs):.2f} s")
    say("documented waits", f"{median(one.run.waits for one in pairs):.2f} s")
    say("after the last check", f"{median(one.run.end for one in pairs):.2f} s")
    say("peak memory of a process", f"{pairs[0].memory:.0f} MB")
    say("the processor's time, both", f"{median(one.cpu_ratio for one in pairs):.2f} (median)")
    say("judging in terms of raw", f"{ratio_of(pairs):.2f} (median), at most {BOUND}")
    return int(ratio_of(pairs) > BOUND)
