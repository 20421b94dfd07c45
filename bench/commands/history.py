"""Measure how long a history of many large results takes to read, and how much memory."""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from bench.judging import say
from tck.contract.requirements import Registry
from tck.history.document import document
from tck.history.page import page
from tck.history.store import keep_result, read_history
from tck.results.document import Result
from tck.results.kit_identity import Kit
from tck.results.outcomes import Finding, Settled, settle
from tck.results.result_file import Facts, build_result, write_result
from tck.run.inputs import load_specification
from tck.vocabulary import Outcome

RESULTS = 1000
CONTRACT = "trigger"
MOST_SECONDS, MOST_MEGABYTES = 20.0, 500.0
FIRST = datetime(2024, 3, 1, 3, 17, tzinfo=UTC)
REASON = "what was seen here is made up " * 65
"""Fills a result up to about three megabytes."""
FAILING = 7
"""Of every so many results one has a failure."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--results", type=int, default=RESULTS, help=f"how many results are made up ({RESULTS})"
    )


def main(given: argparse.Namespace) -> int:
    """Make them up, read them in a process of its own, and print the figures; 0 within the bounds."""
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as name:
        folder = Path(name) / "history"
        size = _make(folder, given.results)
        say("results", f"{given.results} of {size / 1e6:.1f} MB")
        with get_context("spawn").Pool(1) as pool:
            seconds, megabytes, pages = pool.apply(measured, (folder,))
    say("read, and written as a page and as JSON", f"{seconds:.1f} s, at most {MOST_SECONDS:g}")
    say("memory at its peak", f"{megabytes:.0f} MB, at most {MOST_MEGABYTES:g}")
    say("size of the page", f"{pages / 1e6:.2f} MB")
    return int(seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES)


def measured(folder: Path) -> tuple[float, float, int]:
    """Seconds, megabytes of this process, and the characters of the page."""
    started = time.monotonic()
    kept = read_history(folder)
    text = "".join(page(kept))
    document(kept)
    seconds = time.monotonic() - started
    unit = 1 if sys.platform == "darwin" else 1024
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, len(text)


def _make(folder: Path, results: int) -> int:
    """Write so many results, a day apart; the size of one."""
    registry = load_specification(CONTRACT).registry
    beside = folder.with_name("result.json")
    for number in range(results):
        made = _result(registry, number)
        write_result(beside, made)
        keep_result(folder, beside, made["started_at"])
    return beside.stat().st_size


def _result(registry: Registry, number: int) -> Result:
    """One result with every requirement of the contract."""
    spec = load_specification(CONTRACT)
    started = FIRST + timedelta(days=number)
    facts = Facts(
        kit=Kit("sessions-tck", f"0.{number // 100}.0", f"{number // 100:064d}"),
        contract=CONTRACT, revision=spec.contract.revision, contract_digest="b" * 64,
        pages=spec.contract.pages,
        base_url="https://sessions.example.com", capabilities={}, started_at=started.timestamp(),
        duration_seconds=80.0 + number % 9, seed=None, options={}, partial=False, fail_on_deviations=False,
        settled=tuple(_settled(registry, number)), exchanges={}, exchanges_digest="c" * 64,
        requests=11_000 + number, sessions_created=540, sessions_left_open=0,
    )  # fmt: skip
    return build_result(replace(facts, groups=dict.fromkeys(spec.contract.groups, "judged")))


def _settled(registry: Registry, number: int) -> Iterator[Settled]:
    for place, (name, requirement) in enumerate(registry.items()):
        broken = number % FAILING == 0 and place % 50 == number % 50
        outcome = Outcome.FAILED if broken else Outcome.PASSED
        check = f"suites/{CONTRACT}/test_made_up.py::test_{place}"
        yield settle(requirement, [Finding(name, outcome, check, REASON) for _ in range(2)])
