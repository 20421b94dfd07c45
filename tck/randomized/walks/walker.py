"""Goes a walk on the target: sends each step, and compares each answer with the model's."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from tck.checking.check import Check
from tck.checking.clocks import about
from tck.checking.comparison import compared
from tck.errors import Broken, Indeterminate
from tck.randomized.failure_trace import TracedCall
from tck.randomized.races.history import Event
from tck.randomized.walks.explore import GoWalk, Violation, WalkResult
from tck.run.context import Run
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch
from tck.values.row import Row

Step = TypeVar("Step")
Ask = TypeVar("Ask")
State = TypeVar("State")
Asked = TypeVar("Asked")
NOT_FOUND = 404


class WalkModel(Protocol[State, Asked]):
    """What a contract permits, as pure functions.

    Where it leaves a choice, several states may explain the answers so far; None stands for no session.
    """

    def is_read(self, ask: Asked) -> bool:
        """Whether the call never changes the state."""

    def after(self, states: Sequence[State], ask: Asked, reply: Reply) -> list[State]:
        """The states that explain a reply; empty when none does."""

    def complaint(self, states: Sequence[State], ask: Asked, reply: Reply) -> Mismatch:
        """What is wrong with a reply that no state explains."""

    def differences(self, state: State, row: Row) -> Mapping[str, Mismatch]:
        """For each member of a row that a state does not explain, a sentence."""

    def effects(self, state: State, event: Event[Asked]) -> Iterable[State]:
        """The states after a call that was answered so; any permitted one when the answer is not known."""

    def shown(self, state: State, event: Event[Asked]) -> Iterable[State]:
        """The state, with what the answer tells of it, if the answer may show it; else none."""


@dataclass
class WalkedSession(Generic[State]):
    """What a walk knows of one session: its possible states, its past ones, and the row of the last write."""

    states: list[State]
    past: list[State] = field(default_factory=list)
    written: Row | None = None


Known = TypeVar("Known", bound=WalkedSession[Any])


@dataclass(frozen=True)
class Sending(Generic[Step, Ask]):
    """A step made ready: its session by the walk's own name, its call, that in words, and what sends it."""

    step: Step
    session: str
    ask: Ask
    asked: str
    send: Callable[[], Reply]


class Walker(ABC, Generic[Step, Ask, State, Known]):
    """Goes one walk, on sessions of its own; a contract gives the model, and makes steps ready to be sent."""

    model: WalkModel[State, Ask]
    touched: ClassVar[str]
    """The member of a row with the instant of its last change."""

    def __init__(self, run: Run, check: Check) -> None:
        self.run, self.check = run, check
        self.known: dict[str, Known] = {}
        """What the walk knows of its sessions, by its own names for them."""

    @classmethod
    def runner(cls, run: Run, check: Check) -> GoWalk[Step]:
        """What goes each walk with a walker of its own."""
        return lambda steps: cls(run, check).go(steps)

    @abstractmethod
    def ready(self, step: Step) -> Sending[Step, Ask] | None:
        """The step as it is sent, None when it needs what the walk does not have."""

    @abstractmethod
    def requirement_of(self, step: Step) -> str:
        """The requirement that the answer to a step is judged by."""

    @abstractmethod
    def answered(self, reply: Reply) -> str:
        """A reply in a few words."""

    def begin(self, steps: Sequence[Step]) -> None:
        """Make what the walk needs before its first step."""

    def also_wrong(
        self,
        sending: Sending[Step, Ask],  # noqa: ARG002 - contracts use it
        reply: Reply,  # noqa: ARG002 - contracts use it
    ) -> Mismatch | None:
        """What is wrong with a 2xx that the model permits; None when nothing is."""
        return None

    def learn(self, sending: Sending[Step, Ask], reply: Reply) -> None:
        """Note what a good answer shows."""
        known = self.known[sending.session]
        known.states = self.model.after(known.states, sending.ask, reply)
        known.past += [state for state in known.states if state is not None and state not in known.past]
        if reply.succeeded and not self.model.is_read(sending.ask):
            known.written = reply.row

    def went_back(self, session: str, now: Row) -> Mismatch | None:
        """How the instant of the last change is before that of the write before; None when it is not.

        None also when one of the two is no instant, which the monitors judge.
        """
        before = self.known[session].written
        try:
            if before is None or now[self.touched] >= about(before[self.touched]):
                return None
        except Broken:
            return None
        return compared(">=", now[self.touched], about(before[self.touched]))

    def go(self, steps: Sequence[Step]) -> WalkResult[Step]:
        """Send the steps in order, up to the first answer that the model does not permit."""
        sent: list[Step] = []
        calls: list[TracedCall] = []
        judged: Counter[str] = Counter()
        first: dict[str, str] = {}
        violation, lost = None, ""
        try:
            self.begin(steps)
            for sending in filter(None, map(self.ready, steps)):
                reply = self.reply_to(sending)
                sent.append(sending.step)
                calls.append(TracedCall(sending.asked, self.answered(reply), reply.exchange))
                wrong = self.wrong_with(sending, reply)
                if wrong:
                    violation = Violation(self.requirement_of(sending.step), wrong)
                    break
                self.learn(sending, reply)
                judged[self.requirement_of(sending.step)] += 1
                first.setdefault(self.requirement_of(sending.step), reply.exchange)
        except Indeterminate as trouble:
            lost = str(trouble)
        return WalkResult(tuple(sent), tuple(calls), judged, first, violation, lost)

    def changes_nothing(self, sending: Sending[Step, Ask]) -> bool:
        """Whether a call may be sent again where its reply may show old values."""
        return self.model.is_read(sending.ask)

    def reply_to(self, sending: Sending[Step, Ask]) -> Reply:
        """The reply; a read that may show old values is repeated, within the wait that the kit allows."""
        if not self.changes_nothing(sending):
            return sending.send()
        return self.run.patience.wait(sending.send, lambda reply: not self._may_be_old(sending, reply)).value

    def _may_be_old(self, sending: Sending[Step, Ask], reply: Reply) -> bool:
        known = self.known[sending.session]
        if not self.wrong_with(sending, reply) or None in known.states:
            return False
        if not reply.succeeded or not reply.is_object:
            return reply.status == NOT_FOUND
        wrong = self.model.differences(known.states[0], reply.row)
        past = [self.model.differences(old, reply.row) for old in known.past]
        return all(any(name not in old for old in past) for name in wrong)

    def wrong_with(self, sending: Sending[Step, Ask], reply: Reply) -> Mismatch | None:
        """What is wrong with a reply; None when it is permitted."""
        states = self.known[sending.session].states
        if not self.model.after(states, sending.ask, reply):
            return self.model.complaint(states, sending.ask, reply)
        return self.also_wrong(sending, reply) if reply.succeeded else None
