"""One life of a session that one user owns: every reply is compared with the model's."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from tck.errors import Indeterminate
from tck.load.users_run import LoadRun
from tck.randomized import Event, Sending, Walker
from tck.randomized.failure_trace import TracedCall, recorded, story_of
from tck.recording.exchange import Exchange
from tck.results.outcomes import Finding
from tck.transport.messages import Reply
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome

OWNED = "load::own session"
"""What findings about such a session name as their check."""
MOST_PENDING = 2
"""Writes without a clear reply after which a life ends: everything would be possible."""
AnyWalker = Walker[Any, Any, Any, Any]
AnySending = Sending[Any, Any]


class Collector(Protocol):
    """Keeps findings."""

    def wants(self, requirement: str) -> bool:
        """Whether a further finding of this requirement is told."""

    def breaks(self, finding: Finding, exchanges: Mapping[str, Exchange]) -> None:
        """Count a failure, and keep it."""

    def breaks_again(self, requirement: str) -> None:
        """Count a failure of which enough is told."""


@dataclass
class Life:
    """Goes the steps of one life; `pending` are the writes that got no clear reply.

    Such a write may take effect at any later time, or never: the model goes on with every state that may be.
    `over` says whether the user is to stop, `rest` is called after a call that got no clear reply.
    """

    run: LoadRun
    walker: AnyWalker
    collector: Collector
    over: Callable[[], bool]
    rest: Callable[[], None]
    calls: list[tuple[AnySending, Reply]] = field(default_factory=list)
    pending: list[Any] = field(default_factory=list)
    judged: Counter[str] = field(default_factory=Counter)

    def go(self, steps: Sequence[Any]) -> bool:
        """Send the steps, up to the first answer that the model does not permit; whether all held."""
        try:
            self.walker.begin(steps)
        except Indeterminate:
            self.rest()
            return True
        for step in steps:
            if self.over() or len(self.pending) > MOST_PENDING:
                break
            sending = self.walker.ready(step)
            if sending is not None and not self._held(sending):
                return False
        return True

    def raw(self, steps: Sequence[Any]) -> None:
        """Send the steps, and judge nothing."""
        self.walker.begin(steps)
        for step in steps:
            sending = None if self.over() else self.walker.ready(step)
            if sending is not None:
                reply = sending.send()
                if self.walker.known[sending.session].states == [None]:
                    self.walker.learn(sending, reply)

    def _held(self, sending: AnySending) -> bool:
        try:
            reply = self._reply_to(sending)
        except Indeterminate:
            self._goes_on_without(sending)
            self.rest()
            return True
        self.calls.append((sending, reply))
        wrong = self._wrong(sending, reply)
        requirement = self.walker.requirement_of(sending.step)
        if wrong:
            self._broken(requirement, wrong)
            return False
        self.judged[requirement] += 1
        return True

    def _reply_to(self, sending: AnySending) -> Reply:
        """The reply; a read that may show old values is repeated within the wait that the kit allows."""
        if not self.pending or not self.walker.changes_nothing(sending):
            return self.walker.reply_to(sending)
        states = self._reached(self.walker.known[sending.session].states)

        def explained(reply: Reply) -> bool:
            return bool(self.walker.model.after(states, sending.ask, reply))

        return self.run.patience.wait(sending.send, explained).value

    def _goes_on_without(self, sending: AnySending) -> None:
        """A write may have taken effect, or may later."""
        model, known = self.walker.model, self.walker.known[sending.session]
        if model.is_read(sending.ask):
            return
        self.pending.append(sending.ask)
        known.states = self._reached(known.states)

    def _wrong(self, sending: AnySending, reply: Reply) -> Mismatch | None:
        """What is wrong with a reply; a good one is learned from."""
        if not self.pending:
            wrong = self.walker.wrong_with(sending, reply)
            if wrong is None:
                self.walker.learn(sending, reply)
            return wrong
        known = self.walker.known[sending.session]
        before = self._reached(known.states)
        known.states = before
        if self.walker.model.after(before, sending.ask, reply):
            self.walker.learn(sending, reply)
            known.states = self._reached(known.states)
            return None
        event = Event(0, sending.ask, reply, 0.0, inf)
        model = self.walker.model
        led_to = self._reached([then for state in before for then in model.effects(state, event)])
        shown = [told for state in led_to for told in model.shown(state, event)]
        if not shown:
            return model.complaint(before, sending.ask, reply)
        self.walker.learn(sending, reply)
        known.states = self._reached(shown)
        return None

    def _reached(self, states: Iterable[Any]) -> list[Any]:
        """These states, and those that pending writes lead to from them in any order."""
        found = dict.fromkeys(states)
        waiting = list(found)
        while waiting:
            state = waiting.pop()
            for ask in self.pending:
                for then in self.walker.model.effects(state, Event(0, ask, None, 0.0, inf)):
                    if then not in found:
                        found[then] = None
                        waiting.append(then)
        return list(found)

    def _broken(self, requirement: str, wrong: Mismatch) -> None:
        if not self.collector.wants(requirement):
            self.collector.breaks_again(requirement)
            return
        traced = [
            TracedCall(one.asked, self.walker.answered(reply), reply.exchange) for one, reply in self.calls
        ]
        ids = tuple(one.exchange for one in traced)
        judged = tuple(one for one in ids if one in (*wrong.exchanges, ids[-1]))
        exchanges = recorded(self.run, ids)
        finding = Finding(
            requirement, Outcome.FAILED, OWNED, f"call {len(traced)} of a session: {wrong}", wrong.expected,
            wrong.seen, ids, judged=judged, story=story_of(traced, exchanges, [f"   wrong: {wrong}"]),
        )  # fmt: skip
        self.collector.breaks(finding.with_texts(self.run.ring.clean), exchanges)
