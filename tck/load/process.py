"""The users of one process: what they share, and one task after the other for each of them."""

import itertools
import shutil
import ssl
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from tck.checking.check import Check
from tck.cleanup.close_session import Closed, close_session
from tck.cleanup.ledger import Entry
from tck.errors import Indeterminate
from tck.load.assignment import Assignment
from tck.load.life import OWNED, Life
from tck.load.observed import Observed
from tck.load.plan import LoadPlan, plan_of
from tck.load.sharing import SHARED, Aside, Meeting
from tck.load.users_run import LoadClient, LoadRun, Ring, UserLedger, what_came
from tck.recording.redaction import Redactor
from tck.recording.secret_forms import public_prefix
from tck.results.outcomes import Finding
from tck.run.context import Run, open_run
from tck.run.inputs import Plan, load_specification
from tck.transport.certificates import Certificates
from tck.transport.client import Timeline
from tck.transport.limits import Spent
from tck.transport.messages import Call, Reply
from tck.transport.retry import limit_reset, retry_after
from tck.unjudged import NotTested
from tck.values.origin import unnoted
from tck.vocabulary import Outcome
from tck.waiting import pause

ONE_IN = 6
"""Of so many things that a user does, about one is to make a session for several users."""
FIRST_REST, LONGEST_REST = 0.1, 5.0
"""Seconds that a user rests after a call that got no clear reply: longer after each in a row."""
LONGEST_ASKED = 30.0
"""Seconds that a target may ask a user to wait."""
GROUP = "load::{}"
"""What findings about an optional group name as their check."""
BROKEN = "a requirement is broken"
"""What Locust is told of a failure: it keeps each text that it is told."""
REPLIES = "load::every reply"
"""What findings about the rules on every reply name as their check."""
Fired = Callable[[str, str, float, int, str], None]
"""Hears of a request: method, name, milliseconds, bytes, and what a rule says is wrong, if one does."""


