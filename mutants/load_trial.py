"""A trial under load: `sessions-tck load` against one server, and what came out of it."""

import importlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mutants.catalogue import ROOT, Mutant, root_of, server_named
from mutants.matrix import survival
from mutants.trial import SOUND, Trial
from reference.serving import KEEP_ALIVE, Server

LONGEST = 900
"""Seconds after which a load counts as hanging."""


@dataclass(frozen=True)
class Load:
    """How many users call for how many seconds, and further arguments of the command."""

    users: int = 50
    seconds: float = 20.0
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadTrial(Trial):
    """What a load showed of a server; `load` is the member of that name of its result."""

    load: Mapping[str, Any] = field(default_factory=dict)

    @property
    def replies(self) -> int:
        """How many replies the users got."""
        return sum(one["replies"] for one in self.load.get("latency", ()))


def make_load_trial(contract: str, name: str, load: Load, reports: Path | None = None) -> LoadTrial:
    """Serve on loopback and put the server under load, which runs in processes of its own."""
    package = importlib.import_module(f"mutants.{contract}")
    server = server_named(contract, name)
    with tempfile.TemporaryDirectory(prefix="sessions-tck-load-") as folder:
        reference, secrets = package.build(server, Path(folder, "rows.sqlite"))
        keep_alive = getattr(server, "KEEP_ALIVE", KEEP_ALIVE)
        with _quiet(), Server(reference.app(), keep_alive=keep_alive) as url:
            target = f"--base-url={url}{reference.base_path()}"
            arguments = (target, *_course(load, server), *getattr(package, "OPTIONS", ()), *load.arguments)
            return load_judged(contract, name, arguments, reports or Path(folder, "reports"), secrets)


def load_judged(
    contract: str, name: str, arguments: Sequence[str], reports: Path, secrets: Mapping[str, str]
) -> LoadTrial:
    """Run the command, and read its result; raises subprocess.TimeoutExpired for one that hangs."""
    root = root_of(contract)
    outside = [] if root == ROOT else [f"--contract-dir={root}"]
    command = [
        sys.executable, "-m", "tck", "load", f"--contract={contract}", *outside, f"--report-dir={reports}",
        *arguments,
    ]  # fmt: skip
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, env={**os.environ, **secrets}, capture_output=True, text=True, check=False,
        timeout=LONGEST,
    )  # fmt: skip
    path = reports / "result.json"
    result: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    requirements = result.get("requirements", [])
    return LoadTrial(
        name,
        done.returncode,
        {one["id"]: one["outcome"] for one in requirements},
        {one["id"]: one["level"] for one in requirements},
        done.stdout + done.stderr,
        [one for one in requirements if one["outcome"] not in SOUND or one["deviations"]],
        result.get("load", {}),
    )


def load_survival(one: Mutant, trial: LoadTrial) -> Iterator[str]:
    """Why load did not kill the mutant by a requirement that it names, if it did not."""
    if not set(getattr(one, "or_by", ())) & set(trial.failed()):
        yield from survival(one, trial)


def _course(load: Load, server: type[Any]) -> tuple[str, ...]:
    """The users and the time, or the requests of a server that must be called so often to break."""
    requests = getattr(server, "REQUESTS_OF_LOAD", None)
    how_long = f"--requests={requests}" if requests else f"--minutes={load.seconds / 60:.4f}"
    return f"--users={load.users}", f"--spawn-rate={load.users}", how_long


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what a server logs of connections that it cuts."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
