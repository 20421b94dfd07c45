"""What checks found, settled for each requirement, and the verdict and exit code that follow; pure.

passed          every check of it held
failed          the target broke it
waived          it failed, and an unexpired waiver names it
error           the kit itself is at fault
indeterminate   the transport failed, timed out or stayed overloaded: it says nothing
not_tested      something kept it from being seen
not_applicable  the target lacks a capability that it needs
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from tck.contract.requirements import Requirement
from tck.contract.waivers import Waiver
from tck.results.document import CountsEntry, OutcomeName
from tck.results.selection import NO_CHECK_RAN
from tck.vocabulary import Level, Outcome, Verdict

WORST_FIRST = (
    Outcome.FAILED,
    Outcome.WAIVED,
    Outcome.ERROR,
    Outcome.INDETERMINATE,
    Outcome.NOT_TESTED,
    Outcome.PASSED,
    Outcome.NOT_APPLICABLE,
)
LISTS = ("exchanges", "judged", "story", "left_to")
"""The members of a finding that hold several texts."""
NO_ROUTE = frozenset({404, 405, 501})
NO_KEY = frozenset({401, 403})
UNDECIDED = frozenset({Outcome.ERROR, Outcome.INDETERMINATE, Outcome.NOT_TESTED})


@dataclass(frozen=True)
class Finding:
    """What one check says of one requirement.

    `judged` are the ids of the exchanges that were compared: one for a status, a member or a token, two when
    two replies were compared. `exchanges` are those that led to them, in the order of sending, up to and with
    the last of those judged. `story` tells a failing generated case line by line. `left_to` are the
    requirements that judge the control or precondition which kept this one from being tested.
    """

    requirement: str
    outcome: Outcome
    check: str
    reason: str = ""
    expected: str = ""
    seen: str = ""
    exchanges: tuple[str, ...] = ()
    capability: str = ""
    deviation: str = ""
    story: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    left_to: tuple[str, ...] = ()

    def with_texts(self, change: Callable[[str], str]) -> "Finding":
        """The finding with each of its texts changed, for instance redacted."""
        return replace(
            self,
            reason=change(self.reason),
            expected=change(self.expected),
            seen=change(self.seen),
            deviation=change(self.deviation),
            story=tuple(map(change, self.story)),
        )

    def to_json(self) -> dict[str, Any]:
        """A plain dict, as it travels from a worker to the controller."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        lists = {name: list(getattr(self, name)) for name in LISTS}
        return {**values, "outcome": self.outcome.value, **lists}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Finding":
        """The finding that `to_json` made this dict of."""
        lists = {name: tuple(values.get(name, ())) for name in LISTS}
        return cls(**{**values, "outcome": Outcome(values["outcome"]), **lists})


@dataclass(frozen=True)
class Settled:
    """One requirement after all its checks; `capability` is what a not_tested or not_applicable one lacks.

    One that is newer than the release of the run counts for nothing in its verdict, nor does one of a group
    that was left out.
    """

    requirement: Requirement
    outcome: Outcome
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    deviations: tuple[str, ...] = ()
    capability: str = ""
    waiver: Waiver | None = None
    added_after_release: bool = False
    left_out: bool = False

    @property
    def is_must(self) -> bool:
        """Whether its level is MUST."""
        return self.requirement.level is Level.MUST

    @property
    def capabilities(self) -> frozenset[str]:
        """The capabilities whose lack alone explains the outcome; empty when anything else does too."""
        lacking = {found.capability for found in self.findings if found.outcome is self.outcome}
        return frozenset() if "" in lacking else frozenset(lacking)


def settle(requirement: Requirement, findings: Iterable[Finding], waiver: Waiver | None = None) -> Settled:
    """The worst finding decides; a failed one is waived when there is a waiver."""
    found = tuple(findings)
    if not found:
        return Settled(requirement, Outcome.NOT_TESTED, NO_CHECK_RAN)
    outcome = min((one.outcome for one in found), key=WORST_FIRST.index)
    telling = [one for one in found if one.outcome is outcome]
    lacking = {one.capability for one in telling}
    waived = outcome is Outcome.FAILED and waiver is not None
    return Settled(
        requirement,
        Outcome.WAIVED if waived else outcome,
        next((one.reason for one in telling if one.reason), ""),
        found,
        tuple(dict.fromkeys(one.deviation for one in found if one.deviation)),
        "" if "" in lacking else ", ".join(sorted(lacking)),
        waiver if waived else None,
    )


