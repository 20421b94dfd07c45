"""Put the reference under load with and without judging, and compare requests a second and memory."""

import argparse

from bench.judging import add_contract, say
from bench.loading import AIM, GROWS, MEBIBYTE, Course, pairs, share


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add = parser.add_argument
    add("--users", type=int, default=50, metavar="N", help="users at a time (50)")
    add("--minutes", type=float, default=0.5, metavar="M", help="of each load (0.5)")
    add("--pairs", type=int, default=3, metavar="N", help="loads of each kind (3)")


def main(given: argparse.Namespace) -> int:
    """Measure and print; 0 where judging leaves at least half of the pace, and memory stays as it was."""
    measured = []
    for raw, judged in pairs(Course(given.contract, given.users, given.minutes, given.pairs)):
        measured.append((raw, judged))
        say("requests a second", f"{judged.rate:.0f} judged, {raw.rate:.0f} raw")
    worst = max((judged for _, judged in measured), key=lambda one: one.late / one.early)
    ratio, growth = share(measured), worst.late / worst.early
    say("judged in terms of raw", f"{ratio:.2f} (median), aim {AIM}")
    say(
        "memory of the users' process",
        f"{worst.early / MEBIBYTE:.0f} MiB early, {worst.late / MEBIBYTE:.0f} MiB at the end",
    )
    failed = [one.exit for pair in measured for one in pair if one.exit]
    return failed[0] if failed else int(ratio < AIM or growth > GROWS)
