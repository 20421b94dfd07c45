"""The order that explains what concurrent calls were answered, or the answers that no order explains.

The search of Wing and Gong with remembered dead ends. Each call takes effect at one instant between its start
and its end; the row that its answer shows is that of the same or a later instant before its end.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Generic, Protocol, TypeVar

from tck.history import Event

Call = TypeVar("Call")
State = TypeVar("State", bound=Hashable)
MOST_PLACES = 20_000
"""Places of the search after which it gives up, which never counts against a target."""


class Model(Protocol[State, Call]):
    """What calls do, as pure functions over states that can be hashed."""

    def is_read(self, call: Call) -> bool:
        """Whether the call never changes the state."""
        ...

    def effects(self, state: State, event: Event[Call]) -> Iterable[State]:
        """The states that the call may lead to, given its answer; none when that does not fit the state."""
        ...

    def shown(self, state: State, event: Event[Call]) -> Iterable[State]:
        """The state, with what the answer tells of it, if the answer may show it; else none."""
        ...


@dataclass(frozen=True)
class Place(Generic[State]):
    """How far a search has come: the stage of each event, and the state."""

    stages: tuple[int, ...]
    state: State


WAITING, EFFECTIVE, DONE = range(3)


class TooManyPlaces(Exception):  # noqa: N818 - nothing is wrong, nothing is known
    """The search was given up."""


def explained(events: Sequence[Event[Call]], initial: State, model: Model[State, Call]) -> bool:
    """Whether some order explains every answer; raises TooManyPlaces when that was not found out."""
    ordered = sorted(events, key=lambda event: (event.started, event.ended))
    return Search(ordered, model, at_once=True).explains(initial) or Search(ordered, model).explains(initial)


def unexplained_part(
    events: Sequence[Event[Call]], initial: State, model: Model[State, Call]
) -> list[Event[Call]]:
    """The fewest answers found that no order explains, whatever the other calls did; empty when all are.

    A call that is not among them may have taken effect at any time after its start, or not at all.
    """
    if _may_be_explained(events, initial, model):
        return []
    part = _first_unexplained(events, initial, model)
    for event in sorted(part, key=lambda event: event.started):
        if not event.known:
            continue
        lighter = [one.forgotten() if one is event else one for one in part]
        if not _may_be_explained(lighter, initial, model):
            part = lighter
    return sorted((event for event in part if event.known), key=lambda event: event.started)


def _first_unexplained(
    events: Sequence[Event[Call]], initial: State, model: Model[State, Call]
) -> list[Event[Call]]:
    """The history up to the first answer that cannot be explained; later answers are forgotten."""
    ends = sorted({event.ended for event in events if event.known})
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        if _may_be_explained(_until(ends[middle], events), initial, model):
            low = middle + 1
        else:
            high = middle
    return _until(ends[low], events)


def _until(end: float, events: Sequence[Event[Call]]) -> list[Event[Call]]:
    return [event if event.ended <= end else event.forgotten() for event in events if event.started < end]


def _may_be_explained(events: Sequence[Event[Call]], initial: State, model: Model[State, Call]) -> bool:
    try:
        return explained(events, initial, model)
    except TooManyPlaces:
        return True


@dataclass
class Search(Generic[State, Call]):
    """One search for an order; with `at_once` every answer shows the state that its own call led to."""

    events: Sequence[Event[Call]]
    model: Model[State, Call]
    at_once: bool = False
    _seen: dict[tuple[tuple[int, ...], State], list[frozenset[int]]] = field(default_factory=dict)
    _effects: dict[tuple[int, State], tuple[State, ...]] = field(default_factory=dict)
    _shown: dict[tuple[int, State], tuple[State, ...]] = field(default_factory=dict)
    _reads: tuple[bool, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._reads = tuple(self.model.is_read(event.call) for event in self.events)

    def explains(self, initial: State) -> bool:
        """Whether there is an order; raises TooManyPlaces."""
        stack, places = [self._settled(Place((WAITING,) * len(self.events), initial))], 0
        while stack:
            place = stack.pop()
            if self._complete(place):
                return True
            further = [one for one in map(self._settled, self._further(place)) if self._is_new(one)]
            stack.extend(further)
            places += len(further)
            if places > MOST_PLACES:
                raise TooManyPlaces
        return False

    def _is_new(self, place: Place[State]) -> bool:
        """Whether no earlier place was as far with fewer of the unanswered calls used up."""
        far = tuple(stage for stage, event in zip(place.stages, self.events, strict=True) if event.known)
        pairs = enumerate(zip(place.stages, self.events, strict=True))
        used = frozenset(index for index, (stage, event) in pairs if stage == DONE and not event.known)
        earlier = self._seen.setdefault((far, place.state), [])
        if any(fewer <= used for fewer in earlier):
            return False
        earlier.append(used)
        return True

    def _complete(self, place: Place[State]) -> bool:
        stages = zip(place.stages, self.events, strict=True)
        return all(stage == DONE or not event.known for stage, event in stages)

    def _settled(self, place: Place[State]) -> Place[State]:
        """The place after every answer that may show the state now: waiting longer would never help."""
        stages, state = list(place.stages), place.state
        moved = True
        while moved:
            moved = False
            horizon = self._horizon(stages)
            for index, stage in enumerate(stages):
                if self._can_show(index, stage, horizon):
                    for told in self._told(index, state):
                        stages[index], state, moved = DONE, told, True
        return Place(tuple(stages), state)

    def _can_show(self, index: int, stage: int, horizon: float) -> bool:
        event = self.events[index]
        if not event.known or stage == DONE:
            return False
        return event.started <= horizon if self._reads[index] else stage == EFFECTIVE

    def _further(self, place: Place[State]) -> list[Place[State]]:
        """The places that are reached when one more call takes effect; the likeliest stands last."""
        horizon = self._horizon(place.stages)
        likely: list[Place[State]] = []
        others: list[Place[State]] = []
        for index, event in enumerate(self.events):
            if place.stages[index] != WAITING or event.started > horizon or self._reads[index]:
                continue
            stages = (*place.stages[:index], EFFECTIVE if event.known else DONE, *place.stages[index + 1 :])
            for state in self._led_to(index, place.state):
                if not event.known:
                    others += [Place(stages, state)] if state != place.state else []
                elif self._told(index, state):
                    likely.append(Place(stages, state))
                elif not self.at_once:
                    others.append(Place(stages, state))
        return others + likely

    def _horizon(self, stages: Sequence[int]) -> float:
        """The first end among the answers that still need an explanation: no later call comes before it."""
        open_ends = (event.ended for stage, event in zip(stages, self.events, strict=True) if stage != DONE)
        return min(open_ends, default=inf)

    def _led_to(self, index: int, state: State) -> tuple[State, ...]:
        key = (index, state)
        if key not in self._effects:
            self._effects[key] = tuple(self.model.effects(state, self.events[index]))
        return self._effects[key]

    def _told(self, index: int, state: State) -> tuple[State, ...]:
        key = (index, state)
        if key not in self._shown:
            self._shown[key] = tuple(self.model.shown(state, self.events[index]))
        return self._shown[key]
