"""Walks over several sessions: how they are made up, and how one is gone on the target."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from suites.everruns.randomized.model import (
    Action,
    Ask,
    Session,
    answered,
    asked,
    differences,
    expected,
    packed,
    send,
    state_of,
)
from suites.everruns.randomized.model import wrong_with as wrong_by_model
from suites.everruns.support.api import LiveSession, Sessions
from tck.checking.check import Check
from tck.errors import Indeterminate
from tck.randomized.failure_trace import Told
from tck.randomized.walks.explore import Breach, Go, Gone
from tck.randomized.walks.generate import Walk, WalkMachine
from tck.run.context import Run
from tck.transport.messages import Reply
from tck.values.json_equality import shown
from tck.values.row import Row
from tck.waiting import eventually

NAMES = ("A", "B")
"""Sessions of one walk."""
EXAMPLES = 40
"""Walks that are made up, of which the most telling ones are gone."""
WALKS = 8
STEPS = 16


@dataclass(frozen=True)
class Step:
    """One call of a walk; the names of sessions are the walk's own."""

    session: str
    ask: Ask


titles = st.sampled_from(["Renamed", "renamed", "Ä b", "t" * 300, "null", "a,b", " spaced "])
tags = st.lists(st.sampled_from(["red", "Red", "grün", "a b", "x" * 128]), max_size=4, unique=True)
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


@dataclass
class Known:
    """What the walk knows of one session: its state, its past ones, and the row that a write showed last."""

    live: LiveSession
    state: Session
    past: list[Session]
    written: Row


@dataclass
class Walker:
    """Goes one walk, on sessions of its own."""

    sessions: Sessions
    known: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def going(cls, run: Run, check: Check) -> Go[Step]:
        """What goes each walk with a walker of its own."""
        return lambda steps: cls(Sessions(run, check, run.authorization("key"))).go(steps)

    def go(self, steps: Sequence[Step]) -> Gone[Step]:
        """Send the steps in order, up to the first answer that the model does not permit."""
        sent: list[Step] = []
        calls: list[Told] = []
        judged: Counter[str] = Counter()
        try:
            self.known.update((name, self._made()) for name in sorted({step.session for step in steps}))
        except Indeterminate as weather:
            return Gone((), (), judged, lost=str(weather))
        for step in steps:
            known = self.known[step.session]
            try:
                reply = self._answered(known, step.ask)
            except Indeterminate as weather:
                return Gone(tuple(sent), tuple(calls), judged, lost=str(weather))
            sent.append(step)
            calls.append(Told(asked(step.ask, step.session), answered(reply), reply.exchange))
            wrong = wrong_with(known, step.ask, reply)
            if wrong:
                demanded = expected(known.state, step.ask)
                breach = Breach(
                    requirement_of(step), wrong, demanded, f"{reply.status} {shown(reply.text, 300)}"
                )
                return Gone(tuple(sent), tuple(calls), judged, breach)
            self._learn(known, step.ask, reply)
            judged[requirement_of(step)] += 1
        return Gone(tuple(sent), tuple(calls), judged)

    def _made(self) -> Known:
        live = LiveSession(str(self.sessions.create()["id"].value), self.sessions)
        row = live.look()
        return Known(live, state_of(row), [], row)

    def _answered(self, known: Known, ask: Ask) -> Reply:
        """The reply; a read that may show old values is repeated, within the wait that the kit allows."""
        if ask.action is not Action.READ:
            return send(self.sessions, known.live.id, ask)
        return eventually(
            lambda: send(self.sessions, known.live.id, ask), lambda reply: not may_be_old(known, reply)
        ).value

    def _learn(self, known: Known, ask: Ask, reply: Reply) -> None:
        if ask.action is Action.UPDATE and reply.succeeded:
            known.past.append(known.state)
            known.state, known.written = known.state.after(ask), reply.row


def wrong_with(known: Known, ask: Ask, reply: Reply) -> str:
    """What is wrong with a reply by all that the walk knows; empty when nothing is."""
    wrong = wrong_by_model(known.state, ask, reply)
    if wrong or not reply.succeeded or ask.action is Action.MISS:
        return wrong
    before = known.written["updated_at"]
    early = ask.action is Action.UPDATE and not reply.row.is_not_before("updated_at", known.written)
    return f"updated_at went back from {before!r} to {reply['updated_at']!r}" if early else ""


def may_be_old(known: Known, reply: Reply) -> bool:
    """Whether a read shows values that were good earlier."""
    if not wrong_by_model(known.state, Ask(Action.READ), reply):
        return False
    if not reply.succeeded or not reply.is_object:
        return reply.status == 404
    wrong = differences(known.state, reply.row)
    return all(any(name not in differences(old, reply.row) for old in known.past) for name in wrong)


def requirement_of(step: Step) -> str:
    """The requirement that the answer to a step is judged by."""
    return "lifecycle.model-read" if step.ask.action is Action.READ else "lifecycle.model-update"
