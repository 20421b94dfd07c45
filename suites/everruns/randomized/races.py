"""Several connections calling one session at the same time, and what their answers must prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from suites.everruns.randomized.model import (
    Action,
    Ask,
    Model,
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
from tck.checking import Finding, Mismatch, Row
from tck.randomized import Event, History, Lane, Racer, RaceRules, RoundResult

STEPS = 3
"""Calls that each connection sends, one after the other."""
RULES = RaceRules(reads="races.reads-show-what-was-sent")
NO_LOSS = "races.title-and-tags-lose-neither"
LOOK = Ask(Action.READ)
Events = list[Event[Ask]]


@dataclass(frozen=True)
class Race:
    """Rounds on one or more sessions; `seed` draws the mixed ones."""

    sessions: Sequence[LiveSession]
    seed: str = ""

    @property
    def racer(self) -> Racer[Session, Ask]:
        """Sends calls on the sessions at the same time."""
        asking = self.sessions[0].sessions
        return Racer(asking.run, asking.check, Model(), partial(send, asking), LOOK, asked, answered, RULES)

    def title_and_tags(self, number: int) -> RoundResult:
        """On each session one connection writes titles, another one tags, and a third reads."""
        before = [state_of(arranged(session)) for session in self.sessions]
        titles = [update(title=f"Round {number + 1}.{step}") for step in range(STEPS)]
        tags = [update(tags=[f"round-{number + 1}.{step}"]) for step in range(STEPS)]
        lanes = [tuple(titles), tuple(tags), (LOOK,) * STEPS]
        groups_of_lanes = [[Lane(session.id, calls) for calls in lanes] for session in self.sessions]
        groups = self.racer.race_groups(groups_of_lanes)
        wanted = [state.after(titles[-1]).after(tags[-1]) for state in before]
        own = [
            found
            for session, state, events in zip(self.sessions, wanted, groups, strict=True)
            for found in self._lost(session, state, events)
        ]
        histories = [History(events, state) for events, state in zip(groups, before, strict=True)]
        return self.racer.round_result(histories, own, (NO_LOSS,))

    def mixed(self, number: int) -> RoundResult:
        """Every kind of update at once on the first session, drawn from the seed."""
        session = self.sessions[0]
        before = state_of(arranged(session))
        return self.racer.play_drawn(session.id, before, f"{self.seed}/{number}", STEPS, _drawn)

    def _lost(self, session: LiveSession, wanted: Session, events: Events) -> list[Finding]:
        """What the round has lost of its writes, as a read shows it after the wait."""
        writes = [event for event in events if event.call.action is Action.UPDATE]
        if any(map(self.racer.unsure, writes)):
            return []
        refused = [event for event in writes if event.reply and event.reply.refused]
        if refused:
            said = "an update was refused while another was under way"
            seen = refused[0].reply.told if refused[0].reply else "no answer"
            return [self.racer.broken(NO_LOSS, Mismatch(said, "200", seen), refused[:1])]
        return self.racer.lost_writes(NO_LOSS, session.id, partial(_missing, wanted), writes)


def _drawn(draw: Random, mark: str) -> Ask:
    kinds = {
        update(title=mark): 3,
        update(tags=[mark]): 3,
        update(title=mark, tags=[mark, "both"]): 2,
        update(tags=[]): 1,
    }
    return draw.choices(list(kinds), list(kinds.values()))[0]


def _missing(wanted: Session, row: Row) -> list[Mismatch]:
    wrong = differences(wanted, row)
    return [wrong[name] for name in ("title", "tags") if name in wrong]
