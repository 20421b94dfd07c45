"""Judge the reference on loopback: seconds, requests, memory, and the ratio to sending the same requests raw.

Further arguments go to pytest; without any, the handwritten checks run.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from bench.judging import WRITTEN, add_contract, add_workers, say, timed
from tck.contract.contract import Contract, load_contract
from tck.contract.credentials import random_credentials
from tck.recording.exchange import Exchange
from tck.recording.har import read_har
from tck.run.embedded_reference import start_reference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)
    add_workers(parser, 2)
    parser.add_argument("arguments", nargs="*", help="further arguments for pytest, after --")


def main(given: argparse.Namespace) -> int:
    """Measure and print; the exit code of the run."""
    parallel = [f"-n{given.workers}"] if given.workers > 1 else []
    chosen = given.arguments or WRITTEN
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        collecting, _ = timed([f"--contract={given.contract}", "--collect-only", "-qq"])
        wall, code = timed(
            [f"--contract={given.contract}", f"--report-dir={folder}", "-q", *parallel, *chosen]
        )
        peak = peak_of_children()
        result = json.loads(Path(folder, "result.json").read_text(encoding="utf-8"))
        exchanges = read_har(Path(folder, "exchanges.har"))
        raw = replayed(load_contract(given.contract), result["target"]["base_url"], exchanges)
    judged = float(result["duration_seconds"])
    waited = 1000 * sum(one.duration for one in exchanges)
    say("collecting alone", f"{collecting:.2f} s")
    say(
        f"the whole run, {given.workers} workers",
        f"{wall:.2f} s, of which judging {judged:.2f} s; exit {code}",
    )
    say("requests", f"{result['requests']}, {waited:.0f} ms waiting for replies")
    say("sessions made", f"{result['sessions_created']}")
    say("peak memory of a process", f"{peak:.0f} MB")
    say("the same requests raw", f"{raw:.2f} s over one kept-alive connection")
    say("ratio to raw", f"{judged / raw:.2f} judging, {wall / raw:.2f} the whole run")
    return code


def peak_of_children() -> float:
    """The largest resident size, in MB, that a process started from here has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6


def replayed(contract: Contract, base_url: str, exchanges: Sequence[Exchange]) -> float:
    """Seconds that as many requests take, with the same methods, paths and bodies, on a fresh reference."""
    keys = random_credentials(contract)
    first = contract.credentials[0]
    own = {option.name: option.default for option in contract.options}
    headers = {
        "Authorization": first.authorization.header(keys[first.name], own),
        "Content-Type": "application/json",
    }
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        reference = start_reference(contract, keys, Path(folder))
        try:
            limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
            with httpx.Client(
                base_url=reference.base_url, headers=headers, limits=limits, trust_env=False
            ) as client:
                client.get("/")
                started = time.perf_counter()
                for one in exchanges:
                    client.request(
                        one.method, one.url.removeprefix(base_url), content=one.request_body or None
                    )
                return time.perf_counter() - started
        finally:
            reference.stop()
