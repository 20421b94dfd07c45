"""Judging the embedded reference for a measurement: how long a run takes, and what it leaves."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from bench import loop
from tck.contract.contract import available_contracts, load_contract
from tck.contract.credentials import random_credentials
from tck.errors import KitError
from tck.paths import ROOT
from tck.recording.exchange import Exchange
from tck.recording.har import read_har
from tck.results.document import Result
from tck.results.result_file import read_result
from tck.run.embedded_reference import start_reference

WRITTEN = ("-m", "not fuzz and not lifecycle and not races")
"""The arguments that leave out the generated checks."""
LONGEST = 900
"""Seconds after which a run counts as hanging."""


class Between(Protocol):
    """A network between the kit and a target, which listens at `url` inside a with block."""

    @property
    def url(self) -> str:
        """Where the target seems to be."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


Network = TypeVar("Network", bound=Between)


@dataclass(frozen=True)
class Judged(Generic[Network]):
    """The reference as it was judged through a network: the result, its exchanges, seconds and exit code."""

    result: Mapping[str, Any]
    exchanges: Sequence[Exchange]
    proxy: Network
    wall: float
    exit: int


@dataclass(frozen=True)
class Did:
    """What a command took: when it began, in seconds since 1970, its seconds, and those of the processor."""

    began: float
    wall: float
    cpu: float
    exit: int


@dataclass(frozen=True)
class Here:
    """The embedded reference as it was judged: the result, its exchanges, and what the run took."""

    result: Result
    exchanges: Sequence[Exchange]
    did: Did
    cpu: float
    """Seconds of the processor that the checks took in the process that was started, and the reference."""
    memory: float
    """The largest size of a process so far, in MB.

    It says something of the first run alone: Linux counts for a process also what its parent holds, which
    are the exchanges of earlier runs later on.
    """


def add_contract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contract", default=available_contracts()[-1], choices=available_contracts())


def add_workers(parser: argparse.ArgumentParser, default: int) -> None:
    parser.add_argument(
        "--workers", type=int, default=default, help=f"processes that run the checks ({default})"
    )


def judged_through(
    network: Callable[[str], Network], name: str, workers: int, *arguments: str
) -> Judged[Network]:
    """Judge the reference, whose URL is handed to `network`, through what that makes of it."""
    contract = load_contract(name)
    keys = random_credentials(contract)
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        reference = start_reference(contract, keys, Path(folder))
        os.environ.update({item.env: keys[item.name] for item in contract.credentials})
        try:
            with network(reference.base_url) as proxy:
                target = [f"--base-url={proxy.url}", f"--contract={name}", f"--report-dir={folder}"]
                wall, code = timed([*target, "-q", f"-n{workers}", *arguments])
        finally:
            reference.stop()
        result = json.loads(Path(folder, "result.json").read_text(encoding="utf-8"))
        return Judged(result, read_har(Path(folder, "exchanges.har")), proxy, wall, code)


def judged_here(name: str, workers: int, *arguments: str) -> Here:
    """Judge the reference that the run starts; raises KitError unless it is found conformant."""
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        os.environ[loop.WRITTEN_TO] = str(Path(folder, "loop.json"))
        own = ["-p", loop.__name__, "-q", f"--contract={name}", f"--report-dir={folder}/reports"]
        did = measured([*own, f"-n{workers}", *arguments])
        if did.exit:
            raise KitError(
                f"a run of {name} ended with exit code {did.exit}, so there is nothing to measure."
            )
        memory = peak_of_children()
        cpu = sum(json.loads(Path(folder, "loop.json").read_text(encoding="utf-8")).values())
        result = read_result(Path(folder, "reports", "result.json"))
        return Here(result, read_har(Path(folder, "reports", "exchanges.har")), did, cpu, memory)


def timed(arguments: Sequence[str]) -> tuple[float, int]:
    """Seconds that pytest takes with these arguments, and its exit code."""
    did = measured(arguments)
    return did.wall, did.exit


def measured(arguments: Sequence[str]) -> Did:
    """What pytest takes with these arguments, the processes that it starts included."""
    return took([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments])


def took(command: Sequence[str]) -> Did:
    """What a command takes; it prints to the standard error."""
    began, started, before = time.time(), time.perf_counter(), cpu_of_children()
    done = subprocess.run(
        command, cwd=ROOT, env=quiet_environment(), timeout=LONGEST, check=False, stdout=sys.stderr
    )
    return Did(began, time.perf_counter() - started, cpu_of_children() - before, done.returncode)


def cpu_of_children() -> float:
    """Seconds of the processor that all processes started from here, which have ended, have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_of_children() -> float:
    """The largest resident size, in MB, that a process started from here has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6


def quiet_environment() -> Mapping[str, str]:
    """The environment with the kit's own dependencies alone as pytest's plugins."""
    return {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "xdist.plugin,pytest_base_url.plugin",
    }


def say(what: str, figure: str) -> None:
    """Print one line of the result."""
    print(f"{what + ':':32} {figure}")
