"""A small model of the contract: what each operation must answer in each state of a session.

Only what the pages promise stands here; where they leave a choice, the model has more than one answer.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tck.checking import Mismatch, Reply, Row, compared, joined
from tck.randomized import Event, ModelCall, packed

REFUSED = frozenset(range(400, 500))
UNAUTHORIZED = frozenset({401, 403})
"""How a public token may be refused once its session is closed."""
HIDDEN = UNAUTHORIZED | {404}
"""How a public token may be refused what it has no right to, its own session's or another's."""


class Action(StrEnum):
    """The four operations."""

    CREATE = "create"
    RETRIEVE = "retrieve"
    UPDATE = "update"
    CLOSE = "close"


class Bearer(StrEnum):
    """What stands in Authorization."""

    KEY = "the secret key"
    TOKEN = "its public token"  # noqa: S105
    FOREIGN_TOKEN = "another session's public token"  # noqa: S105


@dataclass(frozen=True)
class Ask(ModelCall):
    """One call on one session."""

    action: Action
    bearer: Bearer = Bearer.KEY
    body: str = "{}"


@dataclass(frozen=True)
class Session:
    """A session that exists: what was sent for it, packed, and what the server chose, as first seen."""

    external_id: str | None
    type: str
    task_identifier: str
    tags: str
    metadata: str
    expires_at: str | None
    trigger_configs: tuple[str, ...]
    """One of them is the stored one: whether a later create refreshes it is open."""
    closed: bool = False
    reason: str | None = None
    given: tuple[tuple[str, Any], ...] = field(default=())

    def value(self, member: str) -> str | None:
        """What the server chose for a member, None when no answer has shown it yet."""
        return dict(self.given).get(member)


State = Session | None
"""None: nothing was ever made at the address."""


@dataclass(frozen=True)
class Answer:
    """One permitted answer: its statuses, the state after it, and whether its body shows that state."""

    statuses: frozenset[int]
    then: State
    shows: bool = False
    cached: bool | None = None

    def __str__(self) -> str:
        return self.status_words() + (f" and {described(self.then)}" if self.shows and self.then else "")

    def status_words(self) -> str:
        """Status and isCached as a person says them."""
        status = "a 4xx" if self.statuses == REFUSED else " or ".join(map(str, sorted(self.statuses)))
        return status if self.cached is None else f"{status} with isCached {str(self.cached).lower()}"

    def fits(self, reply: Reply) -> bool:
        """Whether status and isCached of a reply are this answer's."""
        if reply.status not in self.statuses or (self.shows and not reply.is_object):
            return False
        return self.cached is None or reply["isCached"] == self.cached


def answers(state: State, ask: Ask) -> tuple[Answer, ...]:
    """Every answer that the contract permits; the first is the one to expect."""
    if ask.bearer is Bearer.FOREIGN_TOKEN:
        return (Answer(HIDDEN, state),)
    if ask.bearer is Bearer.TOKEN and ask.action is not Action.RETRIEVE:
        return (Answer(HIDDEN, state),)
    match ask.action:
        case Action.CREATE:
            return _create(state, ask.members)
        case Action.RETRIEVE:
            return _retrieve(state, ask.bearer)
        case Action.UPDATE:
            return _update(state, ask.members)
        case Action.CLOSE:
            return _close(state, ask.members)


def _create(state: State, sent: Mapping[str, Any]) -> tuple[Answer, ...]:
    config = packed(sent["triggerConfig"])
    if state is None:
        made = Session(
            sent.get("externalId"), sent["type"], sent["taskIdentifier"], packed(sent.get("tags", [])),
            packed(sent.get("metadata")), sent.get("expiresAt"), (config,),
        )  # fmt: skip
        return (Answer(frozenset({201}), made, shows=True, cached=False),)
    found = replace(state, trigger_configs=tuple(sorted({*state.trigger_configs, config})))
    if state.closed:
        return (Answer(frozenset({409}), found),)
    return (Answer(frozenset({200}), found, shows=True, cached=True),)


def _retrieve(state: State, bearer: Bearer) -> tuple[Answer, ...]:
    if state is None:
        return (Answer(frozenset({404}), None),)
    shown = Answer(frozenset({200}), state, shows=True)
    outlives_close = Answer(UNAUTHORIZED, state)  # the pages do not say that a token outlives its session
    return (shown, outlives_close) if state.closed and bearer is Bearer.TOKEN else (shown,)


def _update(state: State, sent: Mapping[str, Any]) -> tuple[Answer, ...]:
    if state is None:
        return (Answer(frozenset({404}), None),)
    refused = Answer(REFUSED if state.closed else frozenset({422}), state)
    differs = "externalId" in sent and sent["externalId"] != state.external_id
    if differs and not state.closed:
        return (refused,)
    changed = replace(
        state,
        tags=packed(sent["tags"]) if "tags" in sent else state.tags,
        metadata=packed(sent["metadata"]) if "metadata" in sent else state.metadata,
    )
    applied = Answer(frozenset({200}), changed, shows=True)
    ignored = Answer(frozenset({200}), state, shows=True)
    return (applied, ignored, refused) if state.closed else (applied,)  # on a closed one all is open


