"""The end of a run: everything closed, the outcomes settled, the result and its views written."""

import os
import shutil
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tck import __version__
from tck.contract.releases import added_since
from tck.contract.requirements import Registry
from tck.contract.waivers import Waiver
from tck.recording.exchange import Exchange, read_spools
from tck.recording.har import write_har
from tck.reports import HTML
from tck.reports.github import tell_github
from tck.reports.one_screen import Reports
from tck.reports.reproduce import script_name
from tck.reports.terminal import closing_summary
from tck.reports.views import write_views
from tck.results.differences import Difference, told
from tck.results.document import Result
from tck.results.kit_identity import this_kit
from tck.results.outcomes import Finding, Settled, exit_code, settle, stale_waivers
from tck.results.result_file import Facts, build_result, write_result
from tck.run.accounting import Accounting, written_checks
from tck.run.controller import REPORTS, Controller
from tck.run.options import Options
from tck.values.texts import in_all_texts
from tck.vocabulary import INTERRUPTED, Verdict


@dataclass(frozen=True)
class Ending:
    """What a finished run leaves beside its reports: the result, the text for a person, and the exit code."""

    result: Result
    text: str
    exit: int


@dataclass(frozen=True)
class Settlement:
    """What is known once nothing more is sent: each requirement, and the sessions that may still be open."""

    settled: tuple[Settled, ...]
    partial: bool
    interrupted: bool
    left_open: int
    exchanges: Mapping[str, Exchange]
    differences: Sequence[Difference] = ()


def finish(
    controller: Controller, accounting: Accounting, seed: int | str | None, verbosity: int = 0
) -> Ending:
    """Close what was made, settle every requirement, and write the result and its views.

    The text is the summary: one screen, one line below a `verbosity` of 0, and everything above it.
    """
    settlement = settle_run(controller, accounting)
    result = document(controller, settlement, seed)
    on_github = write(controller.plan.options.report_dir, result, settlement.exchanges)
    return leave(controller, settlement, result, on_github, verbosity)


def settle_run(controller: Controller, accounting: Accounting) -> Settlement:
    """Close what was made, and settle every requirement."""
    plan = controller.plan
    left_open = _cleaned_up(controller, accounting)
    added = added_since(plan.spec.release, plan.spec.registry)
    settled = settle_all(plan.spec.registry, accounting.findings(), plan.waivers, added)
    partial = accounting.is_partial(written_checks(plan.spec.contract.name, plan.spec.contract.root))
    exchanges = {exchange.id: exchange for exchange in read_spools(controller.target.shared)}
    differences = accounting.differences
    return Settlement(settled, partial, accounting.was_interrupted, left_open, exchanges, differences)


def document(controller: Controller, settlement: Settlement, seed: int | str | None) -> Result:
    """The result; the exchanges are written before, as it holds their digest."""
    plan, run, target = controller.plan, controller.run, controller.target
    options, contract = plan.options, plan.spec.contract
    har = options.report_dir / "exchanges.har"
    return build_result(
        Facts(
            kit=this_kit(contract.name, contract.root),
            contract=contract.name,
            revision=contract.revision,
            contract_digest=plan.spec.registry.digest(),
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
            exchanges_digest=write_har(har, settlement.exchanges.values(), __version__),
            requests=run.budget.requests.count,
            sessions_created=run.budget.sessions.count,
            sessions_left_open=settlement.left_open,
            rerun=rerun_options(options, target.embedded, seed),
            generated=run.notes(),
            explained=plan.spec.registry.explained,
            differences=told(settlement.differences, plan.spec.differences),
        )
    )


def write(report_dir: Path, result: Result, exchanges: Mapping[str, Exchange]) -> list[str]:
    """Write the result and its views; returns what there is to say of those on GitHub."""
    write_result(report_dir / "result.json", result)
    write_views(report_dir, result, exchanges)
    return tell_github(result, os.environ)


def leave(
    controller: Controller, settlement: Settlement, result: Result, on_github: Iterable[str], verbosity: int
) -> Ending:
    """The exit code, and the summary."""
    options, settled = controller.plan.options, settlement.settled
    stale = stale_waivers(settled, controller.plan.waivers)
    code = exit_code(Verdict(result["verdict"]), settled, settlement.partial,
                     options.accept_not_tested, options.fail_on_deviations)  # fmt: skip
    leaves = INTERRUPTED if settlement.interrupted else max(code, int(bool(stale)))
    width = shutil.get_terminal_size().columns
    text = closing_summary(
        result, settlement.exchanges, _reports(options.report_dir, result), width, verbosity
    )
    notes = [f"NOTE: {remark}" for remark in controller.sight.remarks]
    left = _left_open(controller, settlement.left_open)
    further = [*notes, *on_github, *stale, controller.not_put_back, left]
    return Ending(result, "\n".join([text, *filter(None, further)]), leaves)


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
    names = ", ".join(path.name for path in controller.ledgers)
    options = controller.plan.options
    return (
        f"WARNING: {left} sessions of this run may still be open; {names} beside the reports names them, "
        f"and {options.cleanup_command} closes them."
    )


def settle_all(
    registry: Registry,
    findings: Iterable[Finding],
    waivers: Mapping[str, Waiver],
    added: Collection[str] = frozenset(),
) -> tuple[Settled, ...]:
    """Every requirement of the contract, settled from all findings in an order of their own.

    `added` are those that are newer than the release.
    """
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda one: (one.check, one.requirement)):
        found[finding.requirement].append(finding)
    settled = (settle(registry[name], found[name], waivers.get(name)) for name in registry)
    return tuple(replace(one, added_after_release=one.requirement.id in added) for one in settled)


def rerun_options(options: Options, embedded: bool, seed: int | str | None) -> tuple[str, ...]:
    """The options with which one check alone meets the same target in the same way."""
    own = [f"--{name.replace('_', '-')}={value}" for name, value in options.own.items() if value]
    url = [] if embedded else [f"--base-url={options.base_url}"]
    generating = {"--hypothesis-seed": seed, **options.generating}
    chosen = [f"{flag}={value}" for flag, value in generating.items() if value is not None]
    traces = [] if options.trace_headers else ["--no-trace-headers"]
    certificates = options.certificates.flags
    lacks = [f"--without={name}" for name in options.without]
    place = (f"--contract={options.contract}", *options.contract_dir_option, *url, *certificates)
    return (*place, *own, *chosen, *traces, *lacks)


def _reports(report_dir: Path, result: Result) -> Reports:
    found = [str(report_dir / name) for name in (HTML, *REPORTS) if (report_dir / name).exists()]
    scripts = {cause["requirement"]: report_dir / script_name(cause) for cause in result["causes"]}
    written = {name: str(path) for name, path in scripts.items() if path.exists()}
    return Reports(list(dict.fromkeys(found)), written)