@dataclass
class Process:
    """All that the users of one process share; `fired` hears of each request, `told` of each ledger event."""

    assignment: Assignment
    run: Run
    plan: LoadPlan
    name: str
    fired: Fired
    told: Callable[[dict[str, Any]], None]
    aside: Aside = field(kw_only=True)
    observed: Observed = field(default_factory=Observed)
    meetings: list[Meeting] = field(default_factory=list)
    stopping: bool = False
    spent: str = ""
    """Why no user may send any more: a limit of the run."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    counted: Counter[str] = field(default_factory=Counter)
    """The requests and sessions that were told."""
    closed: bool = False

    @classmethod
    def open(
        cls, assignment: Assignment, name: str, ledgers: Path, certificates: Certificates, *, fired: Fired,
        told: Callable[[dict[str, Any]], None], aside: Aside,
    ) -> "Process":  # fmt: skip
        """The process of this name; raises KitError where it cannot judge by the contract."""
        options = assignment.options(ledgers, certificates)
        spec = load_specification(assignment.contract, options.contract_dir)
        plan = Plan(options, spec)
        run = open_run(plan, assignment.target(plan, ledgers), name)
        if run.client.way.context is None:  # made once: it takes as long as many requests
            run.client.way = replace(run.client.way, context=ssl.create_default_context())
        load = plan_of(spec.contract)
        if not assignment.raw:
            load.watch(run)
        return cls(assignment, run, load, name, fired, told, aside=aside)

    def user(self) -> "User":
        """Another user."""
        number = next(self.numbers)
        name = f"{self.name}u{number}"
        run = self.run
        ring = Ring(self._redactor, run.keys)
        client = LoadClient(
            base_url=run.client.base_url, timeout=run.client.timeout, shape=run.client.shape,
            redactor=run.redactor, recorder=ring, budget=run.budget, pacer=run.client.pacer, name=name,
            way=run.client.way, traced=run.client.traced, ring=ring, noted=self._noted,
        )  # fmt: skip
        ledger = UserLedger.beside(run.ledger, self.told)
        given = {**vars(run), "client": client, "ledger": ledger, "worker": name, "ring": ring}
        names = ("keys", "_keys")
        own = LoadRun(**{key: value for key, value in given.items() if key not in names and key != "_names"})
        return User(self, own, f"{self.assignment.seed}/{name}")

    def _redactor(self) -> Redactor:
        """A redactor that knows the secrets of the run alone."""
        redactor, run = Redactor(), self.run
        for item in run.contract.credentials:
            if item.name in run.target.credentials:
                redactor.spare(public_prefix(run.target.credentials[item.name]))
                redactor.register(run.target.credentials[item.name], item.env)
        run.client.way.keep_secret(redactor)
        return redactor

    def _noted(self, call: Call, line: Timeline) -> None:
        came = what_came(line)
        operation = call.operation or f"{call.method} (not judged)"
        self.observed.replies[f"{operation}: {came}"] += 1
        self.fired(call.method, f"{operation}: {came}", line.duration * 1000, len(line.body), "")

    def wants(self, requirement: str) -> bool:
        """Whether a further finding of this requirement is told."""
        return self.observed.wants(requirement)

    def breaks(self, finding: Finding, exchanges: Mapping[str, Any]) -> None:
        """Count a failure."""
        self.observed.breaks(finding, exchanges)
        self.fired("RULE", finding.requirement, 0.0, 0, BROKEN)

    def breaks_again(self, requirement: str) -> None:
        """Count a failure of a requirement of which enough is told."""
        self.observed.broken[requirement] += 1
        self.fired("RULE", requirement, 0.0, 0, BROKEN)

    def count(self) -> None:
        """Add what was spent since this was called last to what was observed; nothing more once closed."""
        if self.closed:
            return
        spent = Counter(requests=self.run.budget.requests.count, sessions=self.run.budget.sessions.count)
        self.observed.work.update({name: spent[name] - self.counted[name] for name in spent})
        self.counted = spent

    def close(self) -> None:
        """Let go of the ledger, the connections and the folder of counts, which go to what was observed."""
        self.count()
        self.closed = True
        self.run.close()
        shutil.rmtree(self.run.target.shared, ignore_errors=True)


@dataclass
class User:
    """One user, with a connection of its own; `stream` seeds what it does."""

    process: Process
    run: LoadRun
    stream: str
    stopping: bool = False
    killed: bool = False
    """Whether the user did not stop in time."""
    lives: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    rests: int = 0
    beside: list[Entry] = field(default_factory=list)
    """What users who called the same session have left."""
    closes: bool = False
    """Whether the target was seen to close a session."""

    def is_over(self) -> bool:
        """Whether the user is to stop."""
        return self.stopping or self.process.stopping

    def act(self) -> bool:
        """Do one thing from its beginning to its end; False where a limit of the run is reached."""
        number = next(self.lives)
        draw = Random(f"{self.stream}/{number}")  # noqa: S311 - not for secrets
        mark = f"{self.run.worker}.{number}"
        self.run.begins()
        check = UserCheck(OWNED, (), weighs_doubt=True)
        meetings = [one for one in self.process.meetings if one.has_room]
        try:
            if self.process.plan.share is None or self.process.assignment.raw:
                self._live(check, draw, mark)
            elif meetings:
                self._join(meetings[0], check, draw, mark)
            else:
                self._begin(check, draw, mark)
        except Spent as limit:
            self.process.spent = str(limit)
        except NotTested:  # the checks of a run say why
            self.process.observed.work["sessions that could not be made"] += 1
            self._pause(FIRST_REST)
        except Indeterminate:
            self.rest()
        except Exception:  # noqa: BLE001 - the kit's own fault is an error, and no user ends by it
            if self.killed:  # what a user was doing cannot end well then
                return False
            self.process.observed.troubles(traceback.format_exc(limit=-4))
            self.process.observed.work["errors of the kit"] += 1
        self._harvest(check)
        self._tidy()
        return not self.process.spent

    def _begin(self, check: Check, draw: Random, mark: str) -> None:
        """Begin something: what it is, is drawn."""
        groups = [name for name in self.process.plan.groups if name in self.process.assignment.groups]
        lot = draw.randrange(ONE_IN)
        if lot == 0:
            self._host(check, draw, mark)
        elif lot <= len(groups):
            name = groups[lot - 1]
            check.node = GROUP.format(name)
            self.process.plan.groups[name](self.run, check, draw, mark)
            self.process.observed.work[f"lives of {name}"] += 1
        else:
            self._live(check, draw, mark)

    def _live(self, check: Check, draw: Random, mark: str) -> None:
        plan, process = self.process.plan, self.process
        life = Life(self.run, plan.walker(self.run, check), process, self.is_over, self.rest)
        if process.assignment.raw:
            life.raw(plan.life(draw, mark))
        else:
            life.go(plan.life(draw, mark))
        process.observed.held.update(life.judged)
        process.observed.work["lives"] += 1
        process.observed.work["calls without a clear reply"] += len(life.pending)

    def _join(self, meeting: Meeting, check: Check, draw: Random, mark: str) -> None:
        check.node = SHARED
        meeting.join(self.run, check, draw, mark)
        self.run.ledger.begin()  # its maker closes what is left

    def _host(self, check: Check, draw: Random, mark: str) -> None:
        share, meetings = self.process.plan.share, self.process.meetings
        assert share is not None
        check.node = SHARED
        meeting = Meeting(share(self.run, check))
        meetings.append(meeting)

        def closed() -> None:
            if meeting in meetings:
                meetings.remove(meeting)

        try:
            result = meeting.host(self.run, draw, mark, closed, self.process.aside)
        finally:
            closed()
            self.beside = [entry for book in meeting.books for entry in book.open]
        if result is None:
            self.process.observed.work["shared sessions that were not judged"] += 1
            return
        self.process.observed.work["shared sessions"] += 1
        self.process.observed.held.update(result.held)
        for finding in result.broken:
            ids = {*finding.exchanges, *finding.judged}
            self._keep(finding, ids)

    def _harvest(self, check: Check) -> None:
        """Count what the monitors saw in a life."""
        observed = self.process.observed
        for found in check.findings:
            if found.outcome is Outcome.PASSED:
                observed.held[found.requirement] += 1
            elif found.outcome is Outcome.FAILED:
                self._keep(found, {*found.exchanges, *found.judged})

    def _keep(self, finding: Finding, ids: Collection[str]) -> None:
        """Keep a finding with these exchanges, or count it where enough is told of its requirement."""
        if self.process.wants(finding.requirement):
            self.process.breaks(finding.with_texts(self.run.ring.clean), self.run.recorded(ids))
        else:
            self.process.breaks_again(finding.requirement)

    def rest(self) -> None:
        """Leave an overloaded target alone for a while, as long as it asks for."""
        self.rests += 1
        self.process.observed.work["rests"] += 1
        last = self.run.ring.kept[-1] if self.run.ring.kept else None
        asked = None
        if last is not None and last.status is not None:
            asked = retry_after(last.response_headers) or limit_reset(last.response_headers)
        seconds = (
            min(asked, LONGEST_ASKED) if asked else min(LONGEST_REST, FIRST_REST * 2 ** min(self.rests, 8))
        )
        self._pause(seconds)

    def _pause(self, seconds: float) -> None:
        """Wait, but no longer than the user is to go on."""
        while seconds > 0 and not self.is_over():
            pause(min(seconds, FIRST_REST))
            seconds -= FIRST_REST

    def _tidy(self) -> None:
        """Close what a life left open: no other one begins before."""
        tries = 0
        entries, self.beside = [*self.run.ledger.book.open, *self.beside], []
        for entry in entries:
            while True:
                attempt = close_session(self.run.contract, entry, self._send, self.closes)
                self.closes = self.closes or attempt.became is Closed.CLOSED
                if attempt.became is Closed.CLOSED:
                    self.run.ledger.closed(entry.address)
                if attempt.became is not Closed.STILL_OPEN or self.is_over() or self.process.spent:
                    break
                tries += 1
                self._pause(rest_after(tries))
        if not tries:
            self.rests = 0 if not self.run.ring.kept or self.run.ring.kept[-1].status else self.rests

    def _send(self, call: Call, credential: str) -> Reply:
        authorization = self.run.authorization(credential)
        return self.run.closing(replace(call, authorization=authorization))

    def leave(self) -> None:
        """Close the connection."""
        self.run.client.close()


class UserCheck(Check):
    """Collects findings, and keeps no account of what is looked at: too much is."""

    note = staticmethod(unnoted)  # type: ignore[assignment]


def rest_after(failures: int) -> float:
    """Seconds of rest after so many failures in a row."""
    return min(LONGEST_REST, FIRST_REST * 2.0 ** min(failures, 8))
