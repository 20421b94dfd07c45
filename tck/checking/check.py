"""One check while it runs: what it declares, what it sent, and what it found of each requirement."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

import pytest

from tck.errors import BadGateway, Broken, Indeterminate, NoReply, Overloaded, SentAgain
from tck.results.differences import Difference
from tck.results.outcomes import Finding
from tck.transport.messages import Reply
from tck.unjudged import NotApplicable, NotTested
from tck.values.mismatch import Mismatch
from tck.values.origin import exchanges_of
from tck.vocabulary import Outcome
from tck.waiting import VISIBLE_WITHIN, eventually

T = TypeVar("T")
NOT_FOR_THE_BODY = frozenset({401, 404, 408, 429})
"""Refusals that say something of the credential, the address or the traffic, and nothing of the body."""
FITS_A_BAD_BODY = frozenset(range(400, 500)) - NOT_FOR_THE_BODY
"""Statuses that refuse a body for what it holds: which of them is documented is a matter of its own."""


@dataclass
class Check:
    """Collects the findings of one pytest item; requirements are named by id.

    What stands in `at_end` is called when the check's body has ended, to find what can only be said then.
    `comparison` is the one that an assertion made last. What a finding judged is what that compared; where no
    two sides were compared, what was looked at last; and for what held, all that was looked at for it.
    """

    node: str
    declared: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    differences: dict[str, Difference] = field(default_factory=dict)
    exchanges: list[str] = field(default_factory=list)
    comparison: Mismatch | None = None
    deviation: str = ""
    concluded: bool = False
    hit: bool = False
    """Whether a request of it got no usable reply, as in an outage of the target."""
    cut_off: bool = False
    """Whether one is worth another try at once: its connection broke, or the target was busy for a moment."""
    weighs_doubt: bool = False
    """Whether it knows what to make of the reply to a write that was sent again."""
    at_end: list[Callable[[], None]] = field(default_factory=list)
    replies: dict[str, Finding] = field(default_factory=dict)
    """What replies showed of the rules on every reply, by requirement: the first failure, else one pass."""
    _judged_apart: set[str] = field(default_factory=set)
    _looked_at: list[tuple[str, ...]] = field(default_factory=list)
    _notes: bool = True

    def note(self, exchanges: tuple[str, ...]) -> None:
        """Note that something of these exchanges is looked at, or compared with one another."""
        if self._notes:
            self._looked_at.append(exchanges)

    @contextmanager
    def unnoted(self) -> Iterator[None]:
        """Let what is looked at inside count for nothing: it waits, prepares, or is judged by others."""
        before, self._notes = self._notes, False
        try:
            yield
        finally:
            self._notes = before

    def begin(self) -> None:
        """Forget what fixtures have looked at; the body of the check begins."""
        self._looked_at.clear()

    @contextmanager
    def judging(self, requirement: str) -> Iterator[None]:
        """Judge one declared requirement: what is raised inside is its outcome, and the check goes on."""
        if requirement not in self.declared:
            raise LookupError(f"the check does not declare {requirement}")
        self.deviation, self.comparison = "", None
        outside, self._looked_at = self._looked_at, []
        try:
            yield
        except (AssertionError, NotTested, NotApplicable, Indeterminate) as signal:
            self.find(self.finding_of(requirement, signal))
        else:
            self.find(self._finding(requirement, Outcome.PASSED))
        finally:
            self._looked_at = outside
        self._judged_apart.add(requirement)

    def observe(self, requirement: str, problem: Mismatch | None, reply: Reply) -> None:
        """Record what a reply shows of a requirement beside the point of the check; None means it held.

        Of several problems with one requirement the first is kept, and of several replies that held.
        """
        self.observe_all(requirement, problem, (reply.exchange,))

    def observe_reply(self, requirement: str, problem: Mismatch | None, reply: Reply) -> None:
        """Record what a reply shows of a rule on every reply, which is judged once for the whole run."""
        self.observe(requirement, problem, reply)
        known = self.replies.get(requirement)
        if known is None or (problem is not None and known.outcome is not Outcome.FAILED):
            self.replies[requirement] = (
                self._broken(requirement, problem, (reply.exchange,))
                if problem is not None
                else Finding(requirement, Outcome.PASSED, self.node)
            )

    @property
    def broken_reply_rules(self) -> frozenset[str]:
        """The rules on every reply that replies to this check broke."""
        return frozenset(name for name, one in self.replies.items() if one.outcome is Outcome.FAILED)

    def observe_all(self, requirement: str, problem: Mismatch | None, judged: tuple[str, ...]) -> None:
        """Record what several exchanges together show of a requirement, as `observe` does of one."""
        outcome = Outcome.FAILED if problem is not None else Outcome.PASSED
        if any(found.requirement == requirement and found.outcome is outcome for found in self.findings):
            return
        if problem is None:
            self.find(Finding(requirement, outcome, self.node, exchanges=judged, judged=judged))
        else:
            self.find(self._broken(requirement, problem, judged))

    def differs(self, difference: str, happened: bool, exchanges: Sequence[str], seen: str = "") -> None:
        """Record, if it happened, something that the pages leave open: an id of differences.yaml.

        It fails nothing. The first exchange of a check that showed it is kept, and how often it was seen.
        """
        if not happened:
            return
        first = Difference(difference, self.node, seen, exchanges[0] if exchanges else "", 0)
        before = self.differences.get(difference, first)
        self.differences[difference] = replace(before, times=before.times + 1)

    def hit_by(self, failure: Indeterminate) -> None:
        """Note that a request brought nothing; who sends what cannot be read is there."""
        self.hit = self.hit or isinstance(failure, NoReply | BadGateway)
        passing = isinstance(failure, Overloaded | SentAgain)
        self.hit = self.hit or passing
        self.cut_off = self.cut_off or passing or (isinstance(failure, NoReply) and not failure.timed_out)

    def begun_again(self) -> "Check":
        """The same check at its beginning; what was found broken, and what replies showed, stands."""
        found = [one for one in self.findings if one.outcome is Outcome.FAILED]
        return Check(
            self.node, self.declared, found, differences=dict(self.differences), replies=dict(self.replies)
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
        comparison = self.comparison
        for requirement in rest:
            self.comparison = comparison
            self.find(self.finding_of(requirement, signal))

    def finding_of(self, requirement: str, signal: BaseException | None) -> Finding:  # noqa: PLR0911 - a table
        """The finding that an exception (None: none) makes for a requirement."""
        match signal:
            case None:
                return self._finding(requirement, Outcome.PASSED)
            case Broken():
                said = Mismatch(str(signal), signal.expected, signal.seen)
                return self._broken(requirement, said, signal.exchanges or self._last_looked_at)
            case AssertionError():
                return self._asserted(requirement, signal)
            case Indeterminate():
                judged = (signal.exchange,) if signal.exchange else ()
                return self._finding(requirement, Outcome.INDETERMINATE, str(signal), judged=judged)
            case NotTested():
                found = self._finding(requirement, Outcome.NOT_TESTED, signal.reason, signal.capability)
                return replace(found, left_to=signal.left_to)
            case NotApplicable():
                return self._finding(requirement, Outcome.NOT_APPLICABLE, signal.reason, signal.capability)
            case pytest.skip.Exception():
                return self._finding(requirement, Outcome.NOT_TESTED, f"the check was skipped: {signal}")
            case _:
                reason = f"{type(signal).__name__}: {signal}"
                return self._finding(requirement, Outcome.ERROR, reason)

    def _finding(
        self, requirement: str, outcome: Outcome, reason: str = "", capability: str = "",
        judged: tuple[str, ...] = (),
    ) -> Finding:  # fmt: skip
        held = outcome is Outcome.PASSED
        looked_at = [exchange for group in self._looked_at for exchange in group]
        judged = judged or (self.in_order(looked_at) if held else self._last_looked_at)
        return Finding(
            requirement, outcome, self.node, reason, exchanges=self._leading_to(judged),
            capability=capability, deviation=self.deviation if held else "", judged=judged,
        )  # fmt: skip

    def _broken(self, requirement: str, said: Mismatch, exchanges: Iterable[str]) -> Finding:
        judged = self.in_order(exchanges)
        return Finding(
            requirement, Outcome.FAILED, self.node, str(said), said.expected, said.seen,
            self._leading_to(judged), judged=judged,
        )  # fmt: skip

    def _asserted(self, requirement: str, failure: AssertionError) -> Finding:
        said, self.comparison = self.comparison, None
        message = _message(failure)
        if said is None:
            said = Mismatch(message or "it did not hold", "that it holds", message or "that it does not")
        elif message:
            said = Mismatch(f"{message}: {said}", said.expected, said.seen, said.exchanges)
        return self._broken(requirement, said, said.exchanges or self._last_looked_at)

    @property
    def _last_looked_at(self) -> tuple[str, ...]:
        return self.in_order(self._looked_at[-1]) if self._looked_at else ()

    def in_order(self, exchanges: Iterable[str]) -> tuple[str, ...]:
        """Exchanges in the order of sending; those of other checks, which come first, as given."""
        wanted = dict.fromkeys(filter(None, exchanges))
        own = [one for one in dict.fromkeys(self.exchanges) if one in wanted]
        return (*(one for one in wanted if one not in own), *own)

    def _leading_to(self, judged: Sequence[str]) -> tuple[str, ...]:
        """The exchanges up to and with the last of those judged; all of them when none was."""
        own = list(dict.fromkeys(self.exchanges))
        others = [one for one in judged if one not in own]
        last = max((own.index(one) for one in judged if one in own), default=-1 if others else len(own) - 1)
        return (*others, *own[: last + 1])

    def _has_finding(self, requirement: str) -> bool:
        return any(found.requirement == requirement for found in self.findings)

    def failures(self) -> list[Finding]:
        """The findings that say the target broke something."""
        return [found for found in self.findings if found.outcome is Outcome.FAILED]

    # What checks say of replies

    def accepted(self, reply: Reply) -> Reply:
        """The reply, when it is a 2xx; raises Broken otherwise."""
        if not reply.succeeded:
            raise Broken("a good request was refused", "a 2xx", reply.told, reply.exchange)
        return reply

    def held(self, problem: Mismatch | None, reply: Reply) -> None:
        """Raise Broken when there is a problem with a reply."""
        self.note((reply.exchange,))
        if problem is not None:
            raise Broken(str(problem), problem.expected, problem.seen, reply.exchange)

    def control(self, reply: Reply, judged_by: str) -> Reply:
        """The reply to a positive control; raises NotTested, naming who judges it, unless it is a 2xx."""
        if not reply.succeeded:
            raise NotTested(f"the control was answered with {reply.status}", judged_by=judged_by)
        return reply

    def refused(
        self,
        reply: Reply,
        documented: int,
        deviation: str = "",
        fitting: Collection[int] = FITS_A_BAD_BODY,
        request: str = "the request",
    ) -> Reply:
        """The reply, when it is a refusal that fits; another status than documented is a deviation.

        `request` says for a person what was sent.
        """
        if reply.status != documented and reply.status not in fitting:
            expected = f"{documented}, or another refusal that fits ({_described(fitting)})"
            raise Broken(f"{request} was not refused as it must be", expected, reply.told, reply.exchange)
        if deviation:
            departs = reply.status != documented
            asked = f"{reply.call.method} {reply.call.operation}"
            said = f"{asked} answered {reply.status}, documented is {documented}"
            problem = Mismatch(said, str(documented), reply.told)
            self.deviation = said if departs else self.deviation
            self._judged_apart.add(deviation)
            self.observe(deviation, problem if departs else None, reply)
        return reply

    def last_look(self, look: Callable[[], T], holds: Callable[[T], bool]) -> T:
        """What a read shows once it holds, else at the end of the wait that the kit allows."""
        with self.unnoted():
            return eventually(look, holds).value

    def visible(self, look: Callable[[], T], holds: Callable[[T], bool], shows: str) -> T:
        """What a read shows once it holds, within the wait that the kit allows; else raises Broken.

        `shows` says in a few words what the read is waited for to show.
        """
        with self.unnoted():
            waited = eventually(look, holds)
        exchanges = exchanges_of(waited.value)
        if not waited.held:
            reason = f"a read did not show it within {VISIBLE_WITHIN:g} seconds"
            raise Broken(reason, shows, _seen(waited.value), *exchanges)
        self.note(exchanges)
        return waited.value


def _described(statuses: Collection[int]) -> str:
    """The statuses one by one, or as all 4xx but those that are not among them."""
    missing = [status for status in sorted(NOT_FOR_THE_BODY) if status not in statuses]
    if set(statuses) < FITS_A_BAD_BODY:
        return ", ".join(map(str, sorted(statuses)))
    return f"any 4xx but {', '.join(map(str, missing))}"


def taken_or_refused(reply: Reply) -> None:
    """Raise Broken unless the request was either accepted or refused."""
    if not reply.succeeded and not reply.refused:
        said = "a request was neither accepted nor refused"
        raise Broken(said, "a 2xx or a 4xx", reply.told, reply.exchange)


def _seen(value: object) -> str:
    return value.told if isinstance(value, Reply) else repr(value)


def _message(failure: AssertionError) -> str:
    """The sentence that an assertion was given; empty when it has none but pytest's own."""
    first = next(iter(str(failure).strip().splitlines()), "")
    return "" if first.startswith("assert ") else first
