"""Walks over several sessions: the steps, and the state machine that makes them up with the model at hand."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from suites.trigger.bodies import FAR_FUTURE
from suites.trigger.model import Action, Ask, Bearer, State, answers, packed
from tck.walks import Walk, WalkMachine

NAMED = ("A", "B", "C")
"""Sessions with an externalId."""
NAMELESS = "N"
"""The session without one."""
MOST_SESSIONS = 3
"""Sessions that one walk makes."""
OWN, OTHER = "{own}", "{other}"
"""What stands in a body for the session's own externalId, and for one that differs."""
TASK = "{task}"
EXAMPLES = 60
"""Walks that are made up, of which the most telling ones are gone."""
WALKS = 16
STEPS = 20


@dataclass(frozen=True)
class Step:
    """One call of a walk; the names of sessions are the walk's own, the run replaces them."""

    session: str
    ask: Ask
    by_id: bool = False
    of: str = ""
    """Whose token a foreign token is."""


tags = st.lists(st.sampled_from(["red", "Red", "grün", "a b", "x" * 128]), max_size=4, unique=True)
metadata = st.sampled_from(
    [
        {"k": "v"}, {"k": {"deep": [1, {"x": None}]}}, {"a": 1.5, "b": False}, {}, {"k": {}, "ключ": "値"},
        {"list": [], "n": -1}, {"k": "v" * 300},
    ]
)  # fmt: skip
reasons = st.sampled_from(["done", "Done", "user signed out", "zu Ende: tschüss"])
configs = st.sampled_from(
    [{"basePayload": {}}, {"basePayload": {"chatId": "c"}, "maxAttempts": 3}, {"basePayload": {"n": [1]}}]
)
bodies = st.fixed_dictionaries(
    {"type": st.sampled_from(["chat.agent", "other"]), "triggerConfig": configs},
    optional={"tags": tags, "metadata": metadata, "expiresAt": st.just(FAR_FUTURE)},
)
changes = st.fixed_dictionaries({}, optional={"tags": tags, "metadata": st.none() | metadata})
closes = st.fixed_dictionaries({}, optional={"reason": reasons})
addressed = st.sampled_from([Action.RETRIEVE, Action.UPDATE, Action.CLOSE])
known = st.runner().flatmap(lambda machine: st.sampled_from(machine.existing()))
two_known = st.runner().flatmap(lambda machine: st.sampled_from([*permutations(machine.existing(), 2)]))
unknown = st.runner().flatmap(lambda machine: st.sampled_from(machine.missing()))
Body = dict[str, Any]


