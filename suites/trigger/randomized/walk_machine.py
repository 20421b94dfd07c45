"""Walks over several sessions: the steps, and the state machine that makes them up with the model at hand."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from suites.trigger.randomized.model import Action, Ask, Bearer, State, answers
from tck.randomized import Walk, WalkMachine, WalkPlan, packed

NAMED = ("A", "B", "C")
"""Sessions with an externalId."""
NAMELESS = "N"
"""The session without one."""
MOST_SESSIONS = 3
"""Sessions that one walk makes."""
OWN, OTHER = "{own}", "{other}"
"""What stands in a body for the session's own externalId, and for one that differs."""
TASK = "{task}"
DEADLINE = "{deadline}"
"""What stands in a body for an instant some weeks ahead."""
TELLING = ("externalId", "metadata", "reason", "tags")
"""Members whose being sent tells walks apart."""
RIPE = 7
"""Calls on a session before it is closed; few are closed earlier."""
Body = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One call of a walk; the names of sessions are the walk's own, the run replaces them."""

    session: str
    ask: Ask
    by_id: bool = False
    of: str = ""
    """Whose token a foreign token is."""


tags = st.lists(st.sampled_from(["red", "Red", "grün", "a b", "x" * 32]), max_size=4, unique=True)
metadata = st.sampled_from(
    [
        {"k": "v", "one": 1}, {"k": {"deep": [1, {"x": None}]}, "two": 2.5},
        {"k": {"deep": {}}, "three": False}, {}, {"four": [], "ключ": "値"},
        {"five": "v" * 40}, {"k": {"x": 1}},
    ]
)  # fmt: skip
reasons = st.sampled_from(["done", "Done", "user signed out", "zu Ende: tschüss"])
configs = st.sampled_from(
    [{"basePayload": {}}, {"basePayload": {"chatId": "c"}, "maxAttempts": 3}, {"basePayload": {"n": [1]}}]
)
bodies = st.fixed_dictionaries(
    {"type": st.sampled_from(["chat.agent", "other"]), "triggerConfig": configs},
    optional={"tags": tags, "metadata": metadata, "expiresAt": st.just(DEADLINE)},
)
changes: st.SearchStrategy[Body] = st.fixed_dictionaries(
    {"tags": tags, "metadata": st.none() | metadata}
) | st.just({})
closes = st.fixed_dictionaries({}, optional={"reason": reasons})
addressed = st.sampled_from([Action.RETRIEVE, Action.UPDATE, Action.CLOSE])
known = st.runner().flatmap(lambda machine: st.sampled_from(machine.existing()))
readers = st.sampled_from([Bearer.KEY, Bearer.KEY, Bearer.TOKEN])
names = st.sampled_from([{}, {}, {}, {"externalId": OWN}, {"externalId": OTHER}, {"externalId": None}])
ripe = st.runner().flatmap(lambda machine: st.sampled_from(machine.to_close()))
unknown = st.runner().flatmap(lambda machine: st.sampled_from(machine.missing()))


