"""Several connections calling one session at the same time, and what their answers must prove."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from suites.everruns.randomized.model import (
    Action,
    Ask,
    Session,
    answered,
    asked,
    differences,
    send,
    state_of,
    update,
)
from suites.everruns.support.api import LiveSession
from suites.everruns.support.update import arranged
from tck.randomized.races.history import Event, doubtful, overlapping, record, strained, together
from tck.randomized.races.history_checker import Chronicler
from tck.randomized.races.rounds import Played
from tck.results.outcomes import Finding
from tck.waiting import eventually, pause

CONNECTIONS = 8
STEPS = 3
"""Calls that each connection sends, one after the other."""
NO_LOSS = "races.title-and-tags-lose-neither"
ERRORS, WRITES = "races.calls-are-answered", "races.history-is-linearizable"
READS = "races.reads-show-written-rows"
DOUBTFUL = "an earlier try of a call, which was answered with 503, may have taken effect"
Events = list[Event[Ask]]


class RaceModel:
    """The model of one session, for calls whose order is not known."""

    def is_read(self, call: Ask) -> bool:
        """Whether a call is a read."""
        return call.action is Action.READ

    def effects(self, state: Session, event: Event[Ask]) -> Iterable[Session]:
        """The state after a call that was answered so; a refused one has no effect."""
        refused = event.reply is not None and not event.reply.succeeded
        return (state,) if refused else (state.after(event.call),)

    def shown(self, state: Session, event: Event[Ask]) -> Iterable[Session]:
        """The state, if the reply may show it; an update may show a later one."""
        reply = event.reply
        if reply is None:
            return ()
        if not reply.succeeded or not reply.is_object:
            return () if self.is_read(event.call) else (state,)
        return () if differences(state, reply.row) else (state,)


@dataclass(frozen=True)
class Contest:
    """Rounds on one or more sessions; `seed` draws the mixed ones."""

    sessions: Sequence[LiveSession]
    seed: str = ""

    @property
    def chronicler(self) -> Chronicler[Session, Ask]:
        """Judges histories by the model."""
        asking = self.sessions[0].sessions
        node = asking.check.node
        return Chronicler(asking.run, node, RaceModel(), asked, answered, WRITES, READS, ERRORS)

    def title_and_tags(self, number: int) -> Played:
        """On each session one connection writes titles, another one tags, and a third reads."""
        before = [state_of(arranged(session)) for session in self.sessions]
        titles = [update(title=f"Round {number + 1}.{step}") for step in range(STEPS)]
        tags = [update(tags=[f"round-{number + 1}.{step}"]) for step in range(STEPS)]
        lanes = [titles, tags, [Ask(Action.READ)] * STEPS]
        raced = iter(self._race([(session, lane) for session in self.sessions for lane in lanes]))
        groups = [[event for _ in lanes for event in next(raced)] for _ in self.sessions]
        wanted = [state.after(titles[-1]).after(tags[-1]) for state in before]
        own = [
            found
            for session, state, events in zip(self.sessions, wanted, groups, strict=True)
            for found in self._lost(session, state, events)
        ]
        return self._played(list(zip(groups, before, strict=True)), own, (NO_LOSS,))

    def mixed(self, number: int) -> Played:
        """Every kind of update at once on the first session, drawn from the seed."""
        draw = Random(f"{self.seed}/{number}")  # noqa: S311 - a stream of its own
        session = self.sessions[0]
        before = state_of(arranged(session))
        lanes = [
            [self._drawn(draw, f"{lane}.{step}") for step in range(STEPS)] for lane in range(CONNECTIONS)
        ]
        events = [event for raced in self._race([(session, lane) for lane in lanes]) for event in raced]
        return self._played([(events, before)], [], ())

    def _drawn(self, draw: Random, mark: str) -> Ask:
        kinds = {
            update(title=mark): 3,
            update(tags=[mark]): 3,
            update(title=mark, tags=[mark, "both"]): 2,
            update(tags=[]): 1,
        }
        return draw.choices(list(kinds), list(kinds.values()))[0]

    def _race(self, lanes: Sequence[tuple[LiveSession, Sequence[Ask]]]) -> list[Events]:
        pacer = self.sessions[0].sessions.run.client.pacer
        pause(pacer.burst(sum(len(asks) for _, asks in lanes)))
        return together([self._in_order(number, *lane) for number, lane in enumerate(lanes, 1)])

    def _in_order(self, number: int, session: LiveSession, asks: Sequence[Ask]) -> Callable[[], Events]:
        return lambda: [self._alone(session, ask, number) for ask in asks]

    def _alone(self, session: LiveSession, ask: Ask, connection: int = 0) -> Event[Ask]:
        return record(connection, ask, lambda: send(session.sessions, session.id, ask))

    def _lost(self, session: LiveSession, wanted: Session, events: Events) -> list[Finding]:
        """What the round has lost of its writes, as a read shows it after the wait."""
        writes = [event for event in events if event.call.action is Action.UPDATE]
        if any(map(_unsure, writes)):
            return []
        refused = [event for event in writes if event.reply and event.reply.refused]
        if refused:
            reason = "an update was refused while another was under way"
            return [self.chronicler.broken(NO_LOSS, reason, "200", refused[:1])]
        final = self._settled(session, wanted)
        wrong = _wrong(final, wanted)
        if not wrong:
            return []
        reason = f"an update was lost: {'; '.join(wrong)}"
        expected = "both the title and the tags that were sent last"
        return [self.chronicler.broken(NO_LOSS, reason, expected, [*writes, final])]

    def _settled(self, session: LiveSession, wanted: Session) -> Event[Ask]:
        """A read that shows the state, or the last one within the wait that the kit allows."""

        def holds(event: Event[Ask]) -> bool:
            return event.reply is None or (event.reply.succeeded and not _wrong(event, wanted))

        return eventually(lambda: self._alone(session, Ask(Action.READ)), holds).value

    def _played(
        self, histories: Sequence[tuple[Events, Session]], own: Sequence[Finding], judges: Sequence[str]
    ) -> Played:
        told = [found for events, before in histories for found in self.chronicler.judged(events, before)]
        events = [event for one, _ in histories for event in one]
        broken = {found.requirement: found for found in reversed([*own, *told])}
        lost = next((event.lost or DOUBTFUL for event in events if _unsure(event)), "")
        sure = [*self.chronicler.judges, *(() if lost else judges)]
        held = tuple(name for name in sure if name not in broken)
        return Played(tuple(broken.values()), held, lost, overlapping(events), strained(events))


def _unsure(event: Event[Ask]) -> bool:
    """Whether an update may have taken effect more than once, or not at all."""
    return event.call.action is Action.UPDATE and (not event.known or doubtful(event))


def _wrong(event: Event[Ask], wanted: Session) -> list[str]:
    reply = event.reply
    shows = reply is not None and reply.succeeded and reply.is_object
    wrong = differences(wanted, reply.row) if reply is not None and shows else {}
    return [wrong[name] for name in ("title", "tags") if name in wrong]