class SessionWalk(WalkMachine[Step]):
    """Makes up calls on a few sessions; the model knows which of them exist and which are closed."""

    def __init__(self, finished: Any) -> None:
        self.states: dict[str, State] = {}
        self.made = 0
        super().__init__(finished)

    def existing(self) -> list[str]:
        """The sessions that were made."""
        return [name for name in (*NAMED, NAMELESS) if self.states.get(name)]

    def missing(self) -> list[str]:
        """The named sessions that were not made."""
        return [name for name in NAMED if not self.states.get(name)]

    def closing_steps(self) -> list[Step]:
        """A last look at every session."""
        return [Step(name, Ask(Action.RETRIEVE), by_id=True) for name in self.existing()]

    def add(self, step: Step) -> None:
        """Note a step and let the model take it."""
        self.steps.append(step)
        before = None if _makes_another(step) else self.states.get(step.session)
        after = answers(before, step.ask)[0].then
        self.made += before is None and after is not None
        self.states[step.session] = after

    @precondition(lambda self: self.made < MOST_SESSIONS and bool(self.missing()))
    @rule(session=unknown, body=bodies)
    def create(self, session: str, body: Body) -> None:
        """A new session with an externalId."""
        self.add(_create(session, body))

    @precondition(lambda self: self.made < MOST_SESSIONS)
    @rule(body=bodies)
    def create_nameless(self, body: Body) -> None:
        """A new session without one."""
        self.add(_create(NAMELESS, body))

    @precondition(lambda self: any(name != NAMELESS for name in self.existing()))
    @rule(session=known.filter(lambda name: name != NAMELESS), body=bodies)
    def create_again(self, session: str, body: Body) -> None:
        """The externalId of an open or closed session."""
        self.add(_create(session, body))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), bearer=st.sampled_from([Bearer.KEY, Bearer.TOKEN]))
    def retrieve(self, session: str, by_id: bool, bearer: Bearer) -> None:
        """A look by either address, with the key or the session's own token."""
        self.add(Step(session, Ask(Action.RETRIEVE, bearer), by_id))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), body=changes)
    def update(self, session: str, by_id: bool, body: Body) -> None:
        """New tags, new metadata, both or neither."""
        self.add(Step(session, Ask(Action.UPDATE, body=packed(body)), by_id))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), body=changes, named=st.sampled_from([OWN, OTHER, None]))
    def update_naming_external_id(self, session: str, by_id: bool, body: Body, named: str | None) -> None:
        """An update that also names an externalId: its own, another, or none."""
        sent = packed({**body, "externalId": named})
        self.add(Step(session, Ask(Action.UPDATE, body=sent), by_id))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), body=closes)
    def close(self, session: str, by_id: bool, body: Body) -> None:
        """A close, the first or a later one."""
        self.add(Step(session, Ask(Action.CLOSE, body=packed(body)), by_id))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, body=changes, action=st.sampled_from([Action.UPDATE, Action.CLOSE]))
    def write_with_token(self, session: str, body: Body, action: Action) -> None:
        """A write with the session's own token, which may not write."""
        sent = packed(body if action is Action.UPDATE else {"reason": "by token"})
        self.add(Step(session, Ask(action, Bearer.TOKEN, sent)))

    @precondition(lambda self: len(self.existing()) > 1)
    @rule(sessions=two_known, action=addressed)
    def use_foreign_token(self, sessions: tuple[str, str], action: Action) -> None:
        """Anything with the token of another session."""
        session, other = sessions
        self.add(Step(session, Ask(action, Bearer.FOREIGN_TOKEN), by_id=True, of=other))

    @precondition(lambda self: bool(self.missing()))
    @rule(session=unknown, action=addressed)
    def address_nothing(self, session: str, action: Action) -> None:
        """An externalId that nothing has yet."""
        self.add(Step(session, Ask(action)))


def sessions_made(walk: Walk[Step]) -> int:
    """The sessions that a walk makes, by the model."""
    machine = SessionWalk(lambda _: None)
    for step in walk:
        machine.add(step)
    return machine.made


def told_by(walk: Walk[Step]) -> frozenset[Hashable]:
    """Which kinds of call come after which other kinds on one session."""
    kinds: dict[str, list[Hashable]] = {}
    told: set[Hashable] = set()
    for step in walk:
        earlier = kinds.setdefault(step.session, [])
        kind = (step.ask.action, step.ask.bearer, step.by_id, tuple(_sent(step)))
        told.update((one, kind) for one in earlier)
        earlier.append(kind)
    return frozenset(told)


def _sent(step: Step) -> list[str]:
    if step.ask.action is Action.CREATE:
        return []
    return [f"{name} null" if value is None else name for name, value in step.ask.members.items()]


def of_the_same_session(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps of a walk that are about the same session as its last one."""
    return [step for step in steps if step.session == steps[-1].session or step.session == steps[-1].of]


def _create(session: str, body: Body) -> Step:
    named = {} if session == NAMELESS else {"externalId": OWN}
    return Step(session, Ask(Action.CREATE, body=packed({**body, **named, "taskIdentifier": TASK})))


def _makes_another(step: Step) -> bool:
    return step.session == NAMELESS and step.ask.action is Action.CREATE
