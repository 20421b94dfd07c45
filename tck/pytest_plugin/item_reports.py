"""What becomes of one pytest item: its findings, its exception and its report."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Literal

import pytest

from tck.checking.check import Check
from tck.contract.requirements import Registry, Requirement
from tck.errors import Indeterminate
from tck.results.outcomes import WORST_FIRST, Finding
from tck.run.inputs import Plan
from tck.unjudged import NotTested
from tck.values.texts import in_all_texts, printable_lines
from tck.vocabulary import Level, Outcome

CHECK: pytest.StashKey[Check | None] = pytest.StashKey()
PYTEST_SAYS = {
    Outcome.FAILED: "failed",
    Outcome.ERROR: "failed",
    Outcome.INDETERMINATE: "failed",
    Outcome.PASSED: "passed",
}
"""What pytest calls an outcome; any other is skipped."""
IN_THE_CALL = frozenset({Outcome.FAILED, Outcome.PASSED})
"""Outcomes that pytest takes from the call; a failure anywhere else it counts as an error."""
EVERY_REPLY = "every_reply"
"""The name of the item that judges the rules on every reply."""
DEVIATION = "deviation"
"""What a failed SHOULD is called."""


def conclude(
    check: Check, call: pytest.CallInfo[None], registry: Registry, clean: Callable[[str], str]
) -> None:
    """Turn what a phase of the item raised into findings; their texts are clean from here on."""
    signal = call.excinfo.value if call.excinfo else None
    if call.when == "call":
        check.conclude(signal)
    elif call.when == "setup" and signal is not None:
        check.conclude(_precondition(signal))
    elif signal is not None:
        kept = isinstance(signal, (Indeterminate, pytest.skip.Exception))
        after = signal if kept else RuntimeError(f"its teardown failed: {signal}")
        for requirement in check.declared:
            check.find(check.finding_of(requirement, after))
    for name in sorted({found.requirement for found in check.findings} - registry.keys()):
        unknown = LookupError(f"{name} was judged, which is not a requirement of the contract")
        for requirement in check.declared:
            check.find(check.finding_of(requirement, unknown))
    check.findings[:] = [found.with_texts(clean) for found in check.findings]


def _precondition(signal: BaseException) -> BaseException:
    """A fixture judges nothing: what does not hold there keeps the check from being run."""
    if isinstance(signal, AssertionError):
        return NotTested(f"a precondition did not hold: {str(signal).partition(chr(10))[0]}")
    return signal


def counting(check: Check, registry: Registry, broken: Collection[str] = frozenset()) -> list[Finding]:
    """The findings that decide the item: of what it declares, and every MUST that it saw broken.

    What `judged_elsewhere` has is left to the item of every reply.
    """
    left_out = judged_elsewhere(check, registry, broken)
    return [
        found
        for found in check.findings
        if found not in left_out
        and (
            found.requirement in check.declared
            or (found.outcome is Outcome.FAILED and _is_must(registry, found.requirement))
        )
    ]


def judged_elsewhere(
    check: Check, registry: Registry, broken: Collection[str] = frozenset()
) -> list[Finding]:
    """The failures of rules on every reply, which are judged once for the run, and what those explain.

    `broken` are such rules that replies to any check of this process broke. What a rule explains by itself
    counts as explained only where the replies to this very check broke the rule.
    """
    own = check.broken_reply_rules
    names = {*broken, *own, *_explained_by(own, registry)}
    return [one for one in check.findings if one.outcome is Outcome.FAILED and one.requirement in names]


def _explained_by(rules: Iterable[str], registry: Registry) -> set[str]:
    """The requirements whose checks may fail because one of these rules is broken."""
    return {name for rule in rules if rule in registry.explained for name in registry.explained[rule].always}


def _is_must(registry: Registry, requirement: str) -> bool:
    return requirement not in registry or registry[requirement].level is Level.MUST


def outcome_of(found: Iterable[Finding], waived: Collection[str]) -> Outcome:
    """The worst outcome, a failure that is waived counting as such; passed when nothing is known."""
    outcomes = {_after_waivers(one, waived) for one in found}
    return min(outcomes, key=WORST_FIRST.index, default=Outcome.PASSED)


def _after_waivers(found: Finding, waived: Collection[str]) -> Outcome:
    failed = found.outcome is Outcome.FAILED
    return Outcome.WAIVED if failed and found.requirement in waived else found.outcome


def report_of(
    check: Check,
    report: pytest.TestReport,
    plan: Plan,
    clean: Callable[[str], str],
    broken: Collection[str] = frozenset(),
) -> None:
    """Give the report its outcome and clean texts; the last one of an item brings the findings.

    `broken` are the rules on every reply that replies in this process broke so far.
    """
    registry = plan.spec.registry
    _clean_report(report, clean)
    found, waived = counting(check, registry, broken), plan.waivers.keys()
    left_out = judged_elsewhere(check, registry, broken)
    elsewhere = [one for one in left_out if one.requirement in check.declared]
    if check.concluded and report.when != "teardown":
        deviating = deviations(found, registry, plan)
        decisive = [one for one in found if one not in deviating]
        outcome = outcome_of(decisive, waived)
        if deviating and outcome is Outcome.PASSED:
            _as_deviation(report, deviating)
        elif elsewhere and outcome is Outcome.PASSED:
            _as_judged_elsewhere(report, elsewhere)
        else:
            _as_found(report, decisive, outcome, waived)
    if report.when == "teardown":
        report.findings = [one.to_json() for one in check.findings]  # type: ignore[attr-defined]
        differences = (replace(one, seen=clean(one.seen)) for one in check.differences.values())
        report.differences = [one.to_json() for one in differences]  # type: ignore[attr-defined]
        report.concluded = check.concluded  # type: ignore[attr-defined]
        replies = (one.with_texts(clean) for one in check.replies.values())
        report.replies = [one.to_json() for one in replies]  # type: ignore[attr-defined]
    report.user_properties += properties_of([*found, *elsewhere], registry, waived)


def deviations(found: Iterable[Finding], registry: Registry, plan: Plan) -> list[Finding]:
    """The failures that count for nothing: of SHOULD requirements, unless the user lets them count."""
    if plan.options.fail_on_deviations:
        return []
    failed = (one for one in found if _after_waivers(one, plan.waivers) is Outcome.FAILED)
    return [one for one in failed if not _is_must(registry, one.requirement)]


def _as_deviation(report: pytest.TestReport, found: list[Finding]) -> None:
    """Let pytest count the item as one that was expected to fail."""
    path, line, _ = report.location
    told = f"{DEVIATION}: {_told(found, Outcome.FAILED, ())}"
    report.outcome, report.when = "skipped", "call"
    report.longrepr = (path, (line or 0) + 1, told)
    report.wasxfail = told


def _as_judged_elsewhere(report: pytest.TestReport, found: list[Finding]) -> None:
    """Let pytest skip an item that saw no more than what the item of every reply fails for."""
    path, line, _ = report.location
    report.outcome, report.when = "skipped", "setup"
    told = _told(found, Outcome.FAILED, ())
    report.longrepr = (path, (line or 0) + 1, f"failed because of what {EVERY_REPLY} reports: {told}")


def reports_on_replies(contract: str, shown: Iterable[Finding], plan: Plan) -> list[pytest.TestReport]:
    """The reports of the item that judges the rules on every reply by what all checks were shown.

    Empty when no check was shown anything.
    """
    by_rule: dict[str, list[Finding]] = {}
    for one in sorted(shown, key=lambda found: (found.requirement, found.outcome is not Outcome.FAILED)):
        by_rule.setdefault(one.requirement, []).append(one)
    if not by_rule:
        return []
    node = f"suites/{contract}::{EVERY_REPLY}"
    item = Check(node, tuple(by_rule), concluded=True)
    broken = [name for name, found in by_rule.items() if found[0].outcome is Outcome.FAILED]
    explained = _explained_by(broken, plan.spec.registry)
    item.findings = [_of_the_run(by_rule[name]) for name in sorted(by_rule, key=explained.__contains__)]
    reports = [_plain_report(node, when) for when in ("setup", "call", "teardown")]
    report_of(item, reports[1], plan, str)
    reports[-1].user_properties = reports[1].user_properties
    return reports


def _of_the_run(shown: list[Finding]) -> Finding:
    """The first of these, which is a failure if there is any, with the number of checks that saw it."""
    first = shown[0]
    number = sum(one.outcome is Outcome.FAILED for one in shown)
    if not number:
        return first
    seen = "1 check" if number == 1 else f"{number} checks"
    return replace(first, reason=f"{first.reason} (seen by {seen}, first by {first.check})")


def _plain_report(node: str, when: Literal["setup", "call", "teardown"]) -> pytest.TestReport:
    path, _, name = node.partition("::")
    return pytest.TestReport(node, (path, 0, name), {name: 1}, "passed", None, when)


def _as_found(
    report: pytest.TestReport, found: list[Finding], outcome: Outcome, waived: Collection[str]
) -> None:
    told = _told(found, outcome, waived)
    raised = report.failed
    report.outcome = PYTEST_SAYS.get(outcome, "skipped")  # type: ignore[assignment]
    if report.skipped:
        path, line, _ = report.location
        report.longrepr = (path, (line or 0) + 1, f"{outcome.value}: {told}")
    elif report.passed:
        report.longrepr = None
    elif not raised:
        report.longrepr = told
    report.when = "call" if outcome in IN_THE_CALL else "setup"


def _told(found: Iterable[Finding], outcome: Outcome, waived: Collection[str]) -> str:
    telling = [one for one in found if _after_waivers(one, waived) is outcome]
    told = "\n".join("\n".join((f"{one.requirement}: {one.reason}", *one.story)) for one in telling)
    return printable_lines(told)


def _clean_report(report: pytest.TestReport, clean: Callable[[str], str]) -> None:
    """Clean what pytest and its plugins show or keep of the item; no terminal obeys it."""
    if report.failed:
        report.longrepr = printable_lines(clean(report.longreprtext))
    elif isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.longrepr = (path, line, printable_lines(clean(reason)))
    report.sections = [(name, printable_lines(clean(text))) for name, text in report.sections]
    report.user_properties = [(name, in_all_texts(value, clean)) for name, value in report.user_properties]


def properties_of(
    found: Iterable[Finding], registry: Registry, waived: Collection[str]
) -> list[tuple[str, object]]:
    """What JUnit shows of an item: requirement, level, page and outcome of each that it decides."""
    by_requirement: dict[str, list[Finding]] = {}
    for one in found:
        by_requirement.setdefault(one.requirement, []).append(one)
    return [
        pair
        for name, findings in by_requirement.items()
        if name in registry
        for pair in _properties(registry[name], outcome_of(findings, waived))
    ]


def _properties(requirement: Requirement, outcome: Outcome) -> list[tuple[str, object]]:
    return [
        ("requirement", requirement.id),
        ("level", requirement.level.value),
        ("page", requirement.source.page),
        ("outcome", outcome.value),
    ]
