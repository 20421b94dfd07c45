"""Several connections calling one session at the same time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from suites.trigger.randomized.model import Action, Ask, Session, State, answers, packed, shown_by
from suites.trigger.randomized.model_calls import answered, asked, send
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies, Body
from tck.checking.check import Check
from tck.randomized.races.history import Event, doubtful, overlapping, record, strained, together
from tck.randomized.races.history_checker import SERVER_ERROR, Chronicler
from tck.randomized.races.rounds import Played
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.unjudged import NotTested
from tck.values.row import Row
from tck.waiting import eventually

CONNECTIONS = 8
READERS = 2
LOOKS = 2
"""Retrieves that each reader sends, one after the other."""
ERRORS, WRITES = "races.calls-are-answered", "races.history-is-linearizable"
READS = "races.reads-show-written-rows"
DOUBTFUL = "an earlier try of a call, which was answered with 503, may have taken effect"
Events = list[Event[Ask]]


@dataclass(frozen=True)
class Lane:
    """What one connection sends, in order, to one address."""

    address: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True)
class History:
    """All that was called on one session, its state before, and states that reads may still show."""

    events: Events
    initial: State
    earlier: tuple[State, ...] = ()


class RaceModel:
    """The model of one session, for calls whose order is not known."""

    def is_read(self, call: Ask) -> bool:
        """Whether a call is a retrieve."""
        return call.action is Action.RETRIEVE

    def effects(self, state: State, event: Event[Ask]) -> Iterable[State]:
        """The states after a call that was answered so; any permitted one when the answer is not known."""
        permitted = answers(state, event.call)
        return {one.then for one in permitted if event.reply is None or one.fits(event.reply)}

    def shown(self, state: State, event: Event[Ask]) -> Iterable[State]:
        """The state with what the reply tells of it, if it may show it; a write may show a later state."""
        reply, read = event.reply, self.is_read(event.call)
        if reply is None or (read and not any(one.fits(reply) for one in answers(state, event.call))):
            return ()
        if not reply.succeeded:
            return (state,)
        told = shown_by(state, reply.row) if state else None
        return () if told is None else (told,)


@dataclass(frozen=True)
class Racer:
    """Sends calls from several connections at once, and tells what came of them."""

    run: Run
    check: Check

    @property
    def sessions(self) -> Sessions:
        """The operations with the secret key."""
        return Sessions(self.run, self.check, self.run.authorization("key"))

    @property
    def chronicler(self) -> Chronicler[State, Ask]:
        """Judges histories by the model."""
        return Chronicler(self.run, self.check.node, RaceModel(), asked, answered, WRITES, READS, ERRORS)

    def race(self, lanes: Sequence[Lane]) -> list[Events]:
        """Send all lanes at the same time; what each was answered."""
        self.run.client.wait(self.run.client.pacer.burst(sum(len(lane.asks) for lane in lanes)))
        return together([self._in_order(number, lane) for number, lane in enumerate(lanes, 1)])

    def _in_order(self, number: int, lane: Lane) -> Callable[[], Events]:
        return lambda: [self.alone(ask, lane.address, number) for ask in lane.asks]

    def alone(self, ask: Ask, address: str, connection: int = 0) -> Event[Ask]:
        """One call, sent by itself or from one of several connections."""
        return record(connection, ask, lambda: send(self.sessions, address, ask))

    def settled(self, session: LiveSession, holds: Callable[[Row], bool]) -> Event[Ask]:
        """A retrieve that shows what holds, or the last one within the wait that the kit allows."""

        def shows(event: Event[Ask]) -> bool:
            reply = event.reply
            return reply is None or (reply.succeeded and reply.is_object and holds(reply.row))

        return eventually(lambda: self.alone(Ask(Action.RETRIEVE), session.id), shows).value

    def made(self, **changes: Any) -> tuple[LiveSession, Session]:
        """A new session and its state by the model; a precondition."""
        ask = self.create_ask(self.run.new_name(), **changes)
        reply = send(self.sessions, "", ask)
        then = answers(None, ask)[0].then
        state = shown_by(then, reply.row) if then and reply.succeeded and reply.is_object else None
        if state is None:
            raise NotTested(f"create answered {reply.status}, which the checks of create judge")
        return LiveSession(reply, self.sessions), state

    def create_ask(self, external_id: str, **changes: Any) -> Ask:
        """A create of this externalId, with these members changed."""
        body: Body = Bodies(self.run).minimal(externalId=external_id, **changes)
        return Ask(Action.CREATE, body=packed(body))

    def played(self, histories: Sequence[History], own: Sequence[Finding], judges: Sequence[str]) -> Played:
        """What a round showed: its own findings, and those of the history of each session."""
        told = [
            found
            for one in histories
            for found in self.chronicler.judged(one.events, one.initial, one.earlier)
        ]
        events = [event for one in histories for event in one.events]
        broken = {found.requirement: found for found in reversed([*own, *told])}
        lost = next((event.lost or DOUBTFUL for event in events if unsure(event)), "")
        sure = [*self.chronicler.judges, *(() if lost else judges)]
        held = tuple(name for name in sure if name not in broken)
        return Played(tuple(broken.values()), held, lost, overlapping(events), strained(events))


def unsure(event: Event[Ask]) -> bool:
    """Whether a write may have taken effect more than once, or not at all."""
    reply = event.reply
    broke = reply is not None and reply.status >= SERVER_ERROR
    return event.call.action is not Action.RETRIEVE and (reply is None or broke or doubtful(event))


def flat(raced: Iterable[Events]) -> Events:
    """The calls of all lanes."""
    return [event for events in raced for event in events]


def lanes(asks: Sequence[Ask], addresses: Sequence[str]) -> list[Lane]:
    """A connection for each call; the addresses take turns."""
    return [Lane(addresses[number % len(addresses)], (ask,)) for number, ask in enumerate(asks)]


def readers(addresses: Sequence[str]) -> list[Lane]:
    """Connections that retrieve a session, each a few times."""
    return [
        Lane(addresses[number % len(addresses)], (Ask(Action.RETRIEVE),) * LOOKS) for number in range(READERS)
    ]


def update(**members: Any) -> Ask:
    """An update of these members."""
    return Ask(Action.UPDATE, body=packed(members))


def close(reason: str) -> Ask:
    """A close with a reason."""
    return Ask(Action.CLOSE, body=packed({"reason": reason}))


def of(events: Events, action: Action) -> Events:
    """The answered calls of one operation."""
    return [event for event in events if event.call.action is action and event.known]
