"""The contests: what is sent at the same time, and what its answers must prove."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from suites.trigger.randomized.model import Action, Ask, Session, State, differences
from suites.trigger.randomized.racer import (
    Events,
    History,
    Lane,
    Racer,
    close,
    lanes,
    of,
    readers,
    update,
)
from suites.trigger.support.api import LiveSession
from suites.trigger.support.closed_rows import but_for_its_run
from tck.checking import Finding, Mismatch, Row, compared, joined
from tck.randomized import CONNECTIONS, Event, RoundResult, flat, packed, row_of

CONVERGE, ONE_NEW = "races.creates-converge-on-one-session", "races.one-create-is-not-cached"
ONE_ROW, NO_LOSS = "races.closes-return-one-row", "races.updates-lose-nothing"
STAYS_CLOSED = "races.close-beats-update"
PAIRS = CONNECTIONS // 2
STEPS = 3
"""Calls that each connection of a mixed round sends."""


@dataclass(frozen=True)
class Race:
    """Rounds of one kind; each tells what it showed."""

    racer: Racer

    def broken(self, requirement: str, problem: Mismatch, events: Events) -> Finding:
        """A finding that these calls show."""
        return self.racer.broken(requirement, problem, events)


@dataclass(frozen=True)
class CreateRace(Race):
    """Creates with one externalId."""

    def play(self, number: int) -> RoundResult:
        """One round, on a new externalId."""
        name = self.racer.run.new_name()
        sent = ({"metadata": {"round": number, "from": lane}} for lane in range(CONNECTIONS))
        asks = [self.racer.create_ask(name, **members) for members in sent]
        raced = self.racer.race([*lanes(asks, [name]), *readers([name])])
        events = [*flat(raced), self.racer.alone(asks[0], name)]
        return self.racer.round_result([History(events, None)], self._wrong(events), (CONVERGE, ONE_NEW))

    def _wrong(self, events: Events) -> list[Finding]:
        creates = of(events, Action.CREATE)
        refused = [event for event in creates if event.reply and event.reply.refused]
        made = [event for event in creates if row_of(event)]
        new = [event for event in made if _shown(event, "isCached") is False]
        other = [event for event in made if _shown(event, "id") != _shown(made[0], "id")]
        found = []
        if refused:
            problem = Mismatch("a create was refused", "the one open session", _told(refused[0]))
            found.append(self.broken(CONVERGE, problem, refused[:1]))
        if other:
            said = "creates with one externalId answered more than one id"
            ids = f"{_shown(made[0], 'id')!r} and {_shown(other[0], 'id')!r}"
            found.append(
                self.broken(CONVERGE, Mismatch(said, "one id in all replies", ids), [made[0], other[0]])
            )
        if len(new) > 1:
            said = f"{len(new)} creates with one externalId answered isCached false"
            problem = Mismatch(said, "isCached: false exactly once", f"isCached: false {len(new)} times")
            found.append(self.broken(ONE_NEW, problem, new))
        if made and not new and not any(map(self.racer.unsure, events)):
            said = "no create with a new externalId answered isCached false"
            problem = Mismatch(said, "isCached: false exactly once", "isCached: false in no reply")
            found.append(self.broken(ONE_NEW, problem, made))
        return found


@dataclass(frozen=True)
class CloseRace(Race):
    """Closes with different reasons."""

    def play(self, number: int) -> RoundResult:
        """One round, on a new session."""
        session, state = self.racer.made()
        asks = [close(f"reason {lane} of round {number + 1}") for lane in range(CONNECTIONS)]
        raced = self.racer.race([*lanes(asks, session.addresses), *readers(session.addresses)])
        events = [*flat(raced), self.racer.alone(close("later"), session.id)]
        wrong = self._wrong(session, events)
        return self.racer.round_result([History(events, state, (None,))], wrong, (ONE_ROW,))

    def _wrong(self, session: LiveSession, events: Events) -> list[Finding]:
        closes = of(events, Action.CLOSE)
        refused = [event for event in closes if event.reply and event.reply.refused]
        if refused:
            problem = Mismatch("a close was refused", "the closed row", _told(refused[0]))
            return [self.broken(ONE_ROW, problem, refused[:1])]
        for event in closes:
            one, other = row_of(closes[0]), row_of(event)
            wrong = _differences_of(session, one, other) if one and other else []
            if wrong:
                moved = joined(wrong)
                problem = Mismatch(f"two closes answered different rows: {moved}", moved.expected, moved.seen)
                return [self.broken(ONE_ROW, problem, [closes[0], event])]
        return []


def _differences_of(session: LiveSession, one: Row, other: Row) -> list[Mismatch]:
    """How two rows of a closed session differ, but for the run and what its end touches."""
    return one.without("currentRunId").differences(but_for_its_run(session, one, other))


@dataclass
class RacedSession:
    """A session that rounds share, its state before the next of them, and those that it was in before."""

    session: LiveSession
    state: Session
    past: tuple[State, ...] = (None,)

    def moves_on(self, tags: str, metadata: str) -> None:
        """Every tag and all metadata are new, one after the other."""
        between = (replace(self.state, tags=tags), replace(self.state, metadata=metadata))
        self.past = (*self.past, self.state, *between)
        self.state = replace(self.state, tags=tags, metadata=metadata)


@dataclass(frozen=True)
class UpdateRace(Race):
    """Updates of tags and of metadata: in even rounds a pair on each of some sessions, else all on one."""

    pairs: int = PAIRS
    sessions: list[RacedSession] = field(default_factory=list)

    def play(self, number: int) -> RoundResult:
        """One round; sessions are made for the first one and after one that failed."""
        while len(self.sessions) < self.pairs:
            self.sessions.append(RacedSession(*self.racer.made(metadata={"round": 0})))
        tags, metadata = [self.racer.run.tag, f"round {number + 1}"], {"round": number + 1, "by": ["m"]}
        pair, even = [update(tags=tags), update(metadata=metadata)], number % 2 == 0
        used = self.sessions if even else self.sessions[:1]
        groups_of_lanes = [self._lanes(raced, pair if even else pair * PAIRS) for raced in used]
        groups = self.racer.race_groups(groups_of_lanes)
        histories = [
            History(events, raced.state, raced.past) for events, raced in zip(groups, used, strict=True)
        ]
        for raced in used:
            raced.moves_on(packed(tags), packed(metadata))
        own = [found for raced, one in zip(used, histories, strict=True) for found in self._wrong(raced, one)]
        played = self.racer.round_result(histories, own, (NO_LOSS,))
        if played.broken or played.lost:
            self.sessions.clear()
        return played

    def _lanes(self, raced: RacedSession, asks: Sequence[Ask]) -> list[Lane]:
        addresses = raced.session.addresses
        return [*lanes(asks, addresses), *readers(addresses)[:1]]

    def _wrong(self, raced: RacedSession, history: History) -> list[Finding]:
        """What the round has lost of its writes, as a retrieve shows it after the wait."""
        updates = of(history.events, Action.UPDATE)
        if any(map(self.racer.unsure, history.events)) or not all(map(row_of, updates)):
            return []
        return self.racer.lost_writes(NO_LOSS, raced.session.id, partial(_missing, raced.state), updates)


@dataclass(frozen=True)
class CloseAndUpdateRace(Race):
    """A close among updates."""

    def play(self, number: int) -> RoundResult:
        """One round, on a new session."""
        session, state = self.racer.made(metadata={"round": 0})
        reason = f"closed in round {number + 1}"
        asks = [
            update(tags=[self.racer.run.tag, f"update {lane}"])
            if lane % 2
            else update(metadata={"lane": lane})
            for lane in range(CONNECTIONS - 1)
        ]
        asks.insert(number % CONNECTIONS, close(reason))
        raced = self.racer.race([*lanes(asks, session.addresses), *readers(session.addresses)])
        events = flat(raced)
        first = of(events, Action.CLOSE)
        own: list[Finding] = []
        if first and not any(map(self.racer.unsure, events)):
            left, lost = self.racer.left_by(events, state, session.id)
            later = [left, self.racer.alone(close("later"), session.id)]
            own = [*self._wrong(first[0], later), *lost]
            events += later
        return self.racer.round_result(
            [History(events, state, (None,))], own, (STAYS_CLOSED,) if first else ()
        )

    def _wrong(self, first: Event[Ask], later: Events) -> list[Finding]:
        closed = row_of(first)
        if closed is None or closed["closedAt"].is_null:
            said = "the close among updates did not answer with a closed row"
            return [self.broken(STAYS_CLOSED, Mismatch(said, "200 and a closed row", _told(first)), [first])]
        for event in later:
            row = row_of(event)
            names = ("closedAt", "closedReason")
            wrong = [
                compared("==", row[name], closed[name]) for name in names if row and row[name] != closed[name]
            ]
            if wrong:
                moved = joined(wrong)
                problem = Mismatch(f"the close was undone: {moved}", moved.expected, moved.seen)
                return [self.broken(STAYS_CLOSED, problem, [first, event])]
        return []


@dataclass(frozen=True)
class MixedRace(Race):
    """Every operation at once, drawn from a seed."""

    seed: str = ""

    def play(self, number: int) -> RoundResult:
        """One round, on a new externalId."""
        name = self.racer.run.new_name()
        return self.racer.play_drawn(name, None, f"{self.seed}/{number}", STEPS, partial(self._drawn, name))

    def _drawn(self, name: str, draw: Random, mark: str) -> Ask:
        tags = [self.racer.run.tag, mark]
        kinds = {
            "create": (4, self.racer.create_ask(name, tags=tags, metadata={"by": mark})),
            "tags": (2, update(tags=tags)),
            "metadata": (2, update(metadata={"by": mark})),
            "both": (3, update(tags=tags, metadata={"by": mark})),
            "close": (1, close(mark)),
            "retrieve": (4, Ask(Action.RETRIEVE)),
        }
        weights = [weight for weight, _ in kinds.values()]
        return draw.choices([ask for _, ask in kinds.values()], weights)[0]


def _shown(event: Event[Ask], member: str) -> object:
    row = row_of(event)
    return row[member].value if row else None


def _told(event: Event[Ask]) -> str:
    return event.reply.told if event.reply else "no answer"


def _missing(wanted: Session, row: Row) -> list[Mismatch]:
    wrong = differences(wanted, row)
    return [wrong[name] for name in ("tags", "metadata") if name in wrong]
