"""Whom a reason names: what kept a requirement from being tested, and held, is not to blame."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from tck.results.outcomes import Finding, Settled
from tck.vocabulary import Level, Outcome, judging

HELD = frozenset({Outcome.PASSED, Outcome.NOT_APPLICABLE})
MOST_NAMED = 2
"""Failed requirements that a reason names in place of one that held."""


def with_blame(settled: Iterable[Settled]) -> tuple[Settled, ...]:
    """The same, where a reason that would name one that held names what failed of its operation."""
    known = tuple(settled)
    outcomes = {one.requirement.id: one.outcome for one in known}
    failed = [one.requirement for one in known if one.outcome in (Outcome.FAILED, Outcome.WAIVED)]
    ordered = [one.id for one in sorted(failed, key=lambda one: one.level is not Level.MUST)]
    return tuple(_blaming(one, outcomes, ordered) for one in known)


def _blaming(one: Settled, outcomes: Mapping[str, Outcome], failed: Sequence[str]) -> Settled:
    if one.outcome is not Outcome.NOT_TESTED:
        return one
    findings = tuple(_renamed(found, outcomes, failed) for found in one.findings)
    reasons = {old.reason: new.reason for old, new in zip(one.findings, findings, strict=True)}
    return replace(one, findings=findings, reason=reasons.get(one.reason, one.reason))


def _renamed(found: Finding, outcomes: Mapping[str, Outcome], failed: Sequence[str]) -> Finding:
    held = [name for name in found.left_to if outcomes.get(name) in HELD]
    if not held or len(held) < len(found.left_to):
        return found
    parts = {name.partition(".")[0] for name in held}
    alike = [name for name in failed if name.partition(".")[0] in parts]
    reason = f"{found.reason.removesuffix(judging(found.left_to))}; {_listed(held)} held with other requests"
    if alike:
        reason += f", and {_listed(alike)} failed"
    return replace(found, reason=reason, left_to=tuple(alike[:MOST_NAMED]) or found.left_to)


def _listed(names: Collection[str]) -> str:
    first, more = list(names)[:MOST_NAMED], len(names) - MOST_NAMED
    return " and ".join(first) if more <= 0 else f"{', '.join(first)} and {more} more"
