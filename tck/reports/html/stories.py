"""Causes as sequences: the requests and replies that lead to what was judged, and where that differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from tck.recording.exchange import Exchange
from tck.recording.har import begun_at
from tck.recording.in_words import request_in_words
from tck.reports.cause_view import CauseView, first_finding, told_extent, told_way
from tck.reports.exchange_view import Room, ShownBody, ShownExchange, shown_exchange
from tck.reports.html.differing import Sides, sides_of
from tck.reports.html.outline import Line, outlined
from tck.reports.html.timeline import Timeline, timeline
from tck.results.document import CheckEntry, RequirementEntry, WayEntry

MOST_STEPS = 8
"""Exchanges of a story that are shown; the judged ones and the last ones before them."""
MOST_STORIES = 20
"""Causes whose exchanges stand in the page itself; those of others are shown with their requirement."""
MOST_WAYS = 8
STATUS = "the status"


@dataclass(frozen=True)
class Step:
    """One exchange of a story, and how many before it are left out.

    `judged` is "seen" for the exchange that was judged, "expected" for one that it was compared with. A
    request that was sent several times in a row is one step, if each had the same status; `waited` is the
    time between the first and the last of them in seconds.
    """

    exchange: ShownExchange
    words: str
    judged: str
    sent: tuple[Line, ...]
    received: tuple[Line, ...]
    status_differs: bool
    number: int = 0
    left_out: int = 0
    times: int = 1
    waited: float = 0.0


@dataclass(frozen=True)
class Way:
    """A way in which the leading requirement failed: in words, both sides, and the ids of what was judged."""

    words: str
    requests: int
    reason: str
    sides: tuple[Sides, ...]
    judged: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """A cause with the finding that shows it best; `left_out` counts exchanges behind the last step."""

    view: CauseView
    about: str
    extent: str
    finding: CheckEntry | None
    sides: tuple[Sides, ...]
    steps: tuple[Step, ...]
    missing: tuple[str, ...]
    timeline: Timeline | None
    ways: tuple[Way, ...]
    more_ways: int
    script: str

    @property
    def anchor(self) -> str:
        """The id by which the page is linked to at this cause."""
        return f"cause-{self.view.name}"


def stories(
    views: Sequence[CauseView], exchanges: Mapping[str, Exchange], scripts: Mapping[str, str], room: Room
) -> Iterator[Story]:
    """A story for each cause, the first of them with their exchanges."""
    for place, one in enumerate(views):
        known = exchanges if place < MOST_STORIES else {}
        yield _story(one, known, scripts.get(one.name, ""), room)


def _story(one: CauseView, exchanges: Mapping[str, Exchange], script: str, room: Room) -> Story:
    found = one.shown
    sides = sides_of(found["expected"], found["seen"]) if found else ()
    steps = tuple(_steps(found, sides, exchanges, room)) if found else ()
    shown = {step.exchange.id for step in steps}
    ways = one.leading["ways"]
    return Story(
        view=one,
        about=one.cause["about"],
        extent=told_extent(one.leading),
        finding=found,
        sides=sides,
        steps=steps,
        missing=tuple(name for name in (found["judged"] if found else ()) if name not in shown),
        timeline=_drawn(found, exchanges) if found else None,
        ways=tuple(way_of(one.leading, way) for way in ways[1:MOST_WAYS]),
        more_ways=max(0, len(ways) - MOST_WAYS),
        script=script,
    )


def _drawn(found: CheckEntry, exchanges: Mapping[str, Exchange]) -> Timeline | None:
    """What the check had under way at the same time as what was judged, if anything."""
    named = {*found["exchanges"], *found["judged"]}
    checks = {exchanges[name].check for name in named & exchanges.keys()}
    return timeline([one for one in exchanges.values() if one.check in checks], found["judged"])


def way_of(one: RequirementEntry, way: WayEntry) -> Way:
    """A way in which a requirement failed, with what its first finding says."""
    check = first_finding(one, way)
    sides = sides_of(check["expected"], check["seen"])
    return Way(
        told_way(way), way["requests"], check["reason"] or check["deviation"], sides, tuple(check["judged"])
    )


def _steps(
    found: CheckEntry, sides: Sequence[Sides], exchanges: Mapping[str, Exchange], room: Room
) -> Iterator[Step]:
    """The judged exchanges, and as many of those before as there is room for; repetitions are one step."""
    judged = [name for name in found["judged"] if name in exchanges]
    known = [exchanges[name] for name in found["exchanges"] if name in exchanges]
    groups = [[*group] for _, group in groupby(known, key=lambda one: _alike(one, judged))]
    others = (group[-1].id for group in reversed(groups) if group[-1].id not in judged)
    kept = {*judged, *islice(others, max(0, MOST_STEPS - len(judged)))}
    number = left_out = 0
    for group in groups:
        number += len(group)
        one = group[-1]
        if one.id in kept:
            step = _step(one, _role(one.id, judged), sides, room)
            waited = (begun_at(one) - begun_at(group[0])) / 1000
            yield replace(step, number=number, left_out=left_out, times=len(group), waited=round(waited, 1))
            left_out = 0
        else:
            left_out += len(group)


def _alike(one: Exchange, judged: Sequence[str]) -> tuple[object, ...]:
    """What repetitions of a request share; one that is compared with another stands alone."""
    apart = one.id if one.id in judged[:-1] else ""
    return (apart, one.method, one.url, one.request_body, one.status, one.error)


def _role(name: str, judged: Sequence[str]) -> str:
    if name not in judged:
        return ""
    return "seen" if name == judged[-1] else "expected"


def _step(one: Exchange, role: str, sides: Sequence[Sides], room: Room) -> Step:
    shown = shown_exchange(one, room)
    members = [side.member for side in sides if side.member] if role else []
    return Step(
        exchange=shown,
        words=request_in_words(one),
        judged=role,
        sent=_lines(shown.sent, ()),
        received=_lines(shown.received, members),
        status_differs=STATUS in members or (role == "seen" and _begins_with(sides, one.status)),
    )


def _begins_with(sides: Sequence[Sides], status: int | None) -> bool:
    """Whether what was seen is the reply as a whole, so that its status is what differs."""
    return any(not one.member and one.seen and one.seen[0].text.startswith(str(status)) for one in sides)


def _lines(body: ShownBody | None, differing: Sequence[str]) -> tuple[Line, ...]:
    return outlined(body.text, differing) if body else ()
