"""The controlling process's part in a run: find the target, take in the findings, settle the verdict."""

import signal
import sys
import threading
import traceback
from collections.abc import Generator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tck import __version__
from tck.errors import KitError
from tck.pytest_internals import JunitWriter, remember_with, spare_cache
from tck.pytest_plugin.closed_pipe import Unread
from tck.pytest_plugin.collection import COLLECTED
from tck.pytest_plugin.command_line import PLAN, joined
from tck.pytest_plugin.confirm import Confirmation
from tck.pytest_plugin.far_targets import spread_over, stay_alone, work_of
from tck.pytest_plugin.fixtures import RUN
from tck.pytest_plugin.item_reports import reports_on_replies
from tck.pytest_plugin.own_sections import OwnSections
from tck.pytest_plugin.plan_mode import verified_limits, workers_of
from tck.pytest_plugin.progress import Progress
from tck.recording.exchange import Exchange
from tck.reports.junit import add_causes
from tck.results.differences import Difference
from tck.results.document import Result
from tck.results.outcomes import Finding
from tck.results.repeats import Trial
from tck.run.accounting import Accounting, Collected
from tck.run.controller import Controller, leftover_line, open_controller, target_line, unreleased_line
from tck.run.finish import Ending, finish, settle_run
from tck.run.spread import Spread
from tck.values.ci_commands import WithoutCommands, without_commands
from tck.vocabulary import BROKE, Outcome

WORKER_INPUT = "sessions_tck"
"""What a worker is handed, and hands back."""
TRIALS = "sessions_tck_trials"
"""What judging failed checks again showed in a worker."""
CONFIRMATION: pytest.StashKey[Confirmation] = pytest.StashKey()
REFUSAL = "sessions_tck_refusal"
"""The sentence of a worker that could not start."""
ENDINGS = ("SIGTERM", "SIGHUP")
"""The names of the signals that end a run like an interrupt."""
CRASHED = "???"
"""What xdist gives as the phase of a check whose worker died."""


