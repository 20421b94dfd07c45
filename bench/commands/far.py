"""Run the handwritten checks at 150 ms of latency; 1 when they take longer than allowed."""

import argparse
from datetime import datetime

from bench.far import BOUND, FAR, PROCESSES, Far
from bench.judging import WRITTEN, add_contract, add_workers, judged_through, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, PROCESSES)


def main(given: argparse.Namespace) -> int:
    """Run and print; 0 when the run took no longer than allowed."""
    judged = judged_through(FAR, given.contract, given.workers, *WRITTEN)
    began = datetime.fromisoformat(judged.result["started_at"]).timestamp()
    seconds = float(judged.result["duration_seconds"])
    far = Far(began, seconds, judged.exchanges, given.workers, judged.proxy.connections)
    requests = judged.result["requests"]
    say("the whole run", f"{seconds:.0f} s, {requests} requests, {given.workers} processes")
    for what, figure in far.lines():
        say(what, figure)
    return judged.exit or int(far.ratio > BOUND)
