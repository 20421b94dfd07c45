"""What becomes of one pytest item: its findings, its exception and its report."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest

from tck.checking.check import Check
from tck.contract.requirements import Registry, Requirement
from tck.errors import Indeterminate
from tck.recording.redaction import Redactor
from tck.results.outcomes import WORST_FIRST, Finding
from tck.unjudged import NotTested
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


def conclude(check: Check, call: pytest.CallInfo[None], registry: Registry) -> None:
    """Turn what a phase of the item raised into findings."""
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


def _precondition(signal: BaseException) -> BaseException:
    """A fixture judges nothing: what does not hold there keeps the check from being run."""
    if isinstance(signal, AssertionError):
        return NotTested(f"a precondition did not hold: {str(signal).partition(chr(10))[0]}")
    return signal


def counting(check: Check, registry: Registry) -> list[Finding]:
    """The findings that decide the item: of what it declares, and every MUST that it saw broken."""
    return [
        found
        for found in check.findings
        if found.requirement in check.declared
        or (found.outcome is Outcome.FAILED and _is_must(registry, found.requirement))
    ]


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
    check: Check, report: pytest.TestReport, registry: Registry, waived: Collection[str], redactor: Redactor
) -> None:
    """Give the report its outcome, without secrets; the last one of an item brings the findings."""
    found = counting(check, registry)
    if check.concluded and report.when != "teardown":
        _as_found(report, found, waived)
    if report.when == "teardown":
        report.findings = [  # type: ignore[attr-defined]
            clean(one.with_texts(redactor.text).to_json(), plain) for one in check.findings
        ]
        report.concluded = check.concluded  # type: ignore[attr-defined]
    without_secrets(report, lambda text: plain(redactor.text(text)))
    report.user_properties += properties_of(found, registry, waived)


def _as_found(report: pytest.TestReport, found: list[Finding], waived: Collection[str]) -> None:
    outcome = outcome_of(found, waived)
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
    return "\n".join("\n".join((f"{one.requirement}: {one.reason}", *one.story)) for one in telling)


def without_secrets(report: pytest.TestReport, redact: Callable[[str], str]) -> None:
    """Take secrets out of all that pytest and its plugins show or keep of the report."""
    if report.failed:
        report.longrepr = redact(report.longreprtext)
    elif isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.longrepr = (path, line, redact(reason))
    report.sections = [(name, redact(text)) for name, text in report.sections]
    report.user_properties = [(name, clean(value, redact)) for name, value in report.user_properties]


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


def clean(value: Any, scrub: Callable[[str], str]) -> Any:
    """A JSON value with its texts scrubbed."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [clean(item, scrub) for item in value]
    if isinstance(value, dict):
        return {key: clean(item, scrub) for key, item in value.items()}
    return value


def plain(text: str) -> str:
    """The text without halves of surrogate pairs, which neither a worker's pipe nor a report can carry."""
    return text.encode("utf-8", "backslashreplace").decode()
