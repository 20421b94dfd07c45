"""Several connections that call one session at the same time."""

from collections.abc import Sequence
from typing import Any

from suites.trigger.randomized.model import Action, Ask, Session, State, answers, shown_by
from suites.trigger.randomized.model_calls import answered, asked, send
from suites.trigger.randomized.raced_replies import RaceModel
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies, Body
from tck import randomized
from tck.checking import Check, NotTested, Reply
from tck.randomized import Event, packed
from tck.run import Run

READERS = 2
LOOKS = 2
"""Retrieves that each reader sends, one after the other."""
LOOK = Ask(Action.RETRIEVE)
Events = list[Event[Ask]]
Lane = randomized.Lane[Ask]
History = randomized.History[State, Ask]


class Racer(randomized.Racer[State, Ask]):
    """Sends calls on sessions from several connections at once."""

    def __init__(self, run: Run, check: Check) -> None:
        super().__init__(run, check, RaceModel(), self._sent, LOOK, asked, answered)

    @property
    def sessions(self) -> Sessions:
        """The operations with the secret key."""
        return Sessions(self.run, self.check, self.run.authorization("key"))

    def _sent(self, address: str, ask: Ask) -> Reply:
        return send(self.sessions, address, ask)

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


def lanes(asks: Sequence[Ask], addresses: Sequence[str]) -> list[Lane]:
    """A connection for each call; the addresses take turns."""
    return [Lane(addresses[number % len(addresses)], (ask,)) for number, ask in enumerate(asks)]


def readers(addresses: Sequence[str]) -> list[Lane]:
    """Connections that retrieve a session, each a few times."""
    return [Lane(addresses[number % len(addresses)], (LOOK,) * LOOKS) for number in range(READERS)]


def update(**members: Any) -> Ask:
    """An update of these members."""
    return Ask(Action.UPDATE, body=packed(members))


def close(reason: str) -> Ask:
    """A close with a reason."""
    return Ask(Action.CLOSE, body=packed({"reason": reason}))


def of(events: Events, action: Action) -> Events:
    """The answered calls of one operation."""
    return [event for event in events if event.call.action is action and event.known]