def _close(state: State, sent: Mapping[str, Any]) -> tuple[Answer, ...]:
    if state is None:
        return (Answer(frozenset({404}), None),)
    closed = state if state.closed else _closed(state, sent.get("reason"))
    return (Answer(frozenset({200}), closed, shows=True),)


def _closed(state: Session, reason: str | None) -> Session:
    """The session once it is closed: its deadline may be the server's own from then on."""
    kept = tuple((name, value) for name, value in state.given if name != "expiresAt")
    return replace(state, closed=True, reason=reason, expires_at=None, given=kept)


def differences(state: Session, row: Row) -> dict[str, Mismatch]:
    """For each member of a row that this state does not explain, a sentence."""
    expected = _expected(state)
    wrong = {name: compared("==", row[name], value) for name, value in expected.items() if row[name] != value}
    config = row["triggerConfig"]
    if not config.is_null and not any(config.contains(json.loads(one)) for one in state.trigger_configs):
        wrong["triggerConfig"] = compared("==", config, json.loads(state.trigger_configs[0]))
    if "closedAt" not in expected and row["closedAt"].is_null:
        wrong["closedAt"] = compared("!=", row["closedAt"], None)
    return wrong


def _expected(state: Session) -> dict[str, Any]:
    open_ones = {} if state.closed else {"closedAt": None}
    deadline = {} if state.expires_at is None else {"expiresAt": state.expires_at}
    return {
        **dict(state.given),
        "externalId": state.external_id,
        "type": state.type,
        "taskIdentifier": state.task_identifier,
        "tags": json.loads(state.tags),
        "metadata": json.loads(state.metadata),
        **deadline,
        "closedReason": state.reason,
        **open_ones,
    }


def explains(state: Session, row: Row) -> bool:
    """Whether a row may be that of a session in this state."""
    expected, config = _expected(state), row["triggerConfig"]
    return (
        all(row[name] == value for name, value in expected.items())
        and (config.is_null or any(config.contains(json.loads(one)) for one in state.trigger_configs))
        and ("closedAt" in expected or not row["closedAt"].is_null)
    )


def shown_by(state: Session, row: Row) -> Session | None:
    """The state with what the server chose filled in, when it explains the row; None when it does not.

    An open session's deadline that the server chose may move with each write.
    """
    if not explains(state, row):
        return None
    stays = state.closed or row["expiresAt"].is_null
    deadline = ("expiresAt",) if state.expires_at is None and stays else ()
    chosen = ("id", "createdAt", *(("closedAt",) if state.closed else ()), *deadline)
    seen = {name: None if row[name].is_null else str(row[name].value) for name in chosen}
    return replace(state, given=tuple(sorted({**seen, **dict(state.given)}.items())))


def described(state: Session) -> str:
    """A session as a short text for a person."""
    told = f"tags {state.tags}, metadata {state.metadata}"
    return f"a closed row (reason {packed(state.reason)}), {told}" if state.closed else f"an open row, {told}"


def after(states: Sequence[State], ask: Ask, reply: Reply) -> list[State]:
    """The states that explain a reply to one call alone; empty when none does."""
    found: dict[State, None] = {}
    for state in states:
        for answer in answers(state, ask):
            if not answer.fits(reply):
                continue
            then = shown_by(answer.then, reply.row) if answer.shows and answer.then else answer.then
            if then is not None or not answer.shows:
                found[then] = None
    return list(found)


def complaint(states: Sequence[State], ask: Ask, reply: Reply) -> Mismatch:
    """What is wrong with a reply that no state explains, as a sentence."""
    permitted = [answer for state in states for answer in answers(state, ask)]
    near = [answer for answer in permitted if answer.fits(reply) and answer.shows and answer.then]
    if near and near[0].then:
        return joined(differences(near[0].then, reply.row).values())
    made = ask.action is Action.CREATE and reply.succeeded and reply.is_object
    cached = f" with isCached {reply['isCached']!r}" if made else ""
    wanted = permitted[0].status_words()
    said = f"it answered {reply.status}{cached}, not {wanted}"
    return Mismatch(said, wanted, f"{reply.status}{cached or reply.told.removeprefix(str(reply.status))}")


class Model:
    """The model as walks and races ask it."""

    def is_read(self, call: Ask) -> bool:
        """Whether a call is a retrieve."""
        return call.action is Action.RETRIEVE

    def after(self, states: Sequence[State], ask: Ask, reply: Reply) -> list[State]:
        """The states that explain a reply to one call alone."""
        return after(states, ask, reply)

    def complaint(self, states: Sequence[State], ask: Ask, reply: Reply) -> Mismatch:
        """What is wrong with a reply that no state explains."""
        return complaint(states, ask, reply)

    def differences(self, state: State, row: Row) -> Mapping[str, Mismatch]:
        """For each member of a row that a state does not explain, a sentence."""
        return differences(state, row) if state else {}

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
