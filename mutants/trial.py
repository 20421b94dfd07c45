"""A trial: the kit run against one faulty or unusual server, and what came out of it."""

import gc
import importlib
import io
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mutants.catalogue import ROOT, add_contracts, root_of, server_named
from mutants.restarting import Restarting
from reference.serving import Server
from tck import waiting
from tck.randomized.fuzzing import engine
from tck.randomized.races import rounds
from tck.randomized.walks import explore
from tck.results.document import RequirementEntry, Result

HEAVY = [
    "pytest",
    "hypothesis",
    "httpx",
    "jsonschema",
    "yaml",
    "jwt",
    "rich",
    "uvicorn",
    "starlette.applications",
    "sqlite3",
    "schemathesis.pytest.plugin",
    "mutants.everruns",
    "mutants.trigger",
    "tck.run.controller",
    "tck.run.finish",
    "tck.pytest_plugin.plugin",
]
"""What is imported once for all trials."""
TRIALS_A_PROCESS = 25
SOON = 0.25
"""Seconds that a check waits for a write to be seen on a server that shows at once what it ever shows."""
UNREAD = ("write_har", "write_views")
"""What a run writes beside its result, which no trial reads."""
UNTOLD = ((explore, "SHORTENINGS"), (engine, "TRIES"), (rounds, "REPLAYS"))
"""How often a failing case is tried for a better story of it, which no trial tells."""
SOUND = ("passed", "not_applicable")
HANDWRITTEN = "not fuzz and not lifecycle and not races"


@dataclass(frozen=True)
class Task:
    """One trial to be made: the server by its name, further pytest arguments, and how long a write may hide.

    None waits as long as the kit does. A trial with a folder for reports leaves all of them there. One with
    requirements in `until` ends when each of them has failed.
    """

    contract: str
    server: str
    arguments: tuple[str, ...] = ()
    visible_within: float | None = None
    reports: Path | None = None
    until: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What the kit said of a server: its exit code, the outcome of each requirement and its words.

    `broken` are the entries of the result about requirements that did not simply pass, with what says so.
    """

    server: str
    exit: int
    outcomes: dict[str, str]
    levels: dict[str, str]
    text: str
    broken: list[RequirementEntry] = field(default_factory=list)

    def failed(self, level: str | None = None) -> list[str]:
        """The requirements that failed, all or those of one level."""
        broken = [name for name, outcome in self.outcomes.items() if outcome == "failed"]
        return [name for name in broken if level in {None, self.levels[name]}]


def make_trials(tasks: Sequence[Task], jobs: int) -> Iterator[Trial]:
    """Make all trials, in `jobs` processes at a time, in the order given."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(HEAVY)
    roots = {root_of(task.contract) for task in tasks}
    with context.Pool(jobs, _prepare, (roots,), TRIALS_A_PROCESS) as pool:
        yield from pool.imap(make_trial, tasks)


def _prepare(roots: Iterable[Path]) -> None:
    for root in roots:
        add_contracts(root)


def make_trial(task: Task) -> Trial:
    """Serve on loopback and run the kit against it, in this process."""
    package = importlib.import_module(f"mutants.{task.contract}")
    server = server_named(task.contract, task.server)
    with tempfile.TemporaryDirectory(prefix="sessions-tck-trial-") as folder:
        database = Path(folder, "rows.sqlite")
        reference, secrets = package.build(server, database)
        os.environ.update(secrets)
        more = list(getattr(package, "OPTIONS", ()))
        with ExitStack() as serving:
            if getattr(server, "RESTARTS", False):
                again = partial(build_again, package.build, server, database, secrets)
                restarting = Restarting(reference.app(), again, Path(folder, "restart"))
                url = serving.enter_context(restarting).url
                more.append(f"--restart-command={restarting.command}")
            else:
                url = serving.enter_context(Server(reference.app()))
            given = replace(task, arguments=(*more, *task.arguments))
            return _judged(given, url + reference.base_path(), task.reports or Path(folder, "reports"))


def build_again(build: Callable[..., Any], *of: Any) -> Any:
    """The application of a server that is built anew."""
    return build(*of)[0].app()


def _judged(task: Task, url: str, reports: Path) -> Trial:
    import pytest  # noqa: PLC0415 - not in the process that only hands out the work

    from mutants.enough import Enough  # noqa: PLC0415 - nor these, which import pytest and much else
    from tck.run import finish  # noqa: PLC0415

    said = io.StringIO()
    arguments = [
        "-W", "ignore::pytest.PytestAssertRewriteWarning", "--disable-plugin-autoload",
        "-p", "no:cacheprovider", "-q", "-n0", "--tb=native",
        f"--rootdir={ROOT}", f"--contract={task.contract}", *_outside(task.contract),
        f"--base-url={url}", f"--report-dir={reports}", *task.arguments,
    ]  # fmt: skip
    os.chdir(ROOT)
    within = waiting.VISIBLE_WITHIN if task.visible_within is None else task.visible_within
    with ExitStack() as patched:
        patched.enter_context(redirect_stdout(said))
        patched.enter_context(redirect_stderr(said))
        patched.enter_context(patch.object(waiting, "VISIBLE_WITHIN", within))
        for module, tries in UNTOLD:
            patched.enter_context(patch.object(module, tries, 0))
        if not task.reports:
            patched.enter_context(patch.object(finish, "write_result", _in_one_line))
            for name in UNREAD:
                patched.enter_context(patch.object(finish, name, _nothing))
        code = pytest.main(arguments, [Enough(task.until)] if task.until else [])
    gc.unfreeze()  # what the run let be until the process ends, which has further trials
    for name in [name for name in sys.modules if ".test_fuzz" in name]:
        del sys.modules[name]  # which is made for a run that draws cases, or for one that draws none
    path = reports / "result.json"
    requirements: list[RequirementEntry] = (
        json.loads(path.read_text())["requirements"] if path.exists() else []
    )
    return Trial(
        task.server,
        int(code),
        {one["id"]: one["outcome"] for one in requirements},
        {one["id"]: one["level"] for one in requirements},
        said.getvalue(),
        [one for one in requirements if one["outcome"] not in SOUND or one["deviations"]],
    )


def _outside(contract: str) -> list[str]:
    root = root_of(contract)
    return [] if root == ROOT else [f"--contract-dir={root}"]


def _in_one_line(path: Path, result: Result) -> None:
    """Write a result for a program alone, which is done in a tenth of the time."""
    path.write_text(json.dumps(result), encoding="utf-8")


def _nothing(*_: Any) -> str:
    return ""
