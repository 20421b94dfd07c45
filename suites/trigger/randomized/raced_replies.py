"""What the reply to a write among others must show: its own session, and what was sent for it."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from suites.trigger.randomized.model import Action, Ask, Model, State, answers
from tck.checking import Mismatch, Row, compared, joined
from tck.randomized import Event, unsent

WRITTEN = ("tags", "metadata")
NAMING = ("externalId", "type", "taskIdentifier")
Writes = Sequence[Event[Ask]]


class RaceModel(Model):
    """The model as races ask it: it also says what the reply to one write may show."""

    def outcomes(self, state: State, event: Event[Ask]) -> Iterable[State]:
        """The states after a call that was answered so: an update that shows what it sent was applied."""
        reply = event.reply
        permitted = [one for one in answers(state, event.call) if reply is None or one.fits(reply)]
        row = _row_of(event)
        if row is None or event.call.action is not Action.UPDATE:
            return {one.then for one in permitted}
        sent = [name for name in WRITTEN if name in event.call.members]
        acknowledged = all(row[name] == event.call.members[name] for name in sent)
        return {one.then for one in permitted if not acknowledged or _holds(one.then, event.call, sent)}

    def foreign(self, event: Event[Ask], writes: Writes, initial: State) -> Mismatch | None:
        """What the reply to a write shows that neither it nor another write can have sent for its session."""
        reply = event.reply
        if reply is None or not reply.succeeded or not reply.is_object:
            return None
        wrong = RacedReply(event, writes, initial, reply.row).problems()
        return joined(wrong) if wrong else None


@dataclass(frozen=True)
class RacedReply:
    """The row that a write among others was answered with, and what was known before all of them."""

    event: Event[Ask]
    writes: Writes
    initial: State
    row: Row

    def problems(self) -> list[Mismatch]:
        """What it shows that is not of its session, or that nobody has sent for it by then."""
        wrong = [
            compared("==", self.row[name], value)
            for name, value in self._named().items()
            if self.row[name] != value
        ]
        return wrong or [*self._of_its_close(), *self._of_values()]

    def _named(self) -> dict[str, Any]:
        """The members that say which session it is, as the state or another reply tells them."""
        state = self.initial
        if state:
            named = {
                "externalId": state.external_id,
                "type": state.type,
                "taskIdentifier": state.task_identifier,
            }
            return {name: state.value(name) for name in ("id", "createdAt") if state.value(name)} | named
        rows = [row for row in map(_row_of, self.writes) if row]
        sent = self.event.call.members if self.event.call.action is Action.CREATE else {}
        return {"id": rows[0]["id"].value} | {name: sent[name] for name in NAMING if name in sent}

    @property
    def _may_be_closed(self) -> bool:
        closes = (one for one in self.writes if one.call.action is Action.CLOSE)
        return bool(self.initial and self.initial.closed) or any(
            one.started <= self.event.ended for one in closes
        )

    def _of_its_close(self) -> list[Mismatch]:
        closed_at = self.row["closedAt"]
        if self.event.call.action is Action.CLOSE and closed_at.is_null:
            return [compared("!=", closed_at, None)]
        early = not self._may_be_closed and not closed_at.is_null
        return [compared("==", closed_at, None)] if early else []

    def _of_values(self) -> list[Mismatch]:
        state = self.initial
        before = {
            "tags": json.loads(state.tags) if state else [],
            "metadata": json.loads(state.metadata) if state else None,
            "closedReason": state.reason if state else None,
        }
        replaces = self.event.call.action is Action.UPDATE and not self._may_be_closed
        found = (
            unsent(self.event, self.row[member], self.writes, _sent(member), value, replaces=replaces)
            for member, value in before.items()
        )
        return [wrong for wrong in found if wrong]


def _holds(state: State, call: Ask, members: Sequence[str]) -> bool:
    """Whether a state has these members as the call sent them."""
    return state is not None and all(
        json.loads(state.tags if name == "tags" else state.metadata) == call.members[name] for name in members
    )


def _row_of(event: Event[Ask]) -> Row | None:
    reply = event.reply
    return reply.row if reply and reply.succeeded and reply.is_object else None


def _sent(member: str) -> Callable[[Ask], list[Any]]:
    """What a call sends for a member of the row."""
    name = {"closedReason": "reason"}.get(member, member)
    actions = (Action.CLOSE,) if name == "reason" else (Action.CREATE, Action.UPDATE)

    def sent(ask: Ask) -> list[Any]:
        return [ask.members[name]] if ask.action in actions and name in ask.members else []

    return sent
