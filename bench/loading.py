"""A load with and without judging: how many requests a second, and how much memory over time."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tck.contract.contract import load_contract
from tck.contract.credentials import random_credentials
from tck.errors import KitError
from tck.load.command import ENGINE
from tck.paths import ROOT
from tck.run.embedded_reference import start_reference

AIM = 0.5
"""The least share of the requests of a raw load that a judged one sends in the same time."""
GROWS = 1.2
"""The most that memory may be at the end, in terms of what it is when all users call."""
EARLY = 60.0
"""Seconds after which memory is early memory; in a shorter load, a third of it."""
LOOK_EVERY = 1.0
LONGEST = 300.0
"""Seconds that a load may take beyond its own before it counts as hanging."""
MEBIBYTE = 1 << 20
Memory = tuple[float, int]
"""Seconds since the users' process began, and its bytes."""


@dataclass(frozen=True)
class Course:
    """A load on the reference: for how long, with how many users, and in how many pairs."""

    contract: str
    users: int
    minutes: float
    pairs: int


@dataclass(frozen=True)
class Pace:
    """What a load did: its requests a second, its exit code, and the memory of its users' process."""

    rate: float
    exit: int
    memory: Sequence[Memory]

    @property
    def early(self) -> int:
        """Bytes after a minute, or after a third of a shorter load."""
        after = min(EARLY, self.memory[-1][0] / 3)
        return next(size for at, size in self.memory if at >= after)

    @property
    def late(self) -> int:
        """Bytes at the end."""
        return self.memory[-1][1]


def pairs(course: Course) -> Iterator[tuple[Pace, Pace]]:
    """Raw and judged loads one after the other, each first in turn; raises KitError for none."""
    if course.pairs < 1:
        raise KitError(f"--pairs takes a whole number from 1 on, not {course.pairs}.")
    for number in range(course.pairs):
        first = measured(course, raw=number % 2 == 0)
        second = measured(course, raw=number % 2 == 1)
        yield (first, second) if number % 2 == 0 else (second, first)


def share(measured: Sequence[tuple[Pace, Pace]]) -> float:
    """The median of what judged loads sent in terms of the raw one beside each."""
    return statistics.median(judged.rate / raw.rate for raw, judged in measured)


def measured(course: Course, *, raw: bool) -> Pace:
    """One load on a reference of its own.

    Raises KitError for one that measured nothing, subprocess.TimeoutExpired for one that hangs.
    """
    contract = load_contract(course.contract)
    keys = random_credentials(contract)
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        reference = start_reference(contract, keys, Path(folder))
        try:
            command = [
                sys.executable, "-m", "tck", "load", f"--base-url={reference.base_url}",
                f"--contract={course.contract}", f"--users={course.users}", f"--spawn-rate={course.users}",
                f"--minutes={course.minutes:g}", f"--report-dir={folder}/reports",
                *(["--raw"] if raw else []),
            ]  # fmt: skip
            environment = {**os.environ, **{item.env: keys[item.name] for item in contract.credentials}}
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sys.stderr)
            memory = list(_memory(process, course.minutes * 60 + LONGEST))
        finally:
            reference.stop()
        path = Path(folder, "reports", "result.json")
        if not path.exists() or not memory:
            raise KitError(f"the load ended with exit {process.returncode} and measured nothing.")
        result = json.loads(path.read_text(encoding="utf-8"))
    return Pace(rate_of(result["load"]), process.returncode, memory)


def rate_of(load: Mapping[str, object]) -> float:
    """Requests a second, by the member `load` of a result."""
    work, seconds = load["work"], load["seconds"]
    assert isinstance(work, Mapping)
    assert isinstance(seconds, float | int)
    return float(work["requests"]) / seconds


def _memory(process: "subprocess.Popen[bytes]", longest: float) -> Iterator[Memory]:
    """What the users' process holds, every second until the command ends."""
    command, began, started = psutil.Process(process.pid), 0.0, time.monotonic()
    while process.poll() is None:
        if time.monotonic() - started > longest:
            process.kill()
            raise subprocess.TimeoutExpired(process.args, longest)
        held = _held_by_users(command)
        if held:
            began = began or time.monotonic()
            yield time.monotonic() - began, held
        time.sleep(LOOK_EVERY)


def _held_by_users(command: psutil.Process) -> int:
    """The bytes of the process of users; 0 while there is none."""
    try:
        return sum(
            child.memory_info().rss for child in command.children(recursive=True) if ENGINE in child.cmdline()
        )
    except psutil.Error:
        return 0
