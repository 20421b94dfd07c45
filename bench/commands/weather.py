"""Judge the reference behind 200 ms of latency, 5 % of resets and 2 % of 502; 1 when a check fails."""

import argparse

from bench.judging import add_contract, add_workers, judged_through, say
from bench.weather import Proxy, Weather


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, 2)


def main(given: argparse.Namespace) -> int:
    """Judge and print; 0 when nothing failed."""
    judged = judged_through(lambda url: Proxy(url, Weather()), given.contract, given.workers)
    result, struck = judged.result, judged.proxy.struck
    say("verdict", f"{result['verdict']} in {judged.wall:.0f} s")
    say("requests", f"{result['requests']}, {result['retries']} of them sent again, {struck} spoilt")
    wrong = [one for one in result["requirements"] if one["outcome"] in ("failed", "error")]
    for one in wrong:
        say(one["id"], f"{one['outcome']}: {one['reason']}")
    return int(bool(wrong) or result["verdict"] == "not_conformant")
