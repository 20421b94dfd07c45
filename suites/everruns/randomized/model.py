"""A small model of the contract: what an update and a read must answer in each state of a session."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from suites.everruns.support.api import Sessions
from suites.everruns.support.ids import unknown_id
from suites.everruns.support.rows import tags_of, title_of
from tck.checking import Mismatch, Reply, Row, compared, joined, shown
from tck.randomized import Event, ModelCall, packed, unsent

GIVEN = ("id", "organization_id", "harness_id", "created_at")
"""What the server chose when the session was made, and never changes."""


class Action(StrEnum):
    """What may be called."""

    UPDATE = "update"
    READ = "read"
    MISS = "update of an unknown id"


@dataclass(frozen=True)
class Ask(ModelCall):
    """One call on one session."""

    action: Action
    body: str = "{}"


@dataclass(frozen=True)
class Session:
    """What a session is: what can be written of it, and what the server chose."""

    title: str | None
    tags: tuple[str, ...]
    given: tuple[tuple[str, str], ...] = ()

    def after(self, ask: Ask) -> "Session":
        """The session once a call has taken effect."""
        if ask.action is not Action.UPDATE:
            return self
        sent = ask.members
        return replace(self, title=sent.get("title", self.title), tags=tuple(sent.get("tags", self.tags)))


def update(**members: Any) -> Ask:
    """An update of these members."""
    return Ask(Action.UPDATE, packed(members))


def state_of(row: Row) -> Session:
    """The session that a row shows."""
    given = tuple((name, str(row[name].value)) for name in GIVEN)
    return Session(row["title"].value, tuple(tags_of(row).value), given)


def differences(state: Session, row: Row) -> dict[str, Mismatch]:
    """For each member of a row that this state does not explain, a sentence."""
    expected = {"title": state.title, **dict(state.given)}
    wrong = {name: compared("==", row[name], value) for name, value in expected.items() if row[name] != value}
    if tags_of(row) != list(state.tags):
        wrong["tags"] = compared("==", tags_of(row), list(state.tags))
    return wrong


def wrong_with(state: Session, ask: Ask, reply: Reply) -> Mismatch | None:
    """What is wrong with a reply to a call made in this state; None when it is as it must be."""
    if ask.action is Action.MISS:
        return None if reply.status == 404 else compared("==", reply.status, 404)
    if ask.action is Action.UPDATE and not ask.members and reply.refused:
        return None
    if reply.status != 200 or not reply.is_object:
        said = f"it answered {reply.status}, not 200 with a row"
        return Mismatch(said, "200 with a row", reply.told, (reply.exchange,))
    wrong = differences(state.after(ask), reply.row)
    return joined(wrong.values()) if wrong else None


def send(sessions: Sessions, session_id: str, ask: Ask) -> Reply:
    """Send one call."""
    match ask.action:
        case Action.READ:
            return sessions.read(session_id)
        case Action.UPDATE:
            return sessions.update(session_id, ask.members)
        case Action.MISS:
            return sessions.update(unknown_id(session_id), ask.members)


def asked(ask: Ask, name: str = "") -> str:
    """A call in a few words; `name` is the session."""
    sent = "" if ask.action is Action.READ else f" {shown(ask.members)}"
    return " ".join(filter(None, [ask.action, name])) + sent


def answered(reply: Reply) -> str:
    """A reply in a few words."""
    if not reply.succeeded or not reply.is_object:
        return str(reply.status)
    return f"{reply.status}, title {reply['title']!r}, tags {reply['tags']!r}"


class Model:
    """The model as walks and races ask it: there is one state at a time."""

    def is_read(self, call: Ask) -> bool:
        """Whether a call is a read."""
        return call.action is Action.READ

    def after(self, states: Sequence[Session], ask: Ask, reply: Reply) -> list[Session]:
        """The states that explain a reply to one call alone."""
        return [state.after(ask) for state in states if not wrong_with(state, ask, reply)]

    def complaint(self, states: Sequence[Session], ask: Ask, reply: Reply) -> Mismatch:
        """What is wrong with a reply that no state explains."""
        wrong = wrong_with(states[0], ask, reply)
        assert wrong is not None
        return wrong

    def differences(self, state: Session, row: Row) -> Mapping[str, Mismatch]:
        """For each member of a row that a state does not explain, a sentence."""
        return differences(state, row)

    def effects(self, state: Session, event: Event[Ask]) -> Iterable[Session]:
        """The state after a call that was answered so; a refused one has no effect."""
        refused = event.reply is not None and not event.reply.succeeded
        return (state,) if refused else (state.after(event.call),)

    def outcomes(self, state: Session, event: Event[Ask]) -> Iterable[Session]:
        """The state after a call that was answered so, whatever row the reply shows."""
        return self.effects(state, event)

    def foreign(self, event: Event[Ask], writes: Sequence[Event[Ask]], initial: Session) -> Mismatch | None:
        """What the reply to an update shows that neither it nor another one can have sent for its session."""
        reply = event.reply
        if reply is None or not reply.succeeded or not reply.is_object:
            return None
        given = dict(initial.given).items()
        wrong = [compared("==", reply[name], value) for name, value in given if reply[name] != value]
        row = reply.row
        shows = {"title": (title_of(row), initial.title), "tags": (tags_of(row), list(initial.tags))}
        for member, (seen, value) in shows.items():
            strange = unsent(event, seen, writes, _sent(member), value, replaces=True)
            wrong += [strange] if strange else []
        return joined(wrong) if wrong else None

    def shown(self, state: Session, event: Event[Ask]) -> Iterable[Session]:
        """The state, if the reply may show it; an update may show a later one."""
        reply = event.reply
        if reply is None:
            return ()
        if not reply.succeeded or not reply.is_object:
            return () if self.is_read(event.call) else (state,)
        return () if differences(state, reply.row) else (state,)


def _sent(member: str) -> Callable[[Ask], list[Any]]:
    """What a call sends for a member of the row."""
    return lambda ask: [ask.members[member]] if member in ask.members else []
