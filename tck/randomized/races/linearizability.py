"""The order that explains what concurrent calls were answered, or the answers that no order explains.

The search of Wing and Gong with remembered dead ends. Each call takes effect at one instant between its start
and its end; the row that its answer shows is that of the same or a later instant before its end.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from tck.randomized.races.history import Event

Operation = TypeVar("Operation")
State = TypeVar("State", bound=Hashable)
MOST_PLACES = 20_000
"""Places of the search after which it gives up, which never counts against a target."""
TELLING_PLACES = 2_000
"""The same for each part of a history that is not explained, where only the story would be longer."""


class Model(Protocol[State, Operation]):
    """What calls do, as pure functions over states that can be hashed."""

    def is_read(self, call: Operation) -> bool:
        """Whether the call never changes the state."""
        ...

    def effects(self, state: State, event: Event[Operation]) -> Iterable[State]:
        """The states that the call may lead to, given its answer; none when that does not fit the state."""
        ...

    def shown(self, state: State, event: Event[Operation]) -> Iterable[State]:
        """The state, with what the answer tells of it, if the answer may show it; else none."""
        ...


class TooManyPlaces(Exception):  # noqa: N818 - nothing is wrong, nothing is known
    """The search was given up."""


def explained(
    events: Sequence[Event[Operation]], initial: State, model: Model[State, Operation], places: int
) -> bool:
    """Whether some order explains every answer; raises TooManyPlaces when so many places do not tell."""
    ordered = sorted(events, key=lambda event: (event.started, event.ended))
    searches = (Search(ordered, model, at_once=at_once) for at_once in (True, False))
    return any(search.explains(initial, places) for search in searches)


def is_explained(events: Sequence[Event[Operation]], initial: State, model: Model[State, Operation]) -> bool:
    """Whether `unexplained_part` is empty: where one search tells, that is all it takes."""
    try:
        return explained(events, initial, model, MOST_PLACES)
    except TooManyPlaces:
        return not _first_unexplained(events, initial, model)


def unexplained_part(
    events: Sequence[Event[Operation]], initial: State, model: Model[State, Operation]
) -> list[Event[Operation]]:
    """The fewest answers found that no order explains, whatever the other calls did; empty when all are.

    A call that is not among them may have taken effect at any time after its start, or not at all.
    """
    part = _first_unexplained(events, initial, model)
    size = len(part) // 2
    while size:
        answered = [event for event in part if event.known]
        for start in range(0, len(answered), size):
            chunk = answered[start : start + size]
            lighter = [one.forgotten() if any(one is left for left in chunk) else one for one in part]
            if not _may_be_explained(lighter, initial, model, TELLING_PLACES):
                part = lighter
        size //= 2
    return sorted((event for event in part if event.known), key=lambda event: event.started)


def _first_unexplained(
    events: Sequence[Event[Operation]], initial: State, model: Model[State, Operation]
) -> list[Event[Operation]]:
    """The history up to the first answer that cannot be explained, later answers forgotten; empty if none."""
    ends = sorted({event.ended for event in events if event.known})

    def unexplained(end: float, places: int) -> bool:
        return not _may_be_explained(_until(end, events), initial, model, places)

    try:
        if explained(events, initial, model, MOST_PLACES):
            return []
    except TooManyPlaces:  # a part of it may be small enough
        return next((_until(end, events) for end in ends if unexplained(end, MOST_PLACES)), [])
    first = bisect_left(ends[:-1], True, key=lambda end: unexplained(end, TELLING_PLACES))
    return _until(ends[first], events)


def _until(end: float, events: Sequence[Event[Operation]]) -> list[Event[Operation]]:
    return [event if event.ended <= end else event.forgotten() for event in events if event.started < end]


def _may_be_explained(
    events: Sequence[Event[Operation]], initial: State, model: Model[State, Operation], places: int
) -> bool:
    try:
        return explained(events, initial, model, places)
    except TooManyPlaces:
        return True


class SearchPlace(NamedTuple):
    """How far a search has come: which calls took effect and which are done with (as bits), and the state."""

    effective: int
    done: int
    state: int


class Search(Generic[State, Operation]):
    """One search for an order; with `at_once` every answer shows the state that its own call led to."""

    def __init__(
        self, events: Sequence[Event[Operation]], model: Model[State, Operation], *, at_once: bool = False
    ) -> None:
        self.events, self.model, self.at_once = events, model, at_once
        self._bits = [1 << index for index in range(len(events))]
        self._reads = sum(bit for bit, event in self._pairs() if model.is_read(event.call))
        self._known = sum(bit for bit, event in self._pairs() if event.known)
        by_end = sorted((event.ended, bit) for bit, event in self._pairs())
        self._begun_by = [(bit, self._begun_until(end)) for end, bit in by_end]
        self._states: list[State] = []
        self._numbers: dict[State, int] = {}
        self._effects: dict[tuple[int, int], tuple[int, ...]] = {}
        self._shown: dict[tuple[int, int], tuple[int, ...]] = {}
        self._seen: dict[SearchPlace, list[int]] = {}

    def _pairs(self) -> Iterable[tuple[int, Event[Operation]]]:
        return zip(self._bits, self.events, strict=True)

    def explains(self, initial: State, most: int) -> bool:
        """Whether there is an order; raises TooManyPlaces after so many places."""
        stack, places = [self._settled(SearchPlace(0, 0, self._number(initial)))], 0
        while stack:
            place = stack.pop()
            if place.done & self._known == self._known:
                return True
            further = [one for one in map(self._settled, self._further(place)) if self._is_new(one)]
            stack.extend(further)
            places += len(further)
            if places > most:
                raise TooManyPlaces
        return False

    def _is_new(self, place: SearchPlace) -> bool:
        """Whether no earlier place was as far with fewer of the unanswered calls used up."""
        used = place.done & ~self._known
        earlier = self._seen.setdefault(place._replace(done=place.done & self._known), [])
        if any(fewer & used == fewer for fewer in earlier):
            return False
        earlier.append(used)
        return True

    def _settled(self, place: SearchPlace) -> SearchPlace:
        """The place after every answer that may show the state now: waiting longer would never help."""
        effective, done, state = place
        moved = True
        while moved:
            moved = False
            ready = (effective | self._begun(done) & self._reads) & self._known & ~done
            for index in _indexes(ready):
                for told in self._told(index, state):
                    done, state, moved = done | 1 << index, told, True
        return SearchPlace(effective & ~done, done, state)

    def _further(self, place: SearchPlace) -> list[SearchPlace]:
        """The places that are reached when one more call takes effect; the likeliest stands last."""
        likely: list[SearchPlace] = []
        others: list[SearchPlace] = []
        waiting = self._begun(place.done) & ~(place.effective | place.done | self._reads)
        for index in _indexes(waiting):
            bit = 1 << index
            for state in self._led_to(index, place.state):
                if not self._known & bit:
                    others += [SearchPlace(place.effective, place.done | bit, state)] * (state != place.state)
                elif self._told(index, state):
                    likely.append(SearchPlace(place.effective | bit, place.done, state))
                elif not self.at_once:
                    others.append(SearchPlace(place.effective | bit, place.done, state))
        return others + likely

    def _begun(self, done: int) -> int:
        """The calls that began before the first end among the answers that still need an explanation."""
        return next((begun for bit, begun in self._begun_by if not done & bit), 0)

    def _begun_until(self, end: float) -> int:
        return sum(bit for bit, event in self._pairs() if event.started <= end)

    def _number(self, state: State) -> int:
        if state not in self._numbers:
            self._numbers[state] = len(self._states)
            self._states.append(state)
        return self._numbers[state]

    def _led_to(self, index: int, state: int) -> tuple[int, ...]:
        key = (index, state)
        if key not in self._effects:
            led_to = self.model.effects(self._states[state], self.events[index])
            self._effects[key] = tuple(map(self._number, led_to))
        return self._effects[key]

    def _told(self, index: int, state: int) -> tuple[int, ...]:
        key = (index, state)
        if key not in self._shown:
            shown = self.model.shown(self._states[state], self.events[index])
            self._shown[key] = tuple(map(self._number, shown))
        return self._shown[key]


def _indexes(bits: int) -> Iterator[int]:
    """Which bits are set, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
