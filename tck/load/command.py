"""A load from the first look at the target to the last session closed and the reports."""

import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tck import __version__
from tck.child import of_this_kit, passing_on
from tck.errors import Indeterminate, KitError
from tck.load.assignment import Assignment, keys_of
from tck.load.orders import OUTCOME, Orders, Outcome
from tck.load.plan import plan_of
from tck.load.report import findings_of, load_entry, times_by_operation
from tck.load.saturation import is_saturated, split
from tck.load.settings import Settings
from tck.program import command_of
from tck.recording.exchange import Exchange
from tck.reports.junit import junit_of
from tck.results.document import GroupState, Result
from tck.results.kit_identity import this_kit
from tck.run.controller import LOCUST_HTML, Controller, open_controller, target_line
from tck.run.finish import Ending, Settlement, Spent, leave, rerun_options, settle_all, write
from tck.run.groups import Groups, states
from tck.run.inputs import make_plan
from tck.unjudged import NotApplicable, NotTested
from tck.vocabulary import BROKE, CANNOT_START, INTERRUPTED

ERRORS, JUNIT = "locust.log", "junit.xml"
LOOPBACK = "127.0.0.1"
TO_END = 20.0
"""Seconds that a process of users gets to end after the one that leads has."""
ENGINE = "tck.load.engine"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Load:
    """A load that this machine leads."""

    settings: Settings
    say: Say

    def go(self) -> int:
        """Observe, close, and report; the exit code. Raises KitError where it cannot begin."""
        settings = self.settings
        plan = make_plan(settings.options, datetime.now(UTC).date())
        controller = open_controller(plan, settings.workers)
        try:
            self.say(target_line(plan, controller.target, __version__))
            try:
                controller.begin()
                outcome = self._observed(controller)
            except (KitError, KeyboardInterrupt) as ended:
                controller.clean_up()
                controller.reports.remove_own_folders()
                if isinstance(ended, KitError):
                    raise
                self.say("Interrupted before any user began; nothing was judged.")
                return INTERRUPTED
            return self._ended(controller, outcome)
        finally:
            controller.close()

    def _observed(self, controller: Controller) -> Outcome | None:
        """What the Locust process that leads told at its end; None where it broke off.

        Raises KitError with what it says where it could not begin, KeyboardInterrupt where it had not begun.
        """
        if controller.sight.no_sessions:
            raise KitError(controller.sight.no_sessions)
        secrets, settings = self._environment(controller), self.settings
        leads = settings.leads or settings.processes > 1
        port = settings.port if settings.leads else free_port()
        taken = {"--master-port": settings.port if settings.leads else 0, "--web-port": settings.web_port}
        for flag, number in taken.items():
            if number and is_taken(number):
                raise KitError(f"{flag}={number} is a port that something else listens on; give another one.")
        errors = controller.target.shared / ERRORS
        orders = self._orders(controller, port if leads else 0)
        here = 0 if settings.leads or not leads else settings.processes
        with ExitStack() as stack:
            relay = stack.enter_context(passing_on())
            leading = stack.enter_context(ended_with(child(orders, secrets, errors)))
            relay.to(leading)
            users = [
                stack.enter_context(ended_with(child(worker_orders(orders, port), secrets)))
                for _ in range(here)
            ]
            code = leading.wait()
            if code == 0:
                wait_for(users)
        said = said_in(errors)
        if relay.came and not (controller.target.shared / OUTCOME).exists():
            raise KeyboardInterrupt
        if code == CANNOT_START:
            raise KitError(said.removesuffix(".") + ".")
        try:
            return Outcome.from_json(json.loads((controller.target.shared / OUTCOME).read_text("utf-8")))
        except (OSError, ValueError):
            self.say(f"ERROR: the process that leads broke off{f': {said}' if said else ''}")
            return None

    def _environment(self, controller: Controller) -> dict[str, str]:
        """The environment of a child: it has the secrets, the embedded reference's too."""
        contract, known = controller.plan.spec.contract, controller.target.credentials
        return {item.env: known[item.name] for item in contract.credentials if item.name in known}

    def _orders(self, controller: Controller, port: int) -> Orders:
        settings, target, shared = self.settings, controller.target, controller.target.shared
        certificates = settings.options.certificates
        given = (certificates.ca_file, certificates.client_cert, certificates.client_key)
        return Orders(
            "master" if port else "alone", str(shared), str(target.ledgers or shared), settings.users,
            settings.seconds, settings.requests, settings.spawn_rate, settings.shape.value, settings.workers,
            settings.leads, "*" if settings.leads else LOOPBACK, port, settings.web_port, settings.web_host,
            tuple(str(one or "") for one in given), self._assignment(controller),
        )  # fmt: skip

    def _assignment(self, controller: Controller) -> Assignment:
        options, target = self.settings.options, controller.target
        spent = controller.run.budget
        groups = self._groups(controller)  # at the cost of the limits
        return Assignment(
            target.base_url, target.embedded, options.contract, str(options.contract_dir or ""), options.own,
            target.prefix, self.settings.seed, options.request_timeout, options.trace_headers,
            options.rate_limit,
            None if options.max_requests is None else max(0, options.max_requests - spent.requests.count - 2),
            None if options.max_sessions is None else max(0, options.max_sessions - spent.sessions.count),
            this_kit(options.contract, controller.plan.spec.contract.root).digest,
            keys_of(target.credentials, target.prefix), groups, self.settings.raw,
        )  # fmt: skip

    def _groups(self, controller: Controller) -> tuple[str, ...]:
        """The optional groups that the target offers, and for which the contract has users."""
        known = plan_of(controller.plan.spec.contract).groups
        offered = tuple(name for name in known if self._offers(controller, name))
        controller.close_early()
        return offered

    def _offers(self, controller: Controller, name: str) -> bool:
        try:
            Groups(controller.run).require(name)
        except (NotApplicable, NotTested, Indeterminate):
            return False
        return True

    def _ended(self, controller: Controller, outcome: Outcome | None) -> int:
        settings, spec = self.settings, controller.plan.spec
        try:
            left_open = controller.clean_up()
        except KeyboardInterrupt:  # who cannot wait interrupts once more
            left_open = len(controller.still_open)
        if outcome is None:
            return BROKE
        observed = outcome.observed
        registry, options = spec.registry, settings.options
        settled = settle_all(registry, findings_of(observed, [*registry]), {})
        operations = [one.id for one in spec.api.operations]
        settlement = Settlement(
            settled, True, outcome.interrupted, left_open, observed.exchanges,
            load=load_entry(settings, observed, outcome.latency, outcome.lost, outcome.stopped),
            times=times_by_operation(outcome.latency, operations, options.request_timeout),
            elsewhere=Spent(observed.work["requests"], observed.work["sessions"]),
            groups=self._states(controller), rerun=self._again(controller),
        )  # fmt: skip

        def more(folder: Path, result: Result, exchanges: Mapping[str, Exchange]) -> None:
            page = controller.target.shared / LOCUST_HTML
            if page.exists():
                (folder / LOCUST_HTML).write_bytes(page.read_bytes())
            (folder / JUNIT).write_text(junit_of(result, exchanges), encoding="utf-8")

        result, written = write(controller, settlement, settings.seed, more)
        ending: Ending = leave(controller, settlement, result, written, 0)
        for note in notes(outcome):
            self.say(f"NOTE: {note}")
        self.say(ending.text)
        for said in observed.problems:
            self.say(f"ERROR: the kit broke at a session:\n{said}")
        return BROKE if observed.problems else ending.exit

    def _states(self, controller: Controller) -> Mapping[str, GroupState]:
        seen, spec = controller.run.groups_seen(), controller.plan.spec
        return states(spec.contract.groups, self.settings.options, seen)

    def _again(self, controller: Controller) -> tuple[str, ...]:
        """The options with which the same is done again, but for where the reports go."""
        settings, options = self.settings, self.settings.options
        place = rerun_options(options, controller.target.embedded, None)
        end = (
            f"--requests={settings.requests}" if settings.requests else f"--minutes={settings.seconds / 60:g}"
        )
        how = [
            f"--users={settings.users}", end, f"--spawn-rate={settings.spawn_rate:g}",
            f"--shape={settings.shape}", f"--seed={settings.seed}",
        ]  # fmt: skip
        how += [f"--max-requests={options.max_requests}"] if options.max_requests else []
        how += [f"--processes={settings.processes}"] if settings.processes > 1 else []
        how += ["--master", f"--expect-workers={settings.expected}"] if settings.leads else []
        return (*place, *how)


