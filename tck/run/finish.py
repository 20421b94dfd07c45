"""The end of a run: everything closed, the outcomes settled, the result and its views written."""

import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tck import __version__
from tck.contract.releases import added_since
from tck.contract.requirements import Registry
from tck.contract.waivers import Waiver
from tck.recording.exchange import Exchange, read_spools
from tck.recording.har import har_digest, write_har
from tck.reports import HTML
from tck.reports.cause_view import count
from tck.reports.github import append_step_summary, commands_to_github
from tck.reports.one_screen import Reports
from tck.reports.reproduce import script_name
from tck.reports.terminal import closing_summary
from tck.reports.views import write_views
from tck.results.blame import with_blame
from tck.results.differences import Difference, told
from tck.results.document import GroupState, LoadEntry, Result
from tck.results.gateway_replies import remarks_on
from tck.results.kit_identity import this_kit
from tck.results.latency import Times
from tck.results.outcomes import (
    Finding,
    Settled,
    despite,
    exit_code,
    is_about,
    not_there,
    settle,
    stale_waivers,
)
from tck.results.repeats import Trial, repeats_by_failure
from tck.results.result_file import Facts, build_result, write_result
from tck.results.slo import fails, why_it_fails
from tck.run.accounting import Accounting, written_checks
from tck.run.context import Run
from tck.run.controller import LOCUST_HTML, REPORTS, Controller
from tck.run.groups import left_out, states
from tck.run.options import REQUEST_TIMEOUT, Options
from tck.run.report_dir import RESULT
from tck.values.texts import in_all_texts
from tck.vocabulary import BROKE, CORE, INTERRUPTED, Outcome, Verdict

More = Callable[[Path, Result, Mapping[str, Exchange]], None]
"""Writes what else there is of a run to a folder."""


@dataclass(frozen=True)
class Ending:
    """What a finished run leaves beside its reports: the result, the text for a person, and the exit code.

    `commands` are lines for the CI system that runs the kit.
    """

    result: Result
    text: str
    exit: int
    commands: Sequence[str] = ()


@dataclass(frozen=True)
class Spent:
    """Requests that were sent and sessions that were made."""

    requests: int = 0
    sessions: int = 0


@dataclass(frozen=True)
class Settlement:
    """What is known once nothing more is sent: each requirement, and the sessions that may still be open."""

    settled: tuple[Settled, ...]
    partial: bool
    interrupted: bool
    left_open: int
    exchanges: Mapping[str, Exchange]
    differences: Sequence[Difference] = ()
    not_there: Sequence[str] = ()
    """The operations that the target does not have."""
    waits: Sequence[float] = ()
    groups: Mapping[str, GroupState] = field(default_factory=dict)
    """What became of each optional group."""
    trials: Sequence[Trial] = ()
    load: LoadEntry | None = None
    """Under which load all of this was observed, if it was."""
    times: Mapping[str, Times] = field(default_factory=dict)
    """By operation how often calls took how long, under load."""
    elsewhere: Spent = Spent()
    """What processes have spent that count for themselves."""
    rerun: Sequence[str] | None = None
    """The options that do the same again, where they are not those of a run."""


def finish(
    controller: Controller,
    settlement: Settlement,
    seed: int | str | None,
    verbosity: int = 0,
    more: More | None = None,
) -> Ending:
    """Write the result, its views and what `more` writes.

    The text is the summary: one screen, one line below a `verbosity` of 0, and everything above it. Reports
    that cannot be written are a sentence after it.
    """
    result, said = write(controller, settlement, seed, more)
    return leave(controller, settlement, result, said, verbosity)


def settle_run(controller: Controller, accounting: Accounting) -> Settlement:
    """Close what was made, and settle every requirement."""
    plan = controller.plan
    left_open = _cleaned_up(controller, accounting)
    added = added_since(plan.spec.release, plan.spec.registry)
    exchanges = {exchange.id: exchange for exchange in read_spools(controller.target.shared)}
    operations = [operation.id for operation in plan.spec.api.operations]
    answered = [(one.operation, one.status) for one in exchanges.values() if one.status is not None]
    missing = not_there(operations, answered)
    waivers = {name: _clean(one, controller.run) for name, one in plan.waivers.items()}
    contract, options = plan.spec.contract, plan.options
    used = {one.group for one in plan.spec.registry.values()}
    groups = states([name for name in contract.groups if name in used], options, controller.run.groups_seen())
    absent = {name: left_out(name, options) for name in contract.groups if not options.chooses(name)}
    settled = settle_all(plan.spec.registry, accounting.findings(), waivers, added, missing)
    settled = tuple(without_groups(settled, absent))
    missing = tuple(name for name in missing if groups.get(contract.group_of(name)) != "not_offered")
    stale = stale_waivers(settled, plan.waivers)
    if stale:
        controller.run.note("waivers", {"stale": len(stale)})
    partial = accounting.is_partial(written_checks(plan.spec.contract.name, plan.spec.contract.root))
    interrupted, differences, waits = accounting.was_interrupted, accounting.differences, accounting.waits
    return Settlement(
        settled, partial, interrupted, left_open, exchanges, differences, missing, waits, groups,
        accounting.trials,
    )  # fmt: skip


