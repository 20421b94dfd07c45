"""Goes a walk on the target: sends each step, and compares each answer with the model's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from suites.trigger.randomized.model import (
    Action,
    Ask,
    Bearer,
    Session,
    State,
    after,
    answers,
    complaint,
    differences,
    packed,
)
from suites.trigger.randomized.model_calls import answered, asked, send
from suites.trigger.randomized.walk_machine import NAMELESS, OTHER, OWN, TASK, Step
from suites.trigger.support.access.public_tokens import key_of
from suites.trigger.support.api import LiveSession, Sessions
from tck.checking.check import Check
from tck.errors import Indeterminate
from tck.randomized.failure_trace import Told
from tck.randomized.walks.explore import Breach, Go, Gone
from tck.run.context import Run
from tck.transport.messages import Reply
from tck.unjudged import NotTested
from tck.values.json_equality import shown
from tck.values.row import Row
from tck.waiting import eventually

OF_TOKENS = "lifecycle.model-tokens"


@dataclass
class Known:
    """What the walk knows of one session: its possible states, its past ones, and what writes showed."""

    states: list[State] = field(default_factory=lambda: [None])
    past: list[Session] = field(default_factory=list)
    live: LiveSession | None = None
    written: Row | None = None
    quiet: Row | None = None
    """The closed row, which nothing may have changed since."""


@dataclass(frozen=True)
class Sending:
    """A step made ready: with which credential, to which address, and what."""

    step: Step
    sessions: Sessions
    address: str
    ask: Ask

    def sent(self) -> Reply:
        """Send it once."""
        return send(self.sessions, self.address, self.ask)


@dataclass
class Walker:
    """Goes one walk, on sessions of its own."""

    run: Run
    check: Check
    names: dict[str, str] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def going(cls, run: Run, check: Check) -> Go[Step]:
        """What goes each walk with a walker of its own."""
        return lambda steps: cls(run, check).go(steps)

    def go(self, steps: Sequence[Step]) -> Gone[Step]:
        """Send the steps in order, up to the first answer that the model does not permit."""
        sent: list[Step] = []
        calls: list[Told] = []
        judged: Counter[str] = Counter()
        for sending in filter(None, map(self._ready, steps)):
            try:
                reply = self._answered(sending)
            except Indeterminate as weather:
                return Gone(tuple(sent), tuple(calls), judged, lost=str(weather))
            sent.append(sending.step)
            calls.append(Told(_asked(sending), answered(reply), reply.exchange))
            wrong = self._wrong(sending, reply)
            if wrong:
                return Gone(tuple(sent), tuple(calls), judged, self._breach(sending, reply, wrong))
            self._learn(sending, reply)
            judged[requirement_of(sending.step)] += 1
        return Gone(tuple(sent), tuple(calls), judged)

    def _ready(self, step: Step) -> Sending | None:
        """The step as it is sent, None when it needs what the walk does not have: an id or a token."""
        if step.session == NAMELESS and step.ask.action is Action.CREATE:
            self.known.pop(NAMELESS, None)
        known = self.known.setdefault(step.session, Known())
        name = None if step.session == NAMELESS else self._name(step.session)
        address: str | None = name
        if step.by_id or name is None:
            address = known.live.id if known.live else None
        sessions = Sessions(self.run, self.check, self.run.authorization("key"))
        if step.ask.bearer is not Bearer.KEY:
            bearing = self._token_and_key(step.of or step.session)
            if bearing is None:
                return None
            token, key = bearing
            sessions = sessions.bearing(token)
            address = key if step.ask.bearer is Bearer.TOKEN else address
        if address is None and step.ask.action is not Action.CREATE:
            return None
        return Sending(step, sessions, address or "", Ask(step.ask.action, step.ask.bearer, self._body(step)))

    def _name(self, session: str) -> str:
        return self.names.setdefault(session, self.run.new_name())

    def _token_and_key(self, session: str) -> tuple[str, str] | None:
        live = self.known.get(session, Known()).live
        try:
            return (live.token, key_of(live)) if live else None
        except NotTested:
            return None

    def _body(self, step: Step) -> str:
        own = None if step.session == NAMELESS else self._name(step.session)
        named = {OWN: own, OTHER: f"{own or self.run.new_name()}-other", TASK: self._task}
        members = {
            name: named.get(value, value) if isinstance(value, str) else value
            for name, value in step.ask.members.items()
        }
        if step.ask.action is Action.CREATE:
            members["tags"] = [self.run.tag, *(members.get("tags") or [])]
        return packed(members)

    @property
    def _task(self) -> str:
        return self.run.options.own["task_identifier"]

    def _answered(self, sending: Sending) -> Reply:
        """The reply; a retrieve that may show old values is repeated, within the wait that the kit allows."""
        if sending.ask.action is Action.RETRIEVE:
            return eventually(sending.sent, lambda reply: not self._may_be_old(sending, reply)).value
        return sending.sent()

    def _may_be_old(self, sending: Sending, reply: Reply) -> bool:
        known = self.known[sending.step.session]
        if not self._wrong(sending, reply) or None in known.states:
            return False
        if not reply.succeeded or not reply.is_object:
            return reply.status == 404
        state = known.states[0]
        wrong = differences(state, reply.row) if state else {}
        return all(any(name not in differences(old, reply.row) for old in known.past) for name in wrong)

    def _wrong(self, sending: Sending, reply: Reply) -> str:
        """What is wrong with a reply, empty when the model permits it."""
        known = self.known[sending.step.session]
        if not after(known.states, sending.ask, reply):
            return complaint(known.states, sending.ask, reply)
        if not reply.succeeded:
            return ""
        if sending.ask.action is Action.CREATE and self._is_another_ones(sending.step.session, reply):
            return "its id is that of another session"
        if known.quiet and sending.ask.action in (Action.CLOSE, Action.RETRIEVE):
            return "; ".join(known.quiet.without("currentRunId").differences(reply.row))
        if known.written and sending.ask.action in (Action.CLOSE, Action.UPDATE):
            return _went_back(known.written, reply.row)
        return ""

    def _is_another_ones(self, session: str, reply: Reply) -> bool:
        others = (known.live for name, known in self.known.items() if name != session)
        return any(reply["id"] == live.id for live in others if live)

    def _learn(self, sending: Sending, reply: Reply) -> None:
        known = self.known[sending.step.session]
        known.states = after(known.states, sending.ask, reply)
        known.past += [state for state in known.states if state and state not in known.past]
        if not reply.succeeded or sending.ask.action is Action.RETRIEVE:
            return
        known.written = reply.row
        if sending.ask.action is Action.CREATE:
            known.live = LiveSession(reply, sending.sessions)
        if sending.ask.action is Action.CLOSE:
            known.quiet = reply.row
        if sending.ask.action is Action.UPDATE:
            known.quiet = None

    def _breach(self, sending: Sending, reply: Reply, wrong: str) -> Breach:
        expected = answers(self.known[sending.step.session].states[0], sending.ask)[0]
        seen = f"{reply.status} {reply.row if reply.is_object else shown(reply.text, 300)}"
        return Breach(requirement_of(sending.step), wrong, str(expected), seen)


def requirement_of(step: Step) -> str:
    """The requirement that the answer to a step is judged by."""
    return OF_TOKENS if step.ask.bearer is not Bearer.KEY else f"lifecycle.model-{step.ask.action}"


def _asked(sending: Sending) -> str:
    step, ask = sending.step, sending.ask
    named = "id" if sending.address.startswith("session_") else "externalId"
    by = "" if ask.action is Action.CREATE else named
    return asked(ask, step.session, by, f"{step.of}'s public token")


def _went_back(before: Row, now: Row) -> str:
    try:
        if now.is_not_before("updatedAt", before):
            return ""
    except (KeyError, ValueError, TypeError):
        return ""  # what is wrong with a timestamp itself is judged elsewhere
    return f"updatedAt went back from {before['updatedAt']!r} to {now['updatedAt']!r}"
