"""The end of a run: everything closed, the outcomes settled, the result and its views written."""

import os
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
from tck.reports.github import tell_github
from tck.reports.labels import verdict_sentence
from tck.reports.terminal import closing_summary
from tck.reports.views import write_views
from tck.results.document import Result
from tck.results.kit_identity import this_kit
from tck.results.outcomes import Finding, Settled, exit_code, settle, stale_waivers, verdict
from tck.results.result_file import Facts, build_result, write_result
from tck.run.controller import REPORTS, Controller
from tck.vocabulary import INTERRUPTED, Outcome

WITHDRAWN = "its check was not selected"
NEVER_STARTED = "the run ended before its check"
NEVER_FINISHED = "its check never finished"
CRASHED = "the worker that ran its check crashed"


@dataclass(frozen=True)
class Ending:
    """What a finished run leaves: the result document, the text for a person, and the exit code."""

    result: Result
    text: str
    exit: int


def finish(controller: Controller, seed: int | str | None, quiet: bool = False) -> Ending:
    """Close what was made, settle every requirement, and write the result and its views.

    The text is the whole summary; a quiet run that exits 0 says its verdict alone.
    """
    options, waivers = controller.plan.options, controller.plan.waivers
    left = _cleaned_up(controller)
    partial = controller.partial
    findings = [*controller.findings, *_never_finished(controller)]
    added = added_since(controller.plan.spec.release, controller.plan.spec.registry)
    settled = settle_all(controller.plan.spec.registry, findings, waivers, added)
    exchanges = read_spools(controller.target.shared)
    kept = {exchange.id: exchange for exchange in exchanges}
    har = write_har(options.report_dir / "exchanges.har", exchanges, __version__)
    facts = _facts(controller, settled, kept, har, left, partial, seed)
    result = build_result(facts)
    write_result(options.report_dir / "result.json", result)
    write_views(options.report_dir, result, kept)
    on_github = tell_github(result, os.environ)
    stale = stale_waivers(settled, waivers)
    code = exit_code(verdict(settled, partial, options.fail_on_deviations), settled, partial,
                     options.accept_not_tested, options.fail_on_deviations)  # fmt: skip
    leaves = INTERRUPTED if controller.interrupted else max(code, int(bool(stale)))
    brief = quiet and leaves == 0
    text = verdict_sentence(result) if brief else closing_summary(result, kept, _reports(options.report_dir))
    further = [*on_github, *stale, controller.not_put_back, _left_open(controller, left)]
    return Ending(result, "\n".join([text, *filter(None, further)]), leaves)


def _cleaned_up(controller: Controller) -> int:
    """The sessions that may still be open; whoever cannot wait for that interrupts once more."""
    try:
        return controller.clean_up()
    except KeyboardInterrupt:
        controller.interrupted = True
        return len(controller.still_open)


def _left_open(controller: Controller, left: int) -> str:
    if not left:
        return ""
    names = ", ".join(path.name for path in controller.ledgers)
    folder = controller.plan.options.report_dir
    return (
        f"WARNING: {left} sessions of this run may still be open; {names} beside the reports names them, "
        f"and python -m tck cleanup {folder} closes them."
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


def _never_finished(controller: Controller) -> list[Finding]:
    return [
        Finding(requirement, outcome, check, reason)
        for check in sorted(controller.unfinished)
        for outcome, reason in [_why_unfinished(controller, check)]
        for requirement in controller.collected.checks[check]
    ]


def _why_unfinished(controller: Controller, check: str) -> tuple[Outcome, str]:
    if check in controller.crashed:
        return Outcome.ERROR, CRASHED
    if check in controller.started:
        return Outcome.NOT_TESTED, NEVER_FINISHED
    return Outcome.NOT_TESTED, NEVER_STARTED if check in controller.collected.selected else WITHDRAWN


def _facts(  # noqa: PLR0917 - a value's members
    controller: Controller, settled: Sequence[Settled], exchanges: Mapping[str, Exchange],
    har: str, left: int, partial: bool, seed: int | str | None,
) -> Facts:  # fmt: skip
    plan, run = controller.plan, controller.run
    return Facts(
        kit=this_kit(plan.spec.contract.name),
        contract=plan.spec.contract.name,
        revision=plan.spec.contract.revision,
        contract_digest=plan.spec.registry.digest(),
        release=plan.spec.release,
        embedded=controller.target.embedded,
        pages=plan.spec.contract.pages,
        base_url=controller.target.base_url,
        capabilities=run.capabilities(),
        started_at=controller.started_at,
        duration_seconds=time.time() - controller.started_at,
        seed=seed,
        options=plan.options.shown(),
        partial=partial,
        fail_on_deviations=plan.options.fail_on_deviations,
        settled=tuple(settled),
        exchanges=exchanges,
        exchanges_digest=har,
        requests=run.budget.requests.count,
        sessions_created=run.budget.sessions.count,
        sessions_left_open=left,
        rerun=rerun_options(controller, seed),
        generated=run.notes(),
        redactor=run.redactor,
    )


def rerun_options(controller: Controller, seed: int | str | None) -> tuple[str, ...]:
    """The options with which one check alone meets the same target in the same way."""
    options = controller.plan.options
    own = [f"--{name.replace('_', '-')}={value}" for name, value in options.own.items() if value]
    url = [] if controller.target.embedded else [f"--base-url={options.base_url}"]
    generating = {"--hypothesis-seed": seed, **options.generating}
    chosen = [f"{flag}={value}" for flag, value in generating.items() if value is not None]
    return (f"--contract={options.contract}", *url, *own, *chosen)


def _reports(report_dir: Path) -> list[str]:
    return [str(report_dir / name) for name in REPORTS if (report_dir / name).exists()]