def child(orders: Orders, secrets: Mapping[str, str], errors: Path | None = None) -> subprocess.Popen[bytes]:
    """A Locust process with these orders; secrets go to its environment alone."""
    with ExitStack() as stack:
        log = stack.enter_context(errors.open("wb")) if errors else subprocess.DEVNULL
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-P", "-m", ENGINE], stdin=subprocess.PIPE, stderr=log, start_new_session=True,
            env={**of_this_kit(os.environ), **secrets},
        )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(orders.to_json()).encode() + b"\n")
    process.stdin.flush()
    return process


def worker_orders(orders: Orders, port: int) -> Orders:
    """The orders of a process of users on this machine."""
    return replace(orders, role="worker", host=LOOPBACK, port=port, assignment=None, web_port=None)


@contextmanager
def ended_with(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends at the latest with the block."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def wait_for(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for processes to end, but not for long."""
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(TO_END)


def notes(outcome: Outcome) -> Iterator[str]:
    """What an operator must see beside the verdict."""
    if outcome.stopped:
        yield f"the load ended before its time: {outcome.stopped}."
    if outcome.lost:
        workers = "1 worker was" if outcome.lost == 1 else f"{outcome.lost} workers were"
        yield f"{workers} lost; what was seen there in the last second is not in the result."
    saturated = sum(n for name, n in outcome.observed.replies.items() if is_saturated(split(name)[1]))
    if saturated:
        every = sum(outcome.observed.replies.values())
        yield f"{saturated} of {every} calls found the target saturated; result.json counts them under load."


def is_taken(port: int) -> bool:
    """Whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def said_in(errors: Path) -> str:
    """The last line of what a process has written to standard error, without what marks it as an error."""
    lines = errors.read_text("utf-8", "replace").strip().splitlines() if errors.exists() else []
    return lines[-1].removeprefix("ERROR: ") if lines else ""


def load_program(program: str) -> str:
    """The command for a load as words for a shell."""
    return f"{command_of(program)} {shlex.join(['load'])}"


def settings_with_program(settings: Settings) -> Settings:
    """The settings, their options naming the command by which the load is done again."""
    return replace(
        settings, options=replace(settings.options, program=load_program(settings.options.program))
    )
