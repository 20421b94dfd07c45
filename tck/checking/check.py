"""One check while it runs: what it declares, what it sent, and what it found of each requirement."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from tck.errors import Broken, Indeterminate
from tck.results.outcomes import Finding
from tck.transport.messages import Reply
from tck.unjudged import NotApplicable, NotTested
from tck.values.json_equality import JsonValue, shown
from tck.values.row import Row
from tck.vocabulary import Outcome
from tck.waiting import VISIBLE_WITHIN, eventually

T = TypeVar("T")
NOT_FOR_THE_BODY = frozenset({401, 404, 408, 429})
"""Refusals that say something of the credential, the address or the traffic, and nothing of the body."""
FITS_A_BAD_BODY = frozenset(range(400, 500)) - NOT_FOR_THE_BODY
"""Statuses that refuse a body for what it holds: which of them is documented is a matter of its own."""


@dataclass(frozen=True)
class Comparison:
    """The two sides of the comparison that failed last, as texts."""

    seen: str
    expected: str
    differences: tuple[str, ...] = ()

    @classmethod
    def of(cls, operator: str, seen: object, expected: object) -> "Comparison":
        """The comparison that an assertion made: what was seen stands left, what was expected right."""
        told = _told(expected) if operator == "==" else f"{operator} {_told(expected)}"
        if isinstance(seen, Row) and isinstance(expected, Row):
            return cls(_told(seen), told, tuple(expected.differences(seen)))
        return cls(_told(seen), told)

    def lines(self) -> list[str]:
        """The comparison as pytest shows it under the failed assertion."""
        return [f"seen {self.seen}", f"expected {self.expected}", *self.differences]


@dataclass
class Check:
    """Collects the findings of one pytest item; requirements are named by id.

    What stands in `at_end` is called when the check's body has ended, to find what can only be said then.
    """

    node: str
    declared: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    exchanges: list[str] = field(default_factory=list)
    comparison: Comparison | None = None
    deviation: str = ""
    concluded: bool = False
    weighs_doubt: bool = False
    """Whether it knows what to make of the reply to a write that was sent again."""
    at_end: list[Callable[[], None]] = field(default_factory=list)
    _judged_apart: set[str] = field(default_factory=set)

    @contextmanager
    def judge(self, requirement: str) -> Iterator[None]:
        """Judge one declared requirement: what is raised inside is its outcome, and the check goes on."""
        if requirement not in self.declared:
            raise LookupError(f"the check does not declare {requirement}")
        self.deviation = ""
        try:
            yield
        except (AssertionError, NotTested, NotApplicable, Indeterminate) as signal:
            self.find(self.finding_of(requirement, signal))
        else:
            self.find(self._finding(requirement, Outcome.PASSED))
        self._judged_apart.add(requirement)

    def observe(self, requirement: str, problem: str | None, reply: Reply) -> None:
        """Record what a reply shows of a requirement beside the point of the check; None means it held.

        Of several problems with one requirement the first is kept.
        """
        if problem is None:
            self.find(Finding(requirement, Outcome.PASSED, self.node))
            return
        if any(found.requirement == requirement for found in self.failures()):
            return
        exchanges = (reply.exchange,)
        self.find(Finding(requirement, Outcome.FAILED, self.node, problem, exchanges=exchanges))

    def observe_late(self, requirement: str, problem: str | None) -> None:
        """Record what the last reply shows of a SHOULD on timing; None means it held."""
        outcome = Outcome.FAILED if problem else Outcome.PASSED
        self.find(
            Finding(requirement, outcome, self.node, problem or "", exchanges=tuple(self.exchanges[-1:]))
        )

    def find(self, finding: Finding) -> None:
        """Keep a finding, but not the same pass twice."""
        if finding not in self.findings:
            self.findings.append(finding)

    def conclude(self, signal: BaseException | None) -> None:
        """Give every declared requirement that was not judged apart the outcome of the whole check.

        What was observed beside the point hides no signal; one that comes after all were judged is all's.
        """
        self.concluded = True
        rest = [requirement for requirement in self.declared if requirement not in self._judged_apart]
        if signal is None:
            rest = [requirement for requirement in rest if not self._has_finding(requirement)]
        if signal is not None and not rest:
            rest = list(self.declared)
        for requirement in rest:
            self.find(self.finding_of(requirement, signal))

    def finding_of(self, requirement: str, signal: BaseException | None) -> Finding:  # noqa: PLR0911 - a table
        """The finding that an exception (None: none) makes for a requirement."""
        match signal:
            case None:
                return self._finding(requirement, Outcome.PASSED)
            case Broken():
                return self._failed(requirement, signal)
            case AssertionError():
                return self._asserted(requirement, signal)
            case Indeterminate():
                return self._finding(requirement, Outcome.INDETERMINATE, str(signal))
            case NotTested():
                return self._finding(requirement, Outcome.NOT_TESTED, signal.reason, signal.capability)
            case NotApplicable():
                return self._finding(requirement, Outcome.NOT_APPLICABLE, signal.reason, signal.capability)
            case pytest.skip.Exception():
                return self._finding(requirement, Outcome.NOT_TESTED, f"the check was skipped: {signal}")
            case _:
                reason = f"{type(signal).__name__}: {signal}"
                return self._finding(requirement, Outcome.ERROR, reason)

    def _finding(self, requirement: str, outcome: Outcome, reason: str = "", capability: str = "") -> Finding:
        held = outcome is Outcome.PASSED
        return Finding(
            requirement, outcome, self.node, reason,
            exchanges=tuple(self.exchanges), capability=capability, deviation=self.deviation if held else "",
        )  # fmt: skip

    def _failed(self, requirement: str, broken: Broken) -> Finding:
        told = [broken.exchange] if broken.exchange else []
        exchanges = [name for name in self.exchanges if name not in told] + told
        return Finding(
            requirement,
            Outcome.FAILED,
            self.node,
            str(broken),
            broken.expected,
            broken.seen,
            tuple(exchanges),
        )

    def _asserted(self, requirement: str, failure: AssertionError) -> Finding:
        sides = self.comparison or Comparison("", "")
        self.comparison = None
        reason = "; ".join(sides.differences) or _first_line(failure)
        return Finding(
            requirement, Outcome.FAILED, self.node, reason, sides.expected, sides.seen, tuple(self.exchanges)
        )

    def _has_finding(self, requirement: str) -> bool:
        return any(found.requirement == requirement for found in self.findings)

    def failures(self) -> list[Finding]:
        """The findings that say the target broke something."""
        return [found for found in self.findings if found.outcome is Outcome.FAILED]

    # What checks say of replies

    def accepted(self, reply: Reply) -> Reply:
        """The reply, when it is a 2xx; raises Broken otherwise."""
        if not reply.succeeded:
            raise Broken("a good request was refused", "a 2xx", _status(reply), reply.exchange)
        return reply

    def control(self, reply: Reply, judged_by: str) -> Reply:
        """The reply to a positive control; raises NotTested, naming who judges it, unless it is a 2xx."""
        if not reply.succeeded:
            raise NotTested(f"the control was answered with {reply.status}, which {judged_by} judges")
        return reply

    def refused(
        self, reply: Reply, documented: int, deviation: str = "", fitting: Collection[int] = FITS_A_BAD_BODY
    ) -> Reply:
        """The reply, when it is a refusal that fits; another status than documented is a deviation."""
        if reply.status != documented and reply.status not in fitting:
            expected = f"{documented}, or another refusal that fits ({_described(fitting)})"
            raise Broken(
                "the request was not refused as it must be", expected, _status(reply), reply.exchange
            )
        if deviation:
            departs = reply.status != documented
            asked = f"{reply.call.method} {reply.call.operation}"
            said = f"{asked} answered {reply.status}, documented is {documented}"
            self.deviation = said if departs else self.deviation
            self._judged_apart.add(deviation)
            self.observe(deviation, said if departs else None, reply)
        return reply

    def visible(self, look: Callable[[], T], holds: Callable[[T], bool]) -> T:
        """What a read shows once it holds, within the wait that the kit allows; else raises Broken."""
        waited = eventually(look, holds)
        if not waited.held:
            raise Broken(
                f"a read did not show it within {VISIBLE_WITHIN:g} seconds",
                "the written value",
                repr(waited.value),
            )
        return waited.value


def _described(statuses: Collection[int]) -> str:
    """The statuses one by one, or as all 4xx but those that are not among them."""
    missing = [status for status in sorted(NOT_FOR_THE_BODY) if status not in statuses]
    if set(statuses) < FITS_A_BAD_BODY:
        return ", ".join(map(str, sorted(statuses)))
    return f"any 4xx but {', '.join(map(str, missing))}"


def _status(reply: Reply) -> str:
    return f"{reply.status} {shown(reply.text, 200)}"


def _told(side: object) -> str:
    return repr(side) if isinstance(side, Row | JsonValue) else shown(side)


def _first_line(failure: AssertionError) -> str:
    lines = str(failure).strip().splitlines()
    return lines[0].removeprefix("assert ") if lines else "it did not hold"