class SessionWalk(WalkMachine[Step]):
    """Makes up calls on a few sessions; the model knows which of them exist and which are closed."""

    def __init__(self, finished: Any) -> None:
        self.states: dict[str, State] = {}
        self.made = 0
        super().__init__(finished)

    def existing(self) -> list[str]:
        """The sessions that were made."""
        return [name for name in (*NAMED, NAMELESS) if self.states.get(name)]

    def to_close(self) -> list[str]:
        """The sessions that may be closed now, or again."""
        calls = Counter(step.session for step in self.steps)
        early = len(self.steps) % (2 * RIPE) == RIPE
        return [name for name in self.existing() if early or calls[name] >= RIPE]

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

    @initialize(body=bodies)
    def begin(self, body: Body) -> None:
        """There is a session from the first."""
        self.add(create_step("A", body))

    @precondition(lambda self: self.made < MOST_SESSIONS and bool(self.missing()))
    @rule(session=unknown, body=bodies)
    def create(self, session: str, body: Body) -> None:
        """A new session with an externalId."""
        self.add(create_step(session, body))

    @precondition(lambda self: self.made < MOST_SESSIONS)
    @rule(body=bodies)
    def create_nameless(self, body: Body) -> None:
        """A new session without one."""
        self.add(create_step(NAMELESS, body))

    @precondition(lambda self: any(name != NAMELESS for name in self.existing()))
    @rule(session=known.filter(lambda name: name != NAMELESS), body=bodies)
    def create_again(self, session: str, body: Body) -> None:
        """The externalId of an open or closed session."""
        self.add(create_step(session, body))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), bearer=readers)
    def retrieve(self, session: str, by_id: bool, bearer: Bearer) -> None:
        """A look by either address, with the key or the session's own token."""
        self.add(Step(session, Ask(Action.RETRIEVE, bearer), by_id))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), new=tags, named=names)
    def tag(self, session: str, by_id: bool, new: list[str], named: Body) -> None:
        """New tags; now and then the update names an externalId, its own or another."""
        self.update(session, by_id, {"tags": new, **named})

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), new=st.none() | metadata, named=names)
    def describe(self, session: str, by_id: bool, new: Body | None, named: Body) -> None:
        """New metadata, or none any more."""
        self.update(session, by_id, {"metadata": new, **named})

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, by_id=st.booleans(), body=changes)
    def change(self, session: str, by_id: bool, body: Body) -> None:
        """New tags and new metadata, or nothing at all."""
        self.update(session, by_id, body)

    def update(self, session: str, by_id: bool, body: Body) -> None:
        """Note an update."""
        self.add(Step(session, Ask(Action.UPDATE, body=packed(body)), by_id))

    @precondition(lambda self: bool(self.to_close()))
    @rule(session=ripe, by_id=st.booleans(), body=closes)
    def close(self, session: str, by_id: bool, body: Body) -> None:
        """A close, the first or a later one."""
        self.add(Step(session, Ask(Action.CLOSE, body=packed(body)), by_id))

    @precondition(lambda self: bool(self.existing()))
    @rule(session=known, other=known, body=changes, action=addressed)
    def overstep(self, session: str, other: str, body: Body, action: Action) -> None:
        """A write with the session's own token, or anything with that of another session."""
        sent = packed({Action.UPDATE: body, Action.CLOSE: {"reason": "by token"}}.get(action, {}))
        if session != other:
            self.add(Step(session, Ask(action, Bearer.FOREIGN_TOKEN, sent), by_id=True, of=other))
        elif action is not Action.RETRIEVE:
            self.add(Step(session, Ask(action, Bearer.TOKEN, sent)))

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
    """Which calls follow which others on one session: any two in each state, any three whatever they send."""
    told: set[Hashable] = set()
    for name in {step.session for step in walk}:
        state: State = None
        full: list[Hashable] = []
        coarse: list[Hashable] = []
        for step in (one for one in walk if one.session == name):
            kind = (step.ask.action, step.ask.bearer, step.by_id, state and state.closed)
            sent = (*kind, *_sent(step), state and (state.metadata == "null", state.tags == "[]"))
            told.update((earlier, sent) for earlier in full)
            told.update((*two, kind) for two in combinations(coarse, 2))
            full.append(sent)
            coarse.append(kind)
            state = answers(None if _makes_another(step) else state, step.ask)[0].then
    return frozenset(told)


def _sent(step: Step) -> list[str]:
    told = ((name, value) for name, value in step.ask.members.items() if name in TELLING)
    return [f"{name} {value}" if name == "externalId" or value is None else name for name, value in told]


def of_the_same_session(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps of a walk that are about the same session as its last one."""
    return [step for step in steps if step.session == steps[-1].session or step.session == steps[-1].of]


def create_step(session: str, body: Body) -> Step:
    """A create of a session."""
    named = {} if session == NAMELESS else {"externalId": OWN}
    return Step(session, Ask(Action.CREATE, body=packed({**body, **named, "taskIdentifier": TASK})))


def _makes_another(step: Step) -> bool:
    return step.session == NAMELESS and step.ask.action is Action.CREATE


PLAN = WalkPlan(
    SessionWalk, examples=80, steps=40, most=20, least=6, sessions=MOST_SESSIONS,
    sessions_made=sessions_made, told_by=told_by, guess=of_the_same_session,
)  # fmt: skip
