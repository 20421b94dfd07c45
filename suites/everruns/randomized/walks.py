"""Walks over several sessions: how they are made up, and how one is gone on the target."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from suites.everruns.randomized.model import Action, Ask, Model, Session, answered, asked, send, state_of
from suites.everruns.support.api import LiveSession, Sessions
from tck import randomized
from tck.checking import Mismatch, Reply
from tck.randomized import Sending, Walk, WalkedSession, WalkMachine, WalkPlan, packed

NAMES = ("A", "B")
"""Sessions of one walk."""


@dataclass(frozen=True)
class Step:
    """One call of a walk; the names of sessions are the walk's own."""

    session: str
    ask: Ask


titles = st.sampled_from(["Renamed", "renamed", "Ä b", "t" * 60, "null", "a,b", " spaced "])
tags = st.lists(st.sampled_from(["red", "Red", "grün", "a b", "x" * 40]), max_size=4, unique=True)
changes = st.fixed_dictionaries({}, optional={"title": titles, "tags": tags})
names = st.sampled_from(NAMES)
Body = dict[str, Any]


class SessionWalk(WalkMachine[Step]):
    """Makes up calls on a few sessions."""

    def closing_steps(self) -> list[Step]:
        """A last look at every session."""
        return [
            Step(name, Ask(Action.READ)) for name in NAMES if any(one.session == name for one in self.steps)
        ]

    @rule(session=names, body=changes)
    def update(self, session: str, body: Body) -> None:
        """A new title, new tags, both or neither."""
        self.steps.append(Step(session, Ask(Action.UPDATE, packed(body))))

    @rule(session=names)
    def read(self, session: str) -> None:
        """A look."""
        self.steps.append(Step(session, Ask(Action.READ)))

    @rule(session=names, body=changes.filter(bool))
    def miss(self, session: str, body: Body) -> None:
        """An update of an id that no session has."""
        self.steps.append(Step(session, Ask(Action.MISS, packed(body))))


def sessions_made(walk: Walk[Step]) -> int:
    """The sessions that a walk makes."""
    return len({step.session for step in walk})


def told_by(walk: Walk[Step]) -> frozenset[Hashable]:
    """Which kinds of call come after which other kinds, and whether on the same session."""
    kinds: list[tuple[str, Hashable]] = [
        (step.session, (step.ask.action, tuple(step.ask.members), step.ask.members.get("tags") == []))
        for step in walk
    ]
    return frozenset(
        (one == other, first, second)
        for place, (other, second) in enumerate(kinds)
        for one, first in kinds[:place]
    )


def of_the_same_session(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps of a walk that are about the same session as its last one."""
    return [step for step in steps if step.session == steps[-1].session]


PLAN = WalkPlan(
    SessionWalk, examples=40, steps=16, most=8, least=3, sessions=len(NAMES),
    sessions_made=sessions_made, told_by=told_by, guess=of_the_same_session,
)  # fmt: skip


@dataclass
class KnownSession(WalkedSession[Session]):
    """What the walk knows of one session."""

    id: str = ""


class Walker(randomized.Walker[Step, Ask, Session, KnownSession]):
    """Goes one walk, on sessions of its own."""

    model = Model()
    touched = "updated_at"

    def begin(self, steps: Sequence[Step]) -> None:
        """Make the sessions of the walk."""
        self.sessions = Sessions(self.run, self.check, self.run.authorization("key"))
        self.known.update((name, self._made()) for name in sorted({step.session for step in steps}))

    def _made(self) -> KnownSession:
        live = LiveSession(str(self.sessions.create()["id"].value), self.sessions)
        row = live.read()
        state = state_of(row)
        return KnownSession([state], [state], row, live.id)

    def ready(self, step: Step) -> Sending[Step, Ask]:
        """The step as it is sent."""
        sending = partial(send, self.sessions, self.known[step.session].id, step.ask)
        return Sending(step, step.session, step.ask, asked(step.ask, step.session), sending)

    def also_wrong(self, sending: Sending[Step, Ask], reply: Reply) -> Mismatch | None:
        """An update does not take updated_at back."""
        return self.went_back(sending.session, reply.row) if sending.ask.action is Action.UPDATE else None

    def requirement_of(self, step: Step) -> str:
        """The requirement that the answer to a step is judged by."""
        return "lifecycle.model-read" if step.ask.action is Action.READ else "lifecycle.model-update"

    def answered(self, reply: Reply) -> str:
        """A reply in a few words."""
        return answered(reply)