def not_there(operations: Iterable[str], statuses: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """The operations that a target does not have yet, by the replies to each as (operation, status).

    One is not there when it was asked for and nothing but a missing route or a refused key was answered.
    """
    seen: dict[str, set[int]] = {}
    for operation, status in statuses:
        seen.setdefault(operation, set()).add(status)
    return tuple(
        name for name in operations if seen.get(name, set()) & NO_ROUTE and seen[name] <= NO_ROUTE | NO_KEY
    )


def despite(findings: Sequence[Finding], missing: Collection[str]) -> list[Finding]:
    """The findings of one requirement without those that other operations kept from being made.

    `missing` are operations that are not there. What only they keep from being tested counts for nothing
    where the requirement was tested without them; their own requirements decide the verdict.
    """
    left = [
        one for one in findings if not any(is_about(judge, name) for judge in one.left_to for name in missing)
    ]
    own = any(is_about(one.requirement, name) for one in findings for name in missing)
    return left if left and not own else [*findings]


def is_about(requirement: str, operation: str) -> bool:
    """Whether a requirement is about an operation, by its operationId."""
    part = requirement.partition(".")[0]
    return bool(part) and operation.lower().startswith(part)


def verdict(settled: Collection[Settled], partial: bool, fail_on_deviations: bool) -> Verdict:
    """The verdict of a run; one in which no MUST was seen to hold or waived is never conformant."""
    if partial:
        return Verdict.PARTIAL
    if broken(settled, fail_on_deviations):
        return Verdict.NOT_CONFORMANT
    if blocking(settled) or not _held(settled):
        return Verdict.INCONCLUSIVE
    if any(one.outcome is Outcome.WAIVED for one in scored(settled) if one.is_must or fail_on_deviations):
        return Verdict.CONFORMANT_WITH_WAIVERS
    return Verdict.CONFORMANT


def exit_code(
    verdict: Verdict,
    settled: Collection[Settled],
    partial: bool,
    accepted_capabilities: Collection[str],
    fail_on_deviations: bool,
) -> int:
    """0 or 1; an inconclusive run exits 0 only when all that blocks it was accepted as not tested."""
    if partial or verdict is Verdict.PARTIAL:
        bad = broken(settled, fail_on_deviations) or _said_nothing(settled)
        return int(bool(bad) or not judged_anything(settled))
    if verdict is Verdict.INCONCLUSIVE:
        return int(not (_held(settled) and _accepted(blocking(settled), accepted_capabilities)))
    return int(verdict is Verdict.NOT_CONFORMANT)


def broken(settled: Iterable[Settled], fail_on_deviations: bool) -> list[Settled]:
    """The failed requirements that make a target not conformant."""
    failed = (one for one in scored(settled) if one.outcome is Outcome.FAILED)
    return [one for one in failed if one.is_must or fail_on_deviations]


def blocking(settled: Iterable[Settled]) -> list[Settled]:
    """The MUST requirements of which nothing is known, which keep a verdict inconclusive."""
    return [one for one in scored(settled) if one.is_must and one.outcome in UNDECIDED]


def scored(settled: Iterable[Settled]) -> list[Settled]:
    """The requirements that the verdict is over: those of the release, without groups that were left out."""
    return [one for one in settled if not (one.added_after_release or one.left_out)]


def counts(settled: Collection[Settled]) -> CountsEntry:
    """The scored requirements by level and outcome, every pair present."""
    counted = scored(settled)
    return {"must": _by_outcome(counted, Level.MUST), "should": _by_outcome(counted, Level.SHOULD)}


def _by_outcome(counted: Sequence[Settled], level: Level) -> dict[OutcomeName, int]:
    return {outcome.value: _count(counted, level, outcome) for outcome in Outcome}


def _count(settled: Iterable[Settled], level: Level, outcome: Outcome) -> int:
    return sum(one.requirement.level is level and one.outcome is outcome for one in settled)


def _held(settled: Iterable[Settled]) -> bool:
    return any(one.is_must and one.outcome in (Outcome.PASSED, Outcome.WAIVED) for one in scored(settled))


def judged_anything(settled: Iterable[Settled]) -> bool:
    """Whether any check saw a requirement hold or broken."""
    seen = {found.outcome for one in settled for found in one.findings} | {one.outcome for one in settled}
    return not seen.isdisjoint({Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED})


def _said_nothing(settled: Iterable[Settled]) -> list[Settled]:
    return [one for one in blocking(settled) if one.outcome is not Outcome.NOT_TESTED]


def _accepted(blockers: Sequence[Settled], accepted: Collection[str]) -> bool:
    return bool(blockers) and all(
        one.outcome is Outcome.NOT_TESTED and one.capabilities and one.capabilities <= frozenset(accepted)
        for one in blockers
    )


def stale_waivers(settled: Iterable[Settled], waivers: Mapping[str, Waiver]) -> list[str]:
    """A sentence for each waiver whose requirement passes now."""
    passed = [one.requirement.id for one in settled if one.outcome is Outcome.PASSED]
    stale = [waivers[requirement] for requirement in passed if requirement in waivers]
    return [
        f"{one.where}: {one.requirement} passes now, so its waiver is stale and the "
        "run exits with 1; take it out."
        for one in stale
    ]