def _clean(waiver: Waiver, run: Run) -> Waiver:
    """The waiver without secrets, which a text that somebody has written may hold."""
    return replace(waiver, reason=run.clean(waiver.reason), ticket=run.clean(waiver.ticket))


def document(
    controller: Controller, settlement: Settlement, seed: int | str | None, exchanges_digest: str
) -> Result:
    """The result, which holds the digest of the exchanges."""
    plan, run, target = controller.plan, controller.run, controller.target
    options, contract, again = plan.options, plan.spec.contract, settlement.rerun
    return build_result(
        Facts(
            kit=this_kit(contract.name, contract.root),
            contract=contract.name,
            revision=contract.revision,
            contract_digest=plan.spec.registry.digest(_judged_groups(settlement.groups)),
            release=plan.spec.release,
            embedded=target.embedded,
            pages=contract.pages,
            base_url=target.base_url,
            capabilities=run.capabilities(),
            declared_lacks={name: contract.capabilities[name].declared_lack for name in options.without},
            started_at=controller.started_at,
            duration_seconds=time.time() - controller.started_at,
            seed=seed,
            options=in_all_texts(options.shown(), run.clean),
            partial=settlement.partial,
            fail_on_deviations=options.fail_on_deviations,
            settled=settlement.settled,
            exchanges=settlement.exchanges,
            exchanges_digest=exchanges_digest,
            requests=run.budget.requests.count + settlement.elsewhere.requests,
            sessions_created=run.budget.sessions.count + settlement.elsewhere.sessions,
            sessions_left_open=settlement.left_open,
            rerun=rerun_options(options, target.embedded, seed) if again is None else tuple(again),
            program=options.program,
            generated=run.notes(),
            explained=plan.spec.registry.explained,
            differences=told(settlement.differences, plan.spec.differences),
            groups=settlement.groups,
            repeats=repeats_by_failure(settlement.trials),
            pages_seen=str(plan.spec.pages_seen or ""),
            not_there=settlement.not_there,
            objectives=options.objectives,
            fail_on_slo=options.fail_on_slo,
            load=settlement.load,
            times=settlement.times,
        )
    )


def _judged_groups(groups: Mapping[str, GroupState]) -> list[str]:
    """The core, and the groups that were judged."""
    return [CORE, *(name for name, state in groups.items() if state == "judged")]


@dataclass(frozen=True)
class Written:
    """Where the reports are, and what there is to say of them; `problem` is why some are missing."""

    folder: Path
    commands: Sequence[str] = ()
    without_step_summary: str = ""
    problem: str = ""
    aside: str = ""


def write(
    controller: Controller, settlement: Settlement, seed: int | str | None, more: More | None
) -> tuple[Result, Written]:
    """Write the reports aside, the exchanges and the result first, and swap them in for earlier ones."""
    exchanges, made = settlement.exchanges, list[Result]()

    def everything(folder: Path) -> None:
        digest = write_har(folder / "exchanges.har", exchanges.values(), __version__)
        made.append(document(controller, settlement, seed, digest))
        write_result(folder / RESULT, made[0])
        if more is not None:
            more(folder, made[0], exchanges)
        write_views(folder, made[0], exchanges)

    reports, partial = controller.reports, settlement.partial
    folder = reports.for_result(partial)
    problem = reports.put(partial, everything)
    if not made:  # as the exchanges could not be written
        made.append(document(controller, settlement, seed, har_digest(exchanges.values(), __version__)))
    result = made[0]
    aside = f"This run is partial; {reports.directory} keeps the result of a whole run."
    without = append_step_summary(result, os.environ, exchanges)
    commands = commands_to_github(result, os.environ)
    return result, Written(folder, commands, without, problem, aside if folder != reports.directory else "")


def leave(
    controller: Controller, settlement: Settlement, result: Result, written: Written, verbosity: int
) -> Ending:
    """The exit code, and the summary."""
    options, settled = controller.plan.options, settlement.settled
    stale = stale_waivers(settled, controller.plan.waivers)
    code = exit_code(Verdict(result["verdict"]), settled, settlement.partial,
                     options.accept_not_tested, options.fail_on_deviations)  # fmt: skip
    leaves = INTERRUPTED if settlement.interrupted else max(code, int(bool(stale)), int(fails(result)))
    leaves = BROKE if written.problem else leaves
    width = shutil.get_terminal_size().columns
    text = closing_summary(result, settlement.exchanges, _reports(written, result), width, verbosity)
    known = [one["about"] for one in result["causes"] if one["about"]]
    remarks = remarks_on(settlement.exchanges.values())
    first = [one for one in remarks if not any(about in one for about in known)]
    first += [_about_waits(settlement.waits), controller.run.client.in_flight.story()]
    text = "\n".join([*_notes(first if verbosity >= 0 else ()), text])
    further = [
        *_notes(controller.sight.remarks),
        _not_there(settlement, controller.plan.spec.registry),
        written.aside,
        written.without_step_summary,
        *stale,
        why_it_fails(result),
        controller.not_put_back,
        _left_open(controller, settlement.left_open),
        written.problem and f"ERROR: {written.problem}",
    ]
    return Ending(result, "\n".join([text, *filter(None, further)]), leaves, written.commands)


