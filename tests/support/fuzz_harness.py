"""Fuzzing without pytest: the real drivers against a server in this process, with the cases of two phases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test

from mutants.trigger import build
from reference.serving import Server
from reference.trigger import TriggerReference
from suites.trigger.randomized.fuzzing.base_driver import SessionDriver
from suites.trigger.randomized.fuzzing.drivers import DRIVERS
from suites.trigger.randomized.fuzzing.session_share import WANTED
from tck.checking.check import Check
from tck.paths import spec_dir
from tck.randomized.fuzzing.engine import Fuzz
from tck.randomized.generated_items import fuzzed_api
from tck.randomized.seeding import only_the_seed_decides, settings_for
from tck.results.outcomes import Finding
from tck.run.context import Run, open_run
from tck.run.inputs import Plan, load_specification
from tck.run.options import Options
from tck.run.target import Target, run_prefix
from tck.waiting import IN_VAIN


@cache
def cases_of(operation: str) -> tuple[Any, ...]:
    """The cases that the examples and coverage phases make for one operation."""
    made: list[Any] = []

    def collect(case: Any) -> None:
        made.append(case)

    with only_the_seed_decides():
        api: Any = fuzzed_api(spec_dir("trigger") / "openapi.yaml").include(
            operation_id=f"{operation}Session"
        )
        [found] = api.get_all_operations()
        test = build_operation_test(
            config=api.config, operation=found.ok(), test_func=collect, given_kwargs={},
            feedback=FeedbackSources(),
        )  # fmt: skip
        settings(settings_for(1, phases=(Phase.explicit,)))(test)()
    return tuple(made)


def options_of(folder: Path, url: str = "") -> Options:
    """The options of a run that nobody gave options."""
    return Options(
        contract="trigger", base_url=url, report_dir=folder, fail_on_deviations=False, accept_not_tested=(),
        waivers=None, fuzz_examples=0, rate_limit=None, max_requests=None, max_sessions=None,
        request_timeout=10.0, own={"task_identifier": "my-chat"},
    )  # fmt: skip


def run_against(url: str, secrets: Mapping[str, str], folder: Path, **changes: Any) -> Run:
    """A run of the kit against a URL of this process, which shows writes at once: no look waits in vain for long."""
    spec = load_specification("trigger")
    keys = {item.name: secrets[item.env] for item in spec.contract.credentials if item.env in secrets}
    shared = folder / "shared"
    shared.mkdir()
    target = Target(url, False, keys, run_prefix(), shared)
    run = open_run(Plan(replace(options_of(folder, url), **changes), spec), target, "main")
    run.patience.in_vain = IN_VAIN
    return run


@contextmanager
def served(server: type[TriggerReference], folder: Path) -> Iterator[Run]:
    """A run against a server of its own."""
    made, secrets = build(server, folder / "rows.sqlite")
    with Server(made.app()) as url:
        run = run_against(url + made.base_path(), secrets, folder)
        yield run
        run.client.close()


def rules_of_operation(operation: str) -> tuple[str, ...]:
    """The ids of the requirements that fuzzing an operation judges."""
    registry = load_specification("trigger").registry
    return tuple(name for name in registry if name.startswith(f"{operation}.fuzz-"))


def driver_of(run: Run, check: Check, operation: str, sessions: int | None = None) -> SessionDriver:
    """What knows the operation."""
    wanted = WANTED[operation]
    return DRIVERS[operation](run, check, sessions or wanted, wanted)


def fuzzed(
    run: Run, operation: str, sessions: int | None = None
) -> tuple[dict[str, Finding], Mapping[str, Any]]:
    """What fuzzing an operation found of each of its requirements, and what it says of its own work."""
    check = Check(f"fuzz {operation}", rules_of_operation(operation))
    notes: list[Mapping[str, Any]] = []
    fuzz = Fuzz(
        check, driver_of(run, check, operation, sessions), f"{operation}.fuzz-", "--again", notes.append
    )
    for case in cases_of(operation):
        fuzz.judge(case)
    fuzz.finish()
    return {found.requirement: found for found in check.findings}, notes[0]
