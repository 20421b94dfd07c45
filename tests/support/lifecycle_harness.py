"""The real walker and the real contests against a server in this process, without pytest."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from mutants.trigger import build
from reference.serving import Server
from reference.trigger import TriggerReference
from suites.trigger.randomized.racer import Racer
from suites.trigger.randomized.walk_machine import (
    SessionWalk,
    Step,
    of_the_same_session,
    sessions_made,
    told_by,
)
from suites.trigger.randomized.walker import Walker
from tck.checking.check import Check
from tck.randomized.tally import Tally
from tck.randomized.walks.explore import Explorer
from tck.randomized.walks.generate import Walk, most_telling, walks_of
from tck.results.outcomes import Finding
from tck.run.context import Run
from tests.support.fuzz_harness import run_against

LIFECYCLE = tuple(f"lifecycle.model-{name}" for name in ("create", "retrieve", "update", "close", "tokens"))


@cache
def walks(number: int) -> list[Walk[Step]]:
    made_up = walks_of(SessionWalk, 30, 30, 0, "lifecycle")
    return most_telling(made_up, number, 100, sessions_made, told_by)


@contextmanager
def kit_on(server: type[TriggerReference], folder: Path, **changes: Any) -> Iterator[Run]:
    """A run of the kit on an instance of a server."""
    reference, secrets = build(server, folder / "rows.sqlite")
    with Server(reference.app()) as url:
        run = run_against(url + reference.base_path(), secrets, folder, **changes)
        try:
            yield run
        finally:
            run.client.close()


def explored(run: Run, some: list[Walk[Step]]) -> dict[str, Finding]:
    """What exploring these walks finds, by requirement."""
    check = Check("test_it", LIFECYCLE)
    Explorer(
        run, Tally(check), Walker.runner(run, check), of_the_same_session, "--hypothesis-seed=0"
    ).explore(some)
    return {found.requirement: found for found in check.findings}


def racer(run: Run) -> Racer:
    return Racer(run, Check("test_it", ()))
