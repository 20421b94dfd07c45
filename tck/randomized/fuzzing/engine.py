"""Judges the replies to generated requests, and gives each requirement one outcome at the end."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from tck.checking.check import Check
from tck.errors import Indeterminate
from tck.randomized.fuzzing.case import NOTHING, Bearer, Case, CaseResult, Driver, Rule, SchemathesisCase
from tck.randomized.fuzzing.rules import COMMON_RULES, complaints
from tck.randomized.fuzzing.shrinking import reduced
from tck.randomized.tally import REPLAYS
from tck.results.outcomes import Finding
from tck.run.side_by_side import SideBySide
from tck.unjudged import NotTested
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome

TRIES = 24
"""Requests that go into making one failing case smaller."""
GIVE_UP = 3
"""Requests in a row without a reply after which no more are sent."""
LONGEST_SHOWN = 2000


@dataclass(frozen=True)
class FailedCase:
    """A case that broke a rule, and what was wrong with its reply."""

    case: Case
    problem: Mismatch
    result: CaseResult

    @property
    def size(self) -> tuple[int, int]:
        """By which the simplest of several is chosen."""
        return (0 if self.case.value is not NOTHING else 1, len(self.case.body or b""))


@dataclass
class RuleTally:
    """What the replies so far showed of one rule."""

    held: int = 0
    broken: int = 0
    first: FailedCase | None = None
    simplest: FailedCase | None = None
    first_held: str = ""

    @property
    def told(self) -> int:
        """How many replies said anything of it."""
        return self.held + self.broken

    def see(self, case: Case, result: CaseResult, problem: Mismatch | None) -> None:
        """Count what a result showed, and keep the first that held."""
        if problem:
            self.add(FailedCase(case, problem, result))
        else:
            self.held += 1
            self.first_held = self.first_held or result.reply.exchange

    def add(self, failure: FailedCase) -> None:
        """Count a failure; keep the first, which may be the cause of later ones, and the simplest."""
        self.broken += 1
        self.first = self.first or failure
        if self.simplest is None or failure.size < self.simplest.size:
            self.simplest = failure


@dataclass(frozen=True)
class Sent:
    """A case of the generated one, and what came of it: a result, or why there is none."""

    generated: SchemathesisCase | None
    case: Case
    result: CaseResult | None = None
    lost: str = ""
    left_out: str = ""


@dataclass
class Fuzz:
    """One generated check while it runs.

    `prefix` begins the ids of its requirements, `replay` are the options that generate its cases again. In
    more than one of the `lanes`, cases that need not wait for one another are under way at once; all are
    judged in the order in which they were generated.
    """

    check: Check
    driver: Driver
    prefix: str
    replay: str
    note: Callable[[Mapping[str, Any]], None]
    lanes: int = 1
    cases: int = 0
    sent: int = 0
    calls: int = 0
    reached: int = 0
    lost: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    tallies: dict[str, RuleTally] = field(default_factory=dict)
    _in_a_row: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)
    _generated: SchemathesisCase | None = None

    def __post_init__(self) -> None:
        self.tallies = {name.removeprefix(self.prefix): RuleTally() for name in self.check.declared}
        self.rules: dict[str, Rule] = {**COMMON_RULES, **self.driver.rules}
        unknown = self.tallies.keys() - self.rules.keys()
        if unknown:
            raise LookupError(f"nothing judges {', '.join(sorted(unknown))}")
        self._beside = SideBySide[Sent](self.lanes)

    def judge(self, generated: SchemathesisCase) -> None:
        """Send what a generated case becomes, and judge every reply by every rule."""
        self._generated = generated
        if not self.cases:
            self._run_all(self.driver.odd())
            self._take_all()
        self.cases += 1
        self._run_all(self.driver.cases(generated))

    def _run_all(self, cases: Iterable[Case]) -> None:
        for case in cases:
            self._digest.update(case.fingerprint())
            if self._in_a_row < GIVE_UP:
                self.sent += 1
                after = self.driver.after(case)
                self._beside.begin(partial(self._insisted, self._generated, case), after)
                for sent in self._beside.results():
                    self._take(sent)

    def _take_all(self) -> None:
        for sent in self._beside.results(all_of_them=True):
            self._take(sent)

    def _take(self, sent: Sent) -> None:
        """Judge what came of a case; those that were sent before it are judged already."""
        case, result = sent.case, sent.result
        if sent.left_out:
            self.left_out.append(sent.left_out)
        if result is None:
            self._in_a_row += bool(sent.lost)
            self.lost += [sent.lost] if sent.lost else []
            return
        self._in_a_row = 0
        result = replace(result, complaints=complaints(sent.generated, result))
        call = not case.probe and case.bearer is Bearer.KEY
        self.calls += call
        self.reached += call and result.reply.succeeded
        for name, tally in self.tallies.items():
            if self.rules[name].speaks(result):
                tally.see(case, result, self.rules[name].problem(result))

    def _insisted(self, generated: SchemathesisCase | None, case: Case) -> Sent:
        """What came of a case, which is sent again when no reply came that says anything."""
        said = ""
        for again in range(1 + REPLAYS):
            try:
                return Sent(generated, case, self.driver.send(case, fresh=again > 0))
            except Indeterminate as weather:
                said = str(weather)
            except NotTested as signal:
                return Sent(generated, case, left_out=signal.reason)
        return Sent(generated, case, lost=said)

    def _tried(self, case: Case, *, fresh: bool) -> CaseResult:
        result = self.driver.send(case, fresh=fresh)
        return replace(result, complaints=complaints(self._generated, result))

    def _problem(self, name: str, result: CaseResult) -> Mismatch | None:
        """What breaks a rule; None when it held, and when the result says nothing of it."""
        rule = self.rules[name]
        return rule.problem(result) if rule.speaks(result) else None

    # The end of the check

    @property
    def _is_shrunk(self) -> bool:
        """Whether a limit lets the check make fewer sessions than it would."""
        return self.driver.sessions < self.driver.wanted_sessions

    def finish(self) -> None:
        """Give every requirement its outcome; failing cases are looked at twice more and made smaller."""
        self._take_all()
        self._beside.end()
        for name, tally in self.tallies.items():
            self.check.find(self._finding(name, tally))
        left_out = {"left_out": len(self.left_out), "because": self.left_out[0]} if self.left_out else {}
        shrunk = {"sessions_wanted": self.driver.wanted_sessions} if self._is_shrunk else {}
        self.note(
            {
                "cases": self.cases, "requests": self.sent, "calls": self.calls, "reached": self.reached,
                "share_reached": round(self.reached / max(1, self.calls), 2),
                "sessions": self.driver.sessions, **shrunk, **left_out, "digest": self._digest.hexdigest(),
            }
        )  # fmt: skip

    def _finding(self, name: str, tally: RuleTally) -> Finding:
        requirement = self.prefix + name
        if tally.first is not None:
            return self._failed(requirement, name, tally, tally.first)
        if self.lost:
            reason = f"{len(self.lost)} generated requests had no reply that says anything: {self.lost[0]}"
            return Finding(requirement, Outcome.INDETERMINATE, self.check.node, reason)
        if not tally.held or 2 * len(self.left_out) > self.sent:
            reason = next(iter(self.left_out), "no generated request got far enough to show it")
            return Finding(requirement, Outcome.NOT_TESTED, self.check.node, reason)
        held = (tally.first_held,)
        return Finding(requirement, Outcome.PASSED, self.check.node, exchanges=held, judged=held)

    def _failed(self, requirement: str, name: str, tally: RuleTally, first: FailedCase) -> Finding:
        seen = self._seen(name, first)
        simplest = tally.simplest or first
        if simplest is not first and (again := self._seen(name, simplest)) >= seen:
            first, seen = simplest, again
        last = self._smallest(name, first) if seen > 1 else first
        case, reply = last.case, last.result.reply
        judged = self.check.in_order(last.problem.exchanges or (reply.exchange,))
        return Finding(
            requirement, Outcome.FAILED, self.check.node,
            f"{last.problem} (seen {seen} of {1 + REPLAYS}; {tally.broken} of {tally.told} cases)",
            expected=last.problem.expected,
            seen=last.problem.seen,
            exchanges=self.check.in_order((reply.exchange, *judged)),
            judged=judged,
            story=(
                f"generated by {case.label}",
                f"sent {shown_text(case.told)}",
                f"all cases again with {self.replay}",
            ),
        )  # fmt: skip

    def _seen(self, name: str, failure: FailedCase) -> int:
        """How often the case failed, the first time and when it was looked at again."""
        return 1 + sum(self._again(name, failure.case) is not None for _ in range(REPLAYS))

    def _again(self, name: str, case: Case) -> FailedCase | None:
        """The failure of the rule when the case is sent once more, None when it does not fail."""
        try:
            result = self._tried(case, fresh=True)
            problem = self._problem(name, result)
        except (Indeterminate, NotTested):
            return None
        return FailedCase(case, problem, result) if problem else None

    def _smallest(self, name: str, first: FailedCase) -> FailedCase:
        smallest = first

        def shows(value: Any) -> bool:
            nonlocal smallest
            failure = self._again(name, self.driver.with_value(first.case, value))
            smallest = failure or smallest
            return failure is not None

        if first.case.value is not NOTHING:
            reduced(first.case.value, shows, self.driver.sessions // 2 if self._is_shrunk else TRIES)
        return smallest


def shown_text(text: str) -> str:
    """A text in one line, cut."""
    line = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"')
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}… ({len(line)} characters)"