class Judge:
    """A pytest plugin, registered where a command judges a target, and not in workers."""

    def __init__(self, config: pytest.Config, sections: OwnSections, progress: Progress) -> None:
        self.config = config
        self.progress = progress
        self.sections = sections
        given = getattr(config.option, "xmlpath", None)
        self.junit_path = Path(given).resolve() if given else None
        self.junit = JunitWriter.take_over(config)
        self.accounting = Accounting(config.stash[COLLECTED])
        self.controller: Controller | None = None
        self.spread = Spread(1)
        self.ending: Ending | None = None
        self.without_cache = False
        self.output: WithoutCommands | None = None

    def look_how_far(self) -> None:
        """Choose how many processes run the checks, by how far away the target is."""
        work = work_of(self.config)
        if work is not None:
            self.spread = spread_over(self.config, self._opened(), work)
        if self.spread.workers == 1:
            stay_alone(self.config)

    def _opened(self) -> Controller:
        """The run's own part, opened when it is first asked for; raises UsageError."""
        if self.controller is None:
            try:
                self.controller = open_controller(self.config.stash[PLAN], workers_of(self.config))
            except KitError as error:
                raise pytest.UsageError(str(error)) from None
            self.config.add_cleanup(self._close_what_never_began)
        return self.controller

    def _close_what_never_began(self) -> None:
        """Leave nothing behind where pytest ends before its session begins."""
        if RUN not in self.config.stash and self.controller is not None:
            self.controller.clean_up()
            self.controller.reports.remove_own_folders()
            self.controller.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Find the target, before xdist starts its workers; at most it was looked at."""
        plan = self.config.stash[PLAN]
        controller = self._opened()
        self.config.stash[RUN] = controller.run
        spare_cache(self.config, self._uncached)
        self.output = _guarded_output(self.config)
        self._end_like_an_interrupt()
        given = self.config.invocation_params
        self.config.invocation_params = replace(given, args=joined(map(str, given.args)))
        _say(self.config, target_line(plan, controller.target, __version__))
        if _verbosity(self.config) >= 0:
            _say(self.config, self.spread.said)
        if not controller.target.embedded and _verbosity(self.config) >= 0:
            _say(self.config, unreleased_line(plan))
        _say(self.config, plan.spec.telling.line if plan.options.quick else "")
        _say(self.config, controller.reports.moved)
        _say(self.config, leftover_line(plan.options))

    def _end_like_an_interrupt(self) -> None:
        """Let a polite request to end leave nothing behind, just as Ctrl-C does."""
        if _handles_signals():
            interrupt, ends = signal.getsignal(signal.SIGINT), {}
            for number in _endings():
                if signal.getsignal(number) is not signal.SIG_IGN:
                    ends[number] = signal.signal(number, signal.default_int_handler)
            self.config.add_cleanup(partial(self._restore, interrupt, ends))

    def _restore(self, interrupt: Any, ends: Mapping[signal.Signals, Any]) -> None:
        if not self.accounting.was_interrupted:  # who interrupts once more wants no traceback
            signal.signal(signal.SIGINT, interrupt)
        for number, handler in ends.items():
            signal.signal(number, handler)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Begin, where this process runs the checks, and judge at their end what every reply must be."""
        if not session.testsfailed or session.config.option.continue_on_collection_errors:
            self._begin([item.nodeid for item in session.items])
        try:
            return (yield)
        finally:
            if CONFIRMATION in self.config.stash:
                self.accounting.tried(self.config.stash[CONFIRMATION].trials)
            self._judge_replies(session)

    def _judge_replies(self, session: pytest.Session) -> None:
        """Report the item of every reply, whatever was selected."""
        plan = self.config.stash[PLAN]
        shown = self.accounting.replies
        reports = reports_on_replies(plan.spec.contract.name, shown, plan)
        if not reports:
            return
        node, location, hook = reports[0].nodeid, reports[0].location, self.config.hook
        session.testscollected += 1
        terminal: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None and _verbosity(self.config) < 0:
            terminal.write_line("")
        elif terminal is not None:
            terminal.currentfspath = None  # whose line is full
        hook.pytest_runtest_logstart(nodeid=node, location=location)
        for report in reports:
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=node, location=location)
        remember_with(self.config, node, [one.check for one in shown if one.outcome is Outcome.FAILED])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Begin, where workers run the checks: the first that has collected them is as good as any."""
        self._begin(ids)

    def _begin(self, checks: list[str]) -> None:
        """Send the first request, unless there is nothing to run, or more than the limits allow."""
        if self.controller is None or self.controller.begun or not checks:
            return
        try:
            cut = verified_limits(self.config.stash[PLAN], checks, workers_of(self.config))
            self.controller.begin()
            for remark in self.controller.sight.remarks:
                _say(self.config, f"NOTE: {remark}")
        except KitError as error:
            raise pytest.UsageError(without_commands(str(error))) from None
        if cut:
            self.controller.run.note("limits", {"cut": cut})
            _say(self.config, f"generated checks are cut by {cut}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the target to an xdist worker, over its pipe."""
        if self.controller is not None:
            node.workerinput[WORKER_INPUT] = self.controller.target.to_json()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Take from an xdist worker what it had collected."""
        if error is not None:
            self.accounting.lost_worker()
        output = getattr(node, "workeroutput", None) or {}
        if WORKER_INPUT in output:
            self.accounting.saw(Collected.from_json(output[WORKER_INPUT]))
        self.accounting.tried(Trial.from_json(entry) for entry in output.get(TRIALS, ()))
        if REFUSAL in output:
            self.accounting.refused(output[REFUSAL])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a check file that cannot be read."""
        if report.failed:
            self.accounting.unreadable()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a check has begun."""
        self.accounting.started(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the findings off the report."""
        if report.when == "teardown" and getattr(report, "concluded", False):
            self.accounting.finished(report.nodeid)
        elif str(report.when) == CRASHED:
            self.accounting.crashed(report.nodeid)
        waited: float | None = getattr(report, "waited", None)
        if waited is not None:
            self.accounting.began_again(waited)
            if waited:
                said = f"the target did not answer for {waited:.0f} s"
                _say(self.config, f"\n  {said}; {report.nodeid} was run again from its beginning")
        found: list[dict[str, Any]] = getattr(report, "findings", [])
        self.accounting.found(Finding.from_json(entry) for entry in found)
        replies: list[dict[str, Any]] = getattr(report, "replies", [])
        self.accounting.replied(Finding.from_json(entry) for entry in replies)
        differing: list[dict[str, Any]] = getattr(report, "differences", [])
        self.accounting.differed(Difference.from_json(entry) for entry in differing)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that the user ended the run; what pytest and xdist raise to stop by themselves is none."""
        if excinfo.type in (KeyboardInterrupt, pytest.exit.Exception):
            self.accounting.interrupted()

    def pytest_internalerror(self) -> None:
        """Note that pytest or a plugin broke."""
        self.accounting.broke()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Settle the verdict once xdist's workers are down and before anything is shown."""
        try:
            yield
        except KeyboardInterrupt:
            self.accounting.interrupted()
        finally:
            if self.controller is not None:
                self._finish(session, self.controller)

    def _finish(self, session: pytest.Session, controller: Controller) -> None:
        try:
            session.exitstatus = self._ended(int(session.exitstatus), controller)
        except KitError as error:
            _complain(self.config, str(error))
            session.exitstatus = BROKE
        except Exception:  # noqa: BLE001 - whatever it is, the kit is at fault, and the user must know
            _complain(self.config, f"the kit broke:\n{traceback.format_exc()}")
            session.exitstatus = BROKE
        finally:
            self.progress.stop()
            controller.close()

    def _ended(self, exitstatus: int, controller: Controller) -> int:
        none = self.accounting.no_verdict(exitstatus == pytest.ExitCode.USAGE_ERROR)
        if none:
            controller.clean_up()
            controller.reports.remove_own_folders()
            if none.why:
                _complain(self.config, none.why)
            return none.exit
        seed, verbosity = _seed(self.config), _verbosity(self.config)
        self.progress.finishing("closing the sessions of the run")
        settlement = settle_run(controller, self.accounting)
        self.progress.finishing("writing the reports")
        _let_nothing_interrupt()
        self.ending = finish(controller, settlement, seed, verbosity, self._write_junit)
        if self.accounting.is_sound:
            self.sections.leave_out_others(self.config)
        return self.ending.exit if self.accounting.is_sound else BROKE

    def _write_junit(self, folder: Path, result: Result, exchanges: Mapping[str, Exchange]) -> None:
        if self.junit is not None:
            given = self.junit_path
            path = given if given and given.parent != folder.parent.resolve() else folder / "junit.xml"
            self.junit.write(path)
            add_causes(path, result, exchanges)

    def _uncached(self, error: OSError) -> None:
        if not self.without_cache:
            _complain(
                self.config,
                f"pytest's cache could not be written ({error.strerror}); --lf knows no failures.",
            )
        self.without_cache = True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the verdict."""
        if self.ending is not None:
            terminalreporter.ensure_newline()
            if _verbosity(self.config) >= 0:
                terminalreporter.section("verdict")
            terminalreporter.write_line(self.ending.text)
        if self.ending is not None and self.output is not None:
            for command in self.ending.commands:
                self.output.file.write(f"{command}\n")


def _handles_signals() -> bool:
    return threading.current_thread() is threading.main_thread()


def _endings() -> list[signal.Signals]:
    """The signals that end a run like an interrupt; Windows has no SIGHUP, and nohup has it ignored."""
    return [number for number in signal.Signals if number.name in ENDINGS]


def _let_nothing_interrupt() -> None:
    """From here on reports are written, which is soon done."""
    if _handles_signals():
        for number in (signal.SIGINT, *_endings()):
            signal.signal(number, signal.SIG_IGN)


def _guarded_output(config: pytest.Config) -> WithoutCommands | None:
    """What the terminal reporter writes to from now on: no text of a target is a command to CI systems there.

    A reader that leaves ends the output alone, and not the run.
    """
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return None
    writer = reporter._tw  # pytest has no public place for another file
    file = Unread(writer._file)
    config.add_cleanup(file.flush)  # before pytest does, which exits with 1 where nobody reads
    writer._file = output = WithoutCommands(file)  # type: ignore[arg-type]
    return output


def _verbosity(config: pytest.Config) -> int:
    """How often -v was given, less -q; without the terminal plugin there is neither."""
    return int(getattr(config.option, "verbose", 0))


def _complain(config: pytest.Config, sentence: str) -> None:
    """Say what went wrong, whether or not there is a terminal reporter."""
    if config.pluginmanager.has_plugin("terminalreporter"):
        _say(config, f"ERROR: {sentence}")
    else:
        sys.stderr.write(f"ERROR: {sentence}\n")


def _say(config: pytest.Config, text: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and text:
        reporter.ensure_newline()
        reporter.write_line(text)


def _seed(config: pytest.Config) -> int | str | None:
    seed: int | str | None = config.getoption("hypothesis_seed", None)
    return seed
