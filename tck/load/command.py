"""A load from the first look at the target to the last session closed and the reports."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tck import __version__
from tck.child import of_this_kit, passing_on
from tck.errors import KitError
from tck.load.assignment import Assignment
from tck.load.observed import Observed
from tck.load.orders import Orders
from tck.load.report import findings_of, load_entry, times_by_operation
from tck.load.settings import Settings
from tck.program import command_of
from tck.run.controller import LOCUST_HTML, Controller, open_controller, target_line
from tck.run.finish import Ending, Settlement, Spent, leave, rerun_options, settle_all, write
from tck.run.inputs import make_plan
from tck.vocabulary import BROKE

OUTCOME = "outcome.json"
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
            except KitError:
                controller.clean_up()
                controller.reports.remove_own_folders()
                raise
            if controller.sight.no_sessions:
                controller.clean_up()
                raise KitError(controller.sight.no_sessions)
            return self._ended(controller, self._observed(controller))
        finally:
            controller.close()

    def _observed(self, controller: Controller) -> dict[str, Any]:
        """What the Locust process told at its end; empty where it broke off."""
        orders = self._orders(controller)
        process = child(orders, self._environment(controller))
        with process, passing_on(process):
            process.wait()
        try:
            told: dict[str, Any] = json.loads((controller.target.shared / OUTCOME).read_text("utf-8"))
        except (OSError, ValueError):
            told = {}
        return told

    def _environment(self, controller: Controller) -> dict[str, str]:
        """The environment of a child: it has the secrets, the embedded reference's too."""
        contract, known = controller.plan.spec.contract, controller.target.credentials
        return {item.env: known[item.name] for item in contract.credentials if item.name in known}

    def _orders(self, controller: Controller) -> Orders:
        settings, target, shared = self.settings, controller.target, controller.target.shared
        options = settings.options
        certificates = options.certificates
        given = (certificates.ca_file, certificates.client_cert, certificates.client_key)
        return Orders(
            "alone", str(shared), str(target.ledgers or shared), settings.users, settings.seconds,
            settings.requests, settings.spawn_rate, settings.shape.value,
            certificates=tuple(str(one or "") for one in given),  # type: ignore[arg-type]
            assignment=self._assignment(controller),
        )  # fmt: skip

    def _assignment(self, controller: Controller) -> Assignment:
        options, target = self.settings.options, controller.target
        spent = controller.run.budget
        return Assignment(
            target.base_url, target.embedded, options.contract, str(options.contract_dir or ""), options.own,
            target.prefix, self.settings.seed, options.request_timeout, options.trace_headers,
            options.rate_limit,
            None if options.max_requests is None else max(0, options.max_requests - spent.requests.count - 2),
            None if options.max_sessions is None else max(0, options.max_sessions - spent.sessions.count),
            raw=self.settings.raw,
        )  # fmt: skip

    def _ended(self, controller: Controller, outcome: dict[str, Any]) -> int:
        settings, spec = self.settings, controller.plan.spec
        left_open = controller.clean_up()
        if not outcome:
            self.say("ERROR: the process of users broke off and told nothing; its sessions are closed.")
            return BROKE
        observed = Observed.from_json(outcome["observed"])
        registry, options = spec.registry, settings.options
        settled = settle_all(registry, findings_of(observed, [*registry]), {})
        operations = [one.id for one in spec.api.operations]
        settlement = Settlement(
            settled, True, outcome["interrupted"], left_open, observed.exchanges,
            load=load_entry(settings, observed, outcome["latency"], 0, outcome["why_stopped"]),
            times=times_by_operation(outcome["latency"], operations, options.request_timeout),
            elsewhere=Spent(observed.work["requests"], observed.work["sessions"]),
            rerun=self._again(controller),
        )  # fmt: skip

        def more(folder: Path, *_: Any) -> None:
            page = controller.target.shared / LOCUST_HTML
            if page.exists():
                (folder / LOCUST_HTML).write_bytes(page.read_bytes())

        result, written = write(controller, settlement, settings.seed, more)
        ending: Ending = leave(controller, settlement, result, written, 0)
        self.say(ending.text)
        for said in observed.problems:
            self.say(f"ERROR: the kit broke at a session:\n{said}")
        return BROKE if observed.problems else ending.exit

    def _again(self, controller: Controller) -> tuple[str, ...]:
        settings = self.settings
        place = rerun_options(settings.options, controller.target.embedded, None)
        how = (
            f"--users={settings.users}", f"--minutes={settings.seconds / 60:g}",
            f"--spawn-rate={settings.spawn_rate:g}", f"--shape={settings.shape}", f"--seed={settings.seed}",
        )  # fmt: skip
        return (*place, *how)


def child(orders: Orders, secrets: dict[str, str]) -> subprocess.Popen[bytes]:
    """A Locust process with these orders; secrets go to its environment alone."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-P", "-m", ENGINE], stdin=subprocess.PIPE, start_new_session=True,
        env={**of_this_kit(os.environ), **secrets},
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(orders.to_json()).encode() + b"\n")
    process.stdin.flush()
    return process


def load_program(program: str) -> str:
    """The command for a load as words for a shell."""
    return f"{command_of(program)} {shlex.join(['load'])}"


def settings_with_program(settings: Settings) -> Settings:
    """The settings, their options naming the command by which the load is done again."""
    return replace(
        settings, options=replace(settings.options, program=load_program(settings.options.program))
    )