def _notes(remarks: Iterable[str]) -> list[str]:
    return [f"NOTE: {remark}" for remark in remarks if remark]


def _about_waits(waits: Sequence[float]) -> str:
    if not waits:
        return ""
    checks = "a check was" if len(waits) == 1 else f"{len(waits)} checks were"
    longest = f", up to {max(waits):.0f} s without a reply" if max(waits) else ""
    return f"connections to the target broke{longest}; {checks} run again from the beginning."


def _not_there(settlement: Settlement, registry: Registry) -> str:
    """One line about the operations that are not there, by the names that requirements give them.

    Where no requirement on an operation failed, no good call of it was judged.
    """
    parts = dict.fromkeys(name.partition(".")[0] for name in registry)
    failed = {
        one.requirement.id.partition(".")[0] for one in settlement.settled if one.outcome is Outcome.FAILED
    }
    told = [
        part for part in parts if part in failed and any(is_about(part, one) for one in settlement.not_there)
    ]
    return f"Not there (404, 405 or 501 to every good call): {', '.join(told)}." if told else ""


def _cleaned_up(controller: Controller, accounting: Accounting) -> int:
    """The sessions that may still be open; whoever cannot wait for that interrupts once more."""
    try:
        return controller.clean_up()
    except KeyboardInterrupt:
        accounting.interrupted()
        return len(controller.still_open)


def _left_open(controller: Controller, left: int) -> str:
    if not left:
        return ""
    first, *others = controller.ledgers or [controller.plan.options.report_dir]
    names = f"{first} and {count(len(others), 'other')} have" if others else f"{first} has"
    why = f" ({controller.why_open[0]})" if controller.why_open else ""
    sessions = count(left, "session")
    return (
        f"WARNING: {sessions} of this run may still be open{why}; {names} the "
        f"addresses, and {controller.plan.options.cleanup_command} closes them."
    )


def settle_all(
    registry: Registry,
    findings: Iterable[Finding],
    waivers: Mapping[str, Waiver],
    added: Collection[str] = frozenset(),
    missing: Collection[str] = (),
) -> tuple[Settled, ...]:
    """Every requirement of the contract, settled from all findings in an order of their own.

    `added` are those that are newer than the release, `missing` the operations that are not there.
    """
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda one: (one.check, one.requirement)):
        found[finding.requirement].append(finding)
    settled = (settle(registry[name], despite(found[name], missing), waivers.get(name)) for name in registry)
    return with_blame(replace(one, added_after_release=one.requirement.id in added) for one in settled)


def without_groups(settled: Iterable[Settled], absent: Mapping[str, str]) -> Iterator[Settled]:
    """What was settled, with nothing said of the groups that were left out: `absent` says why of each."""
    for one in settled:
        why = absent.get(one.requirement.group)
        yield one if why is None else replace(
            one, outcome=Outcome.NOT_TESTED, reason=why, findings=(), left_out=True
        )  # fmt: skip


def rerun_options(options: Options, embedded: bool, seed: int | str | None) -> tuple[str, ...]:
    """The options with which one check alone meets the same target in the same way."""
    own = [f"--{name.replace('_', '-')}={value}" for name, value in options.own.items() if value]
    url = [] if embedded else [f"--base-url={options.base_url}"]
    generating = {"--hypothesis-seed": seed, **options.generating}
    chosen = [f"{flag}={value}" for flag, value in generating.items() if value is not None]
    traces = [] if options.trace_headers else ["--no-trace-headers"]
    timeout = f"--request-timeout={options.request_timeout:g}"
    pace = [timeout] if options.request_timeout != REQUEST_TIMEOUT else []
    pace += [f"--rate-limit={round(options.rate_limit, 3):g}/s"] if options.rate_limit else []
    counting = ["--fail-on-deviations"] if options.fail_on_deviations else []
    certificates = options.certificates.flags
    lacks = [f"--without={name}" for name in options.without]
    lacks += [f"--groups={','.join(options.groups)}"] if options.groups else []
    place = (f"--contract={options.contract}", *options.contract_dir_option, *url, *certificates)
    return (*place, *own, *chosen, *traces, *pace, *counting, *lacks)


def _reports(written: Written, result: Result) -> Reports:
    if written.problem:
        return Reports()
    found = [written.folder / name for name in (HTML, *REPORTS, LOCUST_HTML)]
    scripts = {cause["requirement"]: written.folder / script_name(cause) for cause in result["causes"]}
    kept = {name: str(path) for name, path in scripts.items() if path.exists()}
    return Reports(list(dict.fromkeys(str(path) for path in found if path.exists())), kept)
