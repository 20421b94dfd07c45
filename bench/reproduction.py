"""Whether the script that a run leaves for its first cause shows the fault on the faulty server alone."""

import importlib
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from bench.causes import SEED
from mutants.catalogue import Mutant
from mutants.matrix import by_hand
from mutants.restarting import Restarting
from mutants.trial import SOON, Task, build_again, make_trials
from reference.serving import Server
from tck.paths import ROOT
from tck.reports.reproduce import FOLDER
from tck.results.result_file import read_result
from tck.run.report_dir import RESULT

BROKEN, NOT_REPRODUCED = 1, 0
LONGEST = 120
"""Seconds after which a script counts as hanging."""
HELD = "no script"


@dataclass(frozen=True)
class Reproduced:
    """What a script ended with on the server with the fault and on the reference; None without a script."""

    contract: str
    mutant: Mutant
    faulty: int | None = None
    sound: int | None = None
    said: str = ""

    @property
    def tells(self) -> bool:
        """Whether it is broken on the one and not reproduced on the other."""
        return (self.faulty, self.sound) == (BROKEN, NOT_REPRODUCED)


def draw(contracts: Sequence[str], number: int, seed: int = SEED) -> list[tuple[str, Mutant]]:
    """As many mutants with one fault, of each area of each contract in turn, the same for each seed.

    An area is what the ids of its requirements begin with, such as `close`.
    """
    areas: dict[tuple[str, str], list[tuple[str, Mutant]]] = {}
    for contract in contracts:
        for one in by_hand(contract):
            areas.setdefault((contract, one.caught_by.partition(".")[0]), []).append((contract, one))
    chooser = random.Random(seed)  # noqa: S311 - no secret
    turns = zip_longest(*(chooser.sample(area, len(area)) for area in areas.values()))
    return [one for turn in turns for one in turn if one is not None][:number]


def reproduced(drawn: Sequence[tuple[str, Mutant]], jobs: int, folder: Path) -> Iterator[Reproduced]:
    """Judge each mutant by its own requirement, and run the script that this leaves."""
    tasks = [
        Task(contract, one.name, (f"--requirement={one.caught_by}",), SOON, folder / contract / one.name)
        for contract, one in drawn
    ]
    for (contract, one), task, _ in zip(drawn, tasks, make_trials(tasks, jobs), strict=True):
        script = script_of(task.reports or folder, one.caught_by)
        if script is None:
            yield Reproduced(contract, one, said=HELD)
            continue
        restarts = getattr(one.server, "RESTARTS", False)
        faulty = run_script(contract, one.server, script, restarts)
        sound = run_script(contract, reference_of(one.server), script, restarts)
        said = f"{_last_line(faulty)} | {_last_line(sound)}"
        yield Reproduced(contract, one, faulty.returncode, sound.returncode, said)


def script_of(reports: Path, requirement: str) -> Path | None:
    """The script of the cause that a requirement leads or belongs to; None without one."""
    result = reports / RESULT
    causes = read_result(result)["causes"] if result.exists() else []
    leader = next(
        (one["requirement"] for one in causes if requirement in (one["requirement"], *one["also"])), ""
    )
    script = reports / FOLDER / f"{leader}.sh"
    return script if script.exists() else None


def reference_of(server: type[Any]) -> type[Any]:
    """The reference that a mutant is made of."""
    return next(one for one in server.__mro__ if one.__module__.startswith("reference."))


def run_script(
    contract: str, server: type[Any], script: Path, restarts: bool
) -> subprocess.CompletedProcess[str]:
    """Run a script against a new server of this class, with that server's keys."""
    package = importlib.import_module(f"mutants.{contract}")
    with tempfile.TemporaryDirectory(prefix="sessions-tck-reproduce-") as folder:
        database = Path(folder, "rows.sqlite")
        served, secrets = package.build(server, database)
        more = {}
        with ExitStack() as serving:
            if restarts:
                again = partial(build_again, package.build, server, database, secrets)
                one = serving.enter_context(Restarting(served.app(), again, Path(folder, "restart")))
                url, more["RESTART_COMMAND"] = one.url, one.command
            else:
                url = serving.enter_context(Server(served.app()))
            environment = {**os.environ, **secrets, **more, "BASE_URL": url + served.base_path()}
            return subprocess.run(
                ["sh", str(script)],  # noqa: S607 - whichever sh there is
                cwd=ROOT, env=environment, timeout=LONGEST, check=False, text=True, capture_output=True,
            )  # fmt: skip


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return next(reversed((done.stdout + done.stderr).splitlines()), "")
