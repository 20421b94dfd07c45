"""Several connections that call sessions at the same time, and what their answers show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from tck.checking.check import Check
from tck.checking.response_rules import SERVER_ERROR
from tck.randomized.races.history import Event, doubtful, overlapping, record, strained, together
from tck.randomized.races.history_checker import RACE_RULES, HistoryChecker, RaceModel, RaceRules
from tck.randomized.races.rounds import RoundResult
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch, joined
from tck.values.row import Row

Operation = TypeVar("Operation")
State = TypeVar("State")
CONNECTIONS = 8
DOUBTFUL = "an earlier try of a call, which was answered with 503, may have taken effect"


@dataclass(frozen=True)
class Lane(Generic[Operation]):
    """What one connection sends, in order, to one address."""

    address: str
    calls: tuple[Operation, ...]


@dataclass(frozen=True)
class History(Generic[State, Operation]):
    """All that was called on one session, its state before, and states that reads may still show."""

    events: list[Event[Operation]]
    initial: State
    earlier: tuple[State, ...] = ()


@dataclass(frozen=True)
class Racer(Generic[State, Operation]):
    """Sends calls from several connections at once, and judges what came of them by a model.

    `send` sends one call to an address, `read` is the call that reads a session; `asked` and `answered` say a
    call and a reply in a few words, and `rules` name the requirements.
    """

    run: Run
    check: Check
    model: RaceModel[State, Operation]
    send: Callable[[str, Operation], Reply]
    read: Operation
    asked: Callable[[Operation], str]
    answered: Callable[[Reply], str]
    rules: RaceRules = RACE_RULES

    @property
    def checker(self) -> HistoryChecker[State, Operation]:
        """Judges histories by the model."""
        return HistoryChecker(self.run, self.check.node, self.model, self.asked, self.answered, self.rules)

    def race(self, lanes: Sequence[Lane[Operation]]) -> list[list[Event[Operation]]]:
        """Send all lanes at the same time; what each was answered."""
        self.run.client.wait(self.run.client.pacer.burst(sum(len(lane.calls) for lane in lanes)))
        with self.run.client.in_flight.aside():
            return together([self._in_order(number, lane) for number, lane in enumerate(lanes, 1)])

    def _in_order(self, number: int, lane: Lane[Operation]) -> Callable[[], list[Event[Operation]]]:
        return lambda: [self.alone(call, lane.address, number) for call in lane.calls]

    def race_groups(self, groups: Sequence[Sequence[Lane[Operation]]]) -> list[list[Event[Operation]]]:
        """Send the lanes of all groups at the same time; what each group was answered."""
        raced = iter(self.race([lane for group in groups for lane in group]))
        return [[event for _ in group for event in next(raced)] for group in groups]

    def alone(self, call: Operation, address: str, connection: int = 0) -> Event[Operation]:
        """One call, sent by itself or from one of several connections."""
        return record(connection, call, lambda: self.send(address, call))

    def settled(self, address: str, holds: Callable[[Row], bool]) -> Event[Operation]:
        """A read that shows what holds, or the last one within the wait that the kit allows."""

        def shows(event: Event[Operation]) -> bool:
            reply = event.reply
            return reply is None or (reply.succeeded and reply.is_object and holds(reply.row))

        return self.run.patience.wait(lambda: self.alone(self.read, address), shows).value

    def unsure(self, event: Event[Operation]) -> bool:
        """Whether a write may have taken effect more than once, or not at all."""
        reply = event.reply
        broke = reply is not None and reply.status >= SERVER_ERROR
        return not self.model.is_read(event.call) and (reply is None or broke or doubtful(event))

    def broken(self, requirement: str, problem: Mismatch, events: Sequence[Event[Operation]]) -> Finding:
        """A finding that these calls show."""
        return self.checker.broken(requirement, problem, events)

    def lost_writes(
        self,
        requirement: str,
        address: str,
        missing: Callable[[Row], Sequence[Mismatch]],
        writes: Sequence[Event[Operation]],
    ) -> list[Finding]:
        """What a session has lost of these writes, as a read shows it after the wait.

        `missing` says what a row does not show of them.
        """
        final = self.settled(address, lambda row: not missing(row))
        row = row_of(final)
        wrong = missing(row) if row else []
        if not wrong:
            return []
        lost = joined(wrong)
        problem = Mismatch(f"an update was lost: {lost}", lost.expected, lost.seen, lost.exchanges)
        return [self.broken(requirement, problem, [*writes, final])]

    def play_drawn(
        self, address: str, initial: State, stream: str, steps: int, drawn: Callable[[Random, str], Operation]
    ) -> RoundResult:
        """A round of drawn calls on one session: so many on each connection, one after the other.

        `stream` seeds what is drawn; `drawn` makes a call with a mark that no other call of the round has.
        """
        draw = Random(stream)  # noqa: S311 - a stream of its own
        plans = [tuple(drawn(draw, f"{lane}.{step}") for step in range(steps)) for lane in range(CONNECTIONS)]
        events = flat(self.race([Lane(address, plan) for plan in plans]))
        left, lost = self.left_by(events, initial, address)
        return self.round_result([History([*events, left], initial)], lost, ())

    def left_by(
        self, events: Sequence[Event[Operation]], initial: State, address: str
    ) -> tuple[Event[Operation], list[Finding]]:
        """The last read after these calls, and what it shows that no order of them leaves.

        It reads until the session shows what some order leaves, as long as the kit waits at most.
        """
        unsure, checker = any(map(self.unsure, events)), self.checker
        seen: dict[tuple[int, bytes], bool] = {}

        def left(last: Event[Operation]) -> bool:
            shown = (last.reply.answered, last.reply.body) if last.reply else (0, b"")
            if shown not in seen:
                seen[shown] = checker.leaves(events, initial, last)
            return seen[shown]

        last = self.run.patience.wait(
            lambda: self.alone(self.read, address), lambda last: unsure or left(last)
        )
        return last.value, [] if last.held else [checker.lost(events, initial, last.value)]

    def round_result(
        self, histories: Sequence[History[State, Operation]], own: Sequence[Finding], judges: Sequence[str]
    ) -> RoundResult:
        """What a round showed: its own findings, and those of the history of each session.

        `judges` are the requirements that it judges itself.
        """
        told = [
            found for one in histories for found in self.checker.judged(one.events, one.initial, one.earlier)
        ]
        events = [event for one in histories for event in one.events]
        broken = {found.requirement: found for found in reversed([*own, *told])}
        lost = next((event.lost or DOUBTFUL for event in events if self.unsure(event)), "")
        sure = [*self.checker.judges, *(() if lost else judges)]
        held = tuple(name for name in sure if name not in broken)
        exchanges = tuple(event.reply.exchange for event in events if event.reply)
        return RoundResult(
            tuple(broken.values()), held, lost, overlapping(events), strained(events), exchanges
        )


def flat(raced: Iterable[list[Event[Operation]]]) -> list[Event[Operation]]:
    """The calls of all lanes."""
    return [event for events in raced for event in events]


def row_of(event: Event[Operation]) -> Row | None:
    """The row that a call was answered with, None when there is none."""
    reply = event.reply
    return reply.row if reply and reply.succeeded and reply.is_object else None
