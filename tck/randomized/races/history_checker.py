"""Judges what concurrent calls were answered: whether an order explains it, and whether the server broke."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol

from tck.checking.response_rules import SERVER_ERROR
from tck.randomized.failure_trace import TracedCall, recorded, story_of
from tck.randomized.races.history import Event, Operation, with_earlier_tries
from tck.randomized.races.linearizability import Model, State, is_explained, unexplained_part
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome
from tck.waiting import VISIBLE_WITHIN

AN_ORDER = "an order of the calls that explains every answer"


@dataclass(frozen=True)
class RaceRules:
    """The requirements that judge what concurrent calls are answered.

    `replies` SHOULD all show the rows of one order of the calls. What every order entails is asked by itself:
    an order of the `outcomes`, that `reads` show rows that were written, that a reply shows its `own` session
    and what was sent for it, and that there are no `errors`.
    """

    replies: str = "races.replies-have-one-order"
    outcomes: str = "races.outcomes-have-an-order"
    reads: str = "races.reads-show-written-rows"
    own: str = "races.replies-show-own-session"
    errors: str = "races.calls-are-answered"

    @property
    def all(self) -> tuple[str, ...]:
        """Every one of them."""
        return self.replies, self.outcomes, self.reads, self.own, self.errors


RACE_RULES = RaceRules()


class RaceModel(Model[State, Operation], Protocol):
    """What calls do, and what the reply to one of them may show."""

    def outcomes(self, state: State, event: Event[Operation]) -> Iterable[State]:
        """The states that a call may lead to, given its status and what it shows of what it sent."""
        ...

    def foreign(
        self, event: Event[Operation], writes: Sequence[Event[Operation]], initial: State
    ) -> Mismatch | None:
        """What the reply to a write shows that neither it nor another of these writes can have sent."""
        ...


@dataclass(frozen=True)
class ByOutcome(Generic[State, Operation]):
    """A model in which the reply to a write says what became of that write, and nothing else of the row."""

    model: RaceModel[State, Operation]

    def is_read(self, call: Operation) -> bool:
        """Whether the call never changes the state."""
        return self.model.is_read(call)

    def effects(self, state: State, event: Event[Operation]) -> Iterable[State]:
        """The states that the call may lead to, given its outcome."""
        return self.model.outcomes(state, event)

    def shown(self, state: State, event: Event[Operation]) -> Iterable[State]:
        """The state, which every write may show; what a read shows of it counts."""
        return self.model.shown(state, event) if self.is_read(event.call) else (state,)


@dataclass(frozen=True)
class HistoryChecker(Generic[State, Operation]):
    """Tells and judges histories by a model; `asked` and `answered` say a call and a reply in a few words."""

    run: Run
    node: str
    model: RaceModel[State, Operation]
    asked: Callable[[Operation], str]
    answered: Callable[[Reply], str]
    rules: RaceRules = RACE_RULES

    @property
    def judges(self) -> tuple[str, ...]:
        """The requirements that every history is judged by."""
        return self.rules.all

    def judged(
        self, events: Sequence[Event[Operation]], initial: State, earlier: Sequence[State] = ()
    ) -> list[Finding]:
        """The findings of what is broken.

        A read may show what was true up to the wait before it began: also a state of before this history,
        if that is among the `earlier` ones.
        """
        errors = [self._error(event) for event in events if _is_error(event)][:1]
        sound = [event.forgotten() if _is_error(event) else event for event in events]
        return [*errors, *self._foreign_in(sound, initial), *self._unexplained_in(sound, initial, earlier)]

    def leaves(self, events: Sequence[Event[Operation]], initial: State, last: Event[Operation]) -> bool:
        """Whether a read after all of these writes shows what some order of them leaves."""
        return is_explained(*self._by_any_order(events, initial, last))

    def lost(self, events: Sequence[Event[Operation]], initial: State, last: Event[Operation]) -> Finding:
        """The finding that no order of these writes leaves what a read after all of them shows."""
        part = unexplained_part(*self._by_any_order(events, initial, last))
        return self._unexplained(self.rules.outcomes, part, len(events) + 1)

    def _by_any_order(
        self, events: Sequence[Event[Operation]], initial: State, last: Event[Operation]
    ) -> tuple[list[Event[Operation]], State, ByOutcome[State, Operation]]:
        """What a search for an order of the writes takes: the last read counts, and no other reply does."""
        told = [*self._writes(events), last]
        sound = [event.forgotten() if _is_error(event) else event for event in told]
        return sound, initial, ByOutcome(self.model)

    def _writes(self, events: Sequence[Event[Operation]]) -> list[Event[Operation]]:
        return [event for event in with_earlier_tries(events) if not self.model.is_read(event.call)]

    def _foreign_in(self, events: Sequence[Event[Operation]], initial: State) -> list[Finding]:
        writes = self._writes(events)
        for event in writes:
            problem = self.model.foreign(event, writes, initial) if event.known else None
            if problem:
                return [self.broken(self.rules.own, problem, [event])]
        return []

    def _unexplained_in(
        self, events: Sequence[Event[Operation]], initial: State, earlier: Sequence[State]
    ) -> list[Finding]:
        by_outcome, whole = ByOutcome(self.model), len(events)
        writes = self._writes(events)
        part = unexplained_part(writes, initial, self.model)
        found = [self._unexplained(self.rules.replies, part, whole)] if part else []
        part = unexplained_part(writes, initial, by_outcome) if part else []
        if part:
            return [*found, self._unexplained(self.rules.outcomes, part, whole)]
        reads = [
            event for event in events if self.model.is_read(event.call) and not self._old(event, earlier)
        ]
        both = [*writes, *(event.began_earlier(VISIBLE_WITHIN) for event in reads)]
        with_replies = [] if found else unexplained_part(both, initial, self.model)
        if not found and not with_replies:
            return []
        part = unexplained_part(both, initial, by_outcome)
        if part:
            return [*found, self._unexplained(self.rules.reads, _as_sent(part, events), whole)]
        return found or [self._unexplained(self.rules.replies, _as_sent(with_replies, events), whole)]

    def _old(self, event: Event[Operation], earlier: Sequence[State]) -> bool:
        return event.known and any(tuple(self.model.shown(state, event)) for state in earlier)

    def broken(self, requirement: str, problem: Mismatch, events: Sequence[Event[Operation]]) -> Finding:
        """A finding that these events show, told as a timeline.

        It judged the exchanges of the problem, or all of the events when that names none.
        """
        told = self._told(events)
        ids = tuple(one.exchange for one in told if one.exchange)
        story = story_of(told, recorded(self.run, ids), [f"   wrong: {problem}"])
        judged = tuple(one for one in ids if one in problem.exchanges) or ids
        path = ids[: ids.index(judged[-1]) + 1] if judged else ids
        return Finding(
            requirement, Outcome.FAILED, self.node, str(problem), problem.expected, problem.seen,
            path, story=story, judged=judged,
        )  # fmt: skip

    def _error(self, event: Event[Operation]) -> Finding:
        said = "a call among concurrent ones was answered with a server error"
        seen = event.reply.told if event.reply else ""
        return self.broken(
            self.rules.errors, Mismatch(said, "an answer such as one call alone gets", seen), [event]
        )

    def _unexplained(self, requirement: str, part: Sequence[Event[Operation]], of: int) -> Finding:
        others = of - len(part)
        rest = f", whatever the other {others} calls of the round did" if others else ""
        ordered = sorted(part, key=lambda event: event.ended)
        answers = [self.answered(event.reply) for event in ordered if event.reply]
        if len(part) == 1:
            reason, seen = f"nothing explains the answer to this call{rest}", "".join(answers)
        else:
            reason = f"no order of these {len(part)} calls explains their answers{rest}"
            seen = f"answers that contradict one another, the last of them: {''.join(answers[-1:])}"
        return self.broken(requirement, Mismatch(reason, AN_ORDER, seen), ordered)

    def _told(self, events: Sequence[Event[Operation]]) -> list[TracedCall]:
        zero = min((event.started for event in events), default=0.0)
        return [self._line(event, zero) for event in events]

    def _line(self, event: Event[Operation], zero: float) -> TracedCall:
        begun = f"connection {event.connection}, from {(event.started - zero) * 1000:.1f}"
        if event.reply is None:
            return TracedCall(f"{begun} ms, {self.asked(event.call)}", f"no answer ({event.lost})")
        when = f"{begun} to {(event.ended - zero) * 1000:.1f} ms"
        return TracedCall(
            f"{when}, {self.asked(event.call)}", self.answered(event.reply), event.reply.exchange
        )


def _is_error(event: Event[Operation]) -> bool:
    return event.reply is not None and event.reply.status >= SERVER_ERROR


def _as_sent(part: Sequence[Event[Operation]], events: Sequence[Event[Operation]]) -> list[Event[Operation]]:
    """These events with the times at which they were sent."""
    return [event for event in events if any(_same(event, one) for one in part)]


def _same(one: Event[Operation], other: Event[Operation]) -> bool:
    """Whether both hold the same reply, whatever their times."""
    return one.reply is not None and one.reply is other.reply
