"""`python -m bench`: what a run on the embedded reference costs in time, requests and memory."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bench.costs import write_costs
from bench.far import BOUND, FAR, PROCESSES, Far
from bench.weather import Proxy, Weather
from tck.contract.contract import Contract, available_contracts, load_contract
from tck.contract.credentials import random_credentials
from tck.paths import ROOT
from tck.recording.exchange import Exchange
from tck.recording.har import read_har
from tck.run.embedded_reference import start_reference

WRITTEN = ("-m", "not fuzz and not lifecycle and not races")
"""The arguments that leave out the generated checks."""
LONGEST = 900
"""Seconds after which a run counts as hanging."""


def main() -> int:
    """Measure and print; 0 when the run of the checks exited 0."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--contract", default=available_contracts()[-1], choices=available_contracts())
    parser.add_argument("--workers", type=int, help="processes that run the checks (2, with --far 8)")
    parser.add_argument("arguments", nargs="*", help="further arguments for pytest, after --")
    parser.add_argument("--costs", action="store_true", help="measure the table of costs anew, and write it")
    parser.add_argument("--weather", action="store_true", help="judge the reference through a bad network")
    parser.add_argument("--far", action="store_true", help="run the handwritten checks at 150 ms of latency")
    given = parser.parse_args()
    if given.far:
        return far_away(given.contract, given.workers or PROCESSES)
    given.workers = given.workers or 2
    if given.weather:
        return in_bad_weather(given.contract, given.workers)
    if given.costs:
        say("measured anew", str(write_costs(given.contract).relative_to(ROOT)))
        return 0
    parallel = [f"-n{given.workers}"] if given.workers > 1 else []
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        collecting, _ = timed([f"--contract={given.contract}", "--collect-only", "-qq"])
        wall, code = timed(
            [
                f"--contract={given.contract}",
                f"--report-dir={folder}",
                "-q",
                *parallel,
                *(given.arguments or WRITTEN),
            ]
        )
        peak = peak_of_children()
        result = json.loads(Path(folder, "result.json").read_text(encoding="utf-8"))
        exchanges = read_har(Path(folder, "exchanges.har"))
        raw = replayed(load_contract(given.contract), result["target"]["base_url"], exchanges)
    judged = float(result["duration_seconds"])
    say("collecting alone", f"{collecting:.2f} s")
    say(
        f"the whole run, {given.workers} workers",
        f"{wall:.2f} s, of which judging {judged:.2f} s; exit {code}",
    )
    say(
        "requests",
        f"{result['requests']}, {1000 * sum(one.duration for one in exchanges):.0f} ms waiting for replies",
    )
    say("sessions made", f"{result['sessions_created']}")
    say("peak memory of a process", f"{peak:.0f} MB")
    say("the same requests raw", f"{raw:.2f} s over one kept-alive connection")
    say("ratio to raw", f"{judged / raw:.2f} judging, {wall / raw:.2f} the whole run")
    return code


@dataclass(frozen=True)
class Judged:
    """The reference as it was judged through a network: the result, its exchanges, seconds and exit code."""

    result: Mapping[str, Any]
    exchanges: Sequence[Exchange]
    proxy: Proxy
    wall: float
    exit: int


def judged_through(weather: Weather, name: str, workers: int, *arguments: str) -> Judged:
    """Judge the reference through a network with this weather."""
    contract = load_contract(name)
    keys = random_credentials(contract)
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        reference = start_reference(contract, keys, Path(folder))
        os.environ.update({item.env: keys[item.name] for item in contract.credentials})
        try:
            with Proxy(reference.base_url, weather) as proxy:
                target = [f"--base-url={proxy.url}", f"--contract={name}", f"--report-dir={folder}"]
                wall, code = timed([*target, "-q", f"-n{workers}", *arguments])
        finally:
            reference.stop()
        result = json.loads(Path(folder, "result.json").read_text(encoding="utf-8"))
        return Judged(result, read_har(Path(folder, "exchanges.har")), proxy, wall, code)


def in_bad_weather(name: str, workers: int) -> int:
    """Judge the reference behind 200 ms of latency, 5 % of resets and 2 % of 502; 0 when nothing failed."""
    judged = judged_through(Weather(), name, workers)
    result, struck = judged.result, judged.proxy.struck
    say("verdict", f"{result['verdict']} in {judged.wall:.0f} s")
    say("requests", f"{result['requests']}, {result['retries']} of them sent again, {struck} spoilt")
    wrong = [one for one in result["requirements"] if one["outcome"] in ("failed", "error")]
    for one in wrong:
        say(one["id"], f"{one['outcome']}: {one['reason']}")
    return int(bool(wrong) or result["verdict"] == "not_conformant")


def far_away(name: str, workers: int) -> int:
    """Run the handwritten checks on a reference far away; 0 when they took no longer than allowed."""
    judged = judged_through(FAR, name, workers, *WRITTEN)
    began = datetime.fromisoformat(judged.result["started_at"]).timestamp()
    seconds = float(judged.result["duration_seconds"])
    far = Far(began, seconds, judged.exchanges, workers, judged.proxy.connections)
    say("the whole run", f"{seconds:.0f} s, {judged.result['requests']} requests, {workers} processes")
    for what, figure in far.lines():
        say(what, figure)
    return judged.exit or int(far.ratio > BOUND)


def timed(arguments: Sequence[str]) -> tuple[float, int]:
    """Seconds that pytest takes with these arguments, and its exit code."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=quiet_environment(), timeout=LONGEST, check=False, stdout=sys.stderr
    )
    return time.perf_counter() - started, done.returncode


def quiet_environment() -> Mapping[str, str]:
    """The environment with the kit's own dependencies alone as pytest's plugins."""
    return {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "xdist.plugin,pytest_base_url.plugin",
    }


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
        "Authorization": first.authorization_with(keys[first.name], own),
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


def say(what: str, figure: str) -> None:
    """One line of the result."""
    print(f"{what + ':':32} {figure}")


if __name__ == "__main__":
    sys.exit(main())
