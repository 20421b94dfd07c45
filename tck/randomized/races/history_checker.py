"""Judges what concurrent calls were answered: whether an order explains it, and whether the server broke."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from tck.checking.response_rules import SERVER_ERROR
from tck.randomized.failure_trace import TracedCall, recorded, story_of
from tck.randomized.races.history import Event, Operation, with_earlier_tries
from tck.randomized.races.linearizability import Model, State, unexplained_part
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome
from tck.waiting import VISIBLE_WITHIN

AN_ORDER = "an order of the calls that explains every answer"


@dataclass(frozen=True)
class HistoryChecker(Generic[State, Operation]):
    """Tells and judges histories by a model; `asked` and `answered` say a call and a reply in a few words.

    `writes`, `reads` and `errors` are the requirements that judge the three.
    """

    run: Run
    node: str
    model: Model[State, Operation]
    asked: Callable[[Operation], str]
    answered: Callable[[Reply], str]
    writes: str
    reads: str
    errors: str

    @property
    def judges(self) -> tuple[str, str, str]:
        """The requirements that every history is judged by."""
        return self.writes, self.reads, self.errors

    def judged(
        self, events: Sequence[Event[Operation]], initial: State, earlier: Sequence[State] = ()
    ) -> list[Finding]:
        """The findings of what is broken.

        A read may show what was true up to the wait before it began: also a state of before this history,
        if that is among the `earlier` ones.
        """
        errors = [self._error(event) for event in events if _is_error(event)][:1]
        sound = [event.forgotten() if _is_error(event) else event for event in events]
        return errors + self._unexplained_in(sound, initial, earlier)

    def _unexplained_in(
        self, events: Sequence[Event[Operation]], initial: State, earlier: Sequence[State]
    ) -> list[Finding]:
        known = with_earlier_tries(events)
        writes = [event for event in known if not self.model.is_read(event.call)]
        part = unexplained_part(writes, initial, self.model)
        if part:
            return [self._unexplained(self.writes, part, len(events))]
        reads = [
            event for event in events if self.model.is_read(event.call) and not self._old(event, earlier)
        ]
        part = unexplained_part(
            [*writes, *(event.began_earlier(VISIBLE_WITHIN) for event in reads)], initial, self.model
        )
        found = [event for event in events if any(_same(event, one) for one in part)]
        return [self._unexplained(self.reads, found, len(events))] if part else []

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
            self.errors, Mismatch(said, "an answer such as one call alone gets", seen), [event]
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


def _same(one: Event[Operation], other: Event[Operation]) -> bool:
    """Whether both hold the same reply, whatever their times."""
    return one.reply is not None and one.reply is other.reply
