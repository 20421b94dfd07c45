"""The pytest plugin: it turns a pytest run over the suites into a verdict on a target."""

import gc
import os
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tck.checking.check import Check
from tck.checking.comparison import compared
from tck.errors import KitError
from tck.pytest_internals import runtestprotocol
from tck.pytest_plugin.collection import (
    COLLECTED,
    USED_UP,
    Scope,
    last_ones_last,
    long_ones_early,
    mark_generated,
    most_telling_first,
    note,
    only_quick,
    only_requirements,
    other_contract,
    requirements_of,
    scope_of,
    used_up,
    verify_marks,
    verify_paths,
    without_groups,
)
from tck.pytest_plugin.command_line import PLAN, add_options, contract_name, read_options
from tck.pytest_plugin.confirm import Confirmation
from tck.pytest_plugin.contract_dir import go_outside
from tck.pytest_plugin.controller_hooks import CONFIRMATION, REFUSAL, TRIALS, WORKER_INPUT, Judge
from tck.pytest_plugin.far_targets import auto, may_spread, send_one_by_one
from tck.pytest_plugin.fixtures import (
    RUN,
    check,
    has_restart,
    needed_capabilities,
    others_have_ended,
    restart,
    run,
    send,
)
from tck.pytest_plugin.item_reports import CHECK, conclude, report_of
from tck.pytest_plugin.own_sections import OwnSections
from tck.pytest_plugin.plan_mode import Planner
from tck.pytest_plugin.progress import Progress, requests_of
from tck.run.absence import Absence
from tck.run.accounting import Collected
from tck.run.context import Run, open_run
from tck.run.inputs import make_plan
from tck.run.restart import Restart
from tck.run.shared_use import SharedUse
from tck.run.target import Target

NO_AUTOLOAD, NO_AUTOLOAD_FLAG = "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "--disable-plugin-autoload"
NEEDED = {
    "base_url": "pytest_base_url.plugin",
    "xdist": "xdist.plugin",
    "hypothesispytest": "_hypothesis_pytestplugin",
}
"""The plugins among the kit's dependencies: the names under which pytest finds them, and their modules."""

__all__ = ["check", "has_restart", "needed_capabilities", "others_have_ended", "restart", "run", "send"]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the kit's options."""
    config = pluginmanager.get_plugin("pytestconfig")
    assert isinstance(config, pytest.Config)
    if os.environ.get(NO_AUTOLOAD) or NO_AUTOLOAD_FLAG in config.invocation_params.args:
        load_needed_plugins(pluginmanager)
    try:
        add_options(parser, config)
    except KitError as error:
        raise pytest.UsageError(str(error)) from None


def load_needed_plugins(manager: pytest.PytestPluginManager) -> None:
    """Load the plugins that the kit needs, where pytest loads none by itself."""
    for short, module in NEEDED.items():
        known = module in sys.modules and manager.is_registered(sys.modules[module])
        if not (known or manager.is_blocked(short)):
            manager.import_plugin(module)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Decide whether this command judges a target, and read the contract if so."""
    config.addinivalue_line("markers", "requirement(*ids): the requirements that a check judges")
    config.addinivalue_line("markers", "generated: fuzz, lifecycle and races together; set by the kit")
    config.addinivalue_line("markers", "last: run after the other checks, which fill the time it waits for")
    config.addinivalue_line("markers", "uses_up(fixture): run after all others of that fixture have ended")
    config.addinivalue_line("markers", "quiet: run after all others have ended, in whichever process")
    try:
        root = go_outside(config, contract_name(config))
        scope = scope_of(config, root)
        if scope is Scope.ASLEEP:
            return
        verify_assertions()
        plan = make_plan(read_options(config), datetime.now(UTC).date())
        verify_paths(config, plan.spec.contract.name, root)
    except KitError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[PLAN] = plan
    config.stash[COLLECTED] = Collected()
    sections = OwnSections.asked_for(config)
    if getattr(config.option, "tbstyle", "") == "auto":
        config.option.tbstyle = "short"
    if getattr(config.option, "allure_report_dir", None):
        from tck.pytest_plugin.allure import speak_to_allure  # noqa: PLC0415 - allure-pytest may not be installed

        speak_to_allure(config)
    if config.getoption("plan"):
        config.pluginmanager.register(Planner(config, plan), "sessions-tck-planner")
    if scope is Scope.JUDGE and not is_worker(config):
        progress = Progress(config)
        judge = Judge(config, sections, progress)
        config.pluginmanager.register(judge, "sessions-tck-judge")
        config.pluginmanager.register(progress, "sessions-tck-progress")
        if may_spread(config):
            judge.look_how_far()
        send_one_by_one(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Let `-n auto` mean what the kit chooses where --base-url names a target."""
    return auto(config)


def verify_assertions() -> None:
    """Raise KitError where python leaves out assertions."""
    if not __debug__:
        raise KitError("python -O removes the checks' assertions; run python without it.")


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is an xdist worker."""
    return hasattr(config, "workerinput")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the suites of the other contracts."""
    plan = config.stash.get(PLAN, None)
    if plan is None:
        return None
    contract = plan.spec.contract
    return True if other_contract(collection_path, contract.name, contract.root) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Let only the seed decide what is generated, from here on.

    What collecting makes lasts as long as the process: Python's garbage collector need not look at it, which
    takes a tenth of a run's processor time otherwise.
    """
    plan = session.config.stash.get(PLAN, None)
    if plan is not None:
        from tck.randomized.seeding import begin  # noqa: PLC0415 - Hypothesis is slow to import, and needed only here

        begin(session.config, plan.allowance.examples(plan.options.fuzz_examples), plan.wanted)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Note every check as it is found, before any option or plugin leaves some out."""
    report = yield
    plan = collector.config.stash.get(PLAN, None)
    if plan is not None and report.passed:
        items = [item for item in report.result if isinstance(item, pytest.Item)]
        note(collector.config.stash[COLLECTED], items, plan)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse checks without requirements, put the waiting ones last, and leave out what was not asked for."""
    plan = config.stash.get(PLAN, None)
    if plan is None:
        return
    note(config.stash[COLLECTED], items, plan)
    try:
        verify_marks(items, plan.spec.registry)
    except KitError as error:
        if not is_worker(config):
            raise pytest.UsageError(str(error)) from None
        config.workeroutput[REFUSAL] = str(error)  # type: ignore[attr-defined]
        items.clear()
    mark_generated(items)
    most_telling_first(items, plan.spec.telling)
    if is_worker(config):
        spec, nodes = plan.spec, [item.nodeid for item in items]
        long_ones_early(items, requests_of(nodes, spec.costs, spec.contract.name))
    last_ones_last(items)
    without_groups(config, items, plan.spec.registry, plan.options)
    only_requirements(config, items, plan.wanted)
    if plan.options.quick:
        only_quick(config, items, plan.spec.telling)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what is to be run; a worker hands all that it noted to the controlling process at its end."""
    session.config.stash[USED_UP] = frozenset(name for item in session.items for name in used_up(item))
    collected = session.config.stash.get(COLLECTED, None)
    if collected is None:
        return
    collected.selected |= {item.nodeid for item in session.items}
    if is_worker(session.config):
        session.config.workeroutput[WORKER_INPUT] = collected.to_json()  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Take the target from the controlling process, if this is a worker of it."""
    config = session.config
    plan = config.stash.get(PLAN, None)
    if plan is not None and is_worker(config):
        handed = config.workerinput  # type: ignore[attr-defined]
        target = Target.from_json(handed[WORKER_INPUT])
        worker = str(handed["workerid"])
        config.stash[RUN] = open_run(plan, target, worker)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Judge failed checks again once all have ended, if that was asked for."""
    config = session.config
    plan = config.stash.get(PLAN, None)
    if plan is None or RUN not in config.stash or not plan.options.confirm or not session.items:
        return (yield)
    confirmation = Confirmation(config.stash[RUN], plan.options.confirm, frozenset(plan.waivers))
    config.stash[CONFIRMATION] = confirmation
    result = yield
    if not (session.shouldstop or session.shouldfail):
        confirmation.go(session)
        if is_worker(config):
            config.workeroutput[TRIALS] = [one.to_json() for one in confirmation.trials]  # type: ignore[attr-defined]
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let go of a worker's ledger and connections."""
    if is_worker(session.config) and RUN in session.config.stash:
        session.config.stash[RUN].close()


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    """Say what was seen and what was expected, and keep both for the result."""
    running = config.stash.get(CHECK, None)
    if running is None:
        return None
    with running.unnoted():
        running.comparison = said = compared(op, left, right)
    return [str(said), f"expected {said.expected}", f"seen     {said.seen}"]


@pytest.hookimpl(tryfirst=True, specname="pytest_runtest_protocol")
def pytest_begin_again(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a check, and once more from its beginning if the target went away meanwhile and came back."""
    run = item.config.stash.get(RUN, None)
    if run is None:
        return None
    confirmation = item.config.stash.get(CONFIRMATION, None)
    reported = confirmation is None or not confirmation.under_way
    if reported:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = _judged(item, nextitem, run)
    check = item.config.stash[CHECK]
    if confirmation is not None and check is not None:
        confirmation.ended(item, check)
    if reported:
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _judged(item: pytest.Item, nextitem: pytest.Item | None, run: Run) -> list[pytest.TestReport]:
    """The reports of a check, those of the second time where an absence of the target hit the first."""
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    first = item.config.stash[CHECK]
    absence = Absence(run)
    waited = absence.is_over(first) if first is not None else None
    if first is not None and waited is not None:
        item.config.stash[CHECK] = again = first.begun_again()
        if waited:
            absence.look_for_losses(again)
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        reports[-1].waited = waited  # type: ignore[attr-defined]
    return reports


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give each check its own collection of findings."""
    if RUN in item.config.stash:
        item.config.stash[CHECK] = Check(item.nodeid, requirements_of(item))
    try:
        return (yield)
    finally:
        item.config.stash[CHECK] = None
        if RUN in item.config.stash:
            Restart(item.config.stash[RUN]).check_ended()
            for fixture in item.config.stash.get(USED_UP, frozenset()).intersection(
                getattr(item, "fixturenames", ())
            ):
                SharedUse(item.config.stash[RUN], fixture).has_ended(item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Note what the body of a check looks at, and let it find at its end what can only be said then."""
    running = item.config.stash.get(CHECK, None)
    if running is not None:
        running.begin()
    result = yield
    for ending in running.at_end if running is not None else ():
        ending()
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn what happened into findings, and send them home on the report."""
    report = yield
    running = item.config.stash.get(CHECK, None)
    if running is not None:
        run = item.config.stash[RUN]
        conclude(running, call, run.registry, run.clean)
        run.broken_by_replies |= running.broken_reply_rules
        report_of(running, report, item.config.stash[PLAN], run.clean, run.broken_by_replies)
    return report
