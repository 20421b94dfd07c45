"""Which exchanges a script sends again: those that the judged one needs, from an empty target on."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tck.recording.correlation import TRACEPARENT
from tck.recording.exchange import Exchange, Headers, begun
from tck.results.document import CheckEntry
from tck.results.leading import NOT_FOUND, READING, Leading, accepted
from tck.vocabulary import RESTARTED

UNCLEAR = re.compile(r"removed\]|\[redacted[\] ][a-z]")
"""Marks behind which credentials that look the same may differ."""
FEW = 16
"""Requests that are no reads: up to as many of a check are all sent again, as any may have done it."""
OFTEN = 3
"""As often a request was answered well before it was not, where the fault depends on how often."""
POLLS = 3
"""Equal requests in a row from which further ones are left out."""
MOST = 40
"""Steps from which those that repeat the kind of an earlier one are left out."""
LATER = 8
"""Seconds that a script waits at most before a look at what another check has made."""
A_WHILE = 1.0
"""Seconds since the last write after which what a judged read shows may have come about by itself."""
PAUSE = 2.0
"""Seconds between two requests from which a script waits as long."""


@dataclass(frozen=True)
class Step:
    """One exchange to be sent again; `pause` seconds after the one before, beside it, or after a restart."""

    exchange: Exchange
    judged: bool
    pause: int = 0
    beside: bool = False
    restarted: bool = False

    @property
    def prepares(self) -> bool:
        """Whether the script cannot go on unless it is accepted, as it was."""
        return not self.judged and accepted(self.exchange)


def steps_of(check: CheckEntry, leading: Leading) -> list[Step]:
    """The steps in the order of sending; empty when a judged exchange is not kept."""
    exchanges = leading.exchanges
    judged = [exchanges[name] for name in check["judged"] if name in exchanges]
    if not judged or len(judged) < len(check["judged"]):
        return []
    last = max(judged, key=begun)
    chosen = {name: exchanges[name] for name in check["exchanges"] if name in exchanges}
    chosen |= {one.id: one for one in judged}
    writes = list(leading.writes_of(last.check, last))
    if not check.get("story") and len(writes) <= FEW:
        chosen |= {one.id: one for one in writes}
    prepared = {one.id: one for one in leading.prepared(chosen.values(), last)}
    if last.status == NOT_FOUND and prepared:  # it may be lost because others were made since
        first = min(prepared.values(), key=begun)
        chosen |= {one.id: one for one in leading.making(first, last)[-MOST:]}
    chosen |= {one.id: one for one in leading.read_on_condition(last)}
    chosen |= prepared
    kept = _without_repeats(sorted(chosen.values(), key=begun), judged)
    if len(kept) > MOST:
        kept = _one_of_each_kind(kept, {*prepared, *(one.id for one in judged)})
    steps = list(_timed(kept, {one.id for one in judged}))
    return list(_restarting(steps, [one for one in exchanges.values() if one.check == RESTARTED]))


def is_unsteady(judged: Exchange, exchanges: Iterable[Exchange]) -> bool:
    """Whether the same read was answered with another status as well, so that it must be tried often."""
    alone = not UNCLEAR.search(_authorization(judged))
    return (
        alone
        and judged.method in READING
        and any(
            one.check == judged.check and one.status != judged.status and _sent(one) == _sent(judged)
            for one in exchanges
        )
    )


def _one_of_each_kind(found: Sequence[Exchange], needed: Collection[str]) -> list[Exchange]:
    """What is needed, the first of each kind of request and answer, and what came last."""
    kinds = set()
    kept = []
    for place, one in enumerate(found):
        kind = one.method, len(one.url.split("/")), one.status
        if one.id in needed or kind not in kinds or place >= len(found) - FEW:
            kept.append(one)
        kinds.add(kind)
    return kept


def _restarting(steps: Iterable[Step], looks: Sequence[Exchange]) -> Iterator[Step]:
    """The steps, those marked before which the target was restarted."""
    before = None
    for step in steps:
        restarted = before is not None and any(
            begun(before.exchange) < begun(look) < begun(step.exchange) for look in looks
        )
        yield replace(step, restarted=True, pause=0, beside=False) if restarted else step
        before = step


def answered_often(judged: Exchange, check: CheckEntry, exchanges: Mapping[str, Exchange]) -> list[Exchange]:
    """What a check sent before the judged request that was the same but for the address of the session."""
    before = (exchanges[name] for name in check["exchanges"] if name in exchanges)
    return [one for one in before if begun(one) < begun(judged) and _kind(one) == _kind(judged)]


def _kind(one: Exchange) -> tuple[str, int, str, bytes, str]:
    *_, end = one.url.split("/")
    return one.method, one.url.count("/"), end, one.request_body, _authorization(one)


def _authorization(one: Exchange) -> str:
    return next((value for name, value in one.request_headers if name.lower() == "authorization"), "")


def _without_repeats(found: Sequence[Exchange], judged: Sequence[Exchange]) -> list[Exchange]:
    """The exchanges without reads that showed the same as the read before: polls."""
    kept: list[Exchange] = []
    for one in found:
        last = kept[-POLLS:]
        repeats = len(last) == POLLS and all(_sent(one) == _sent(before) for before in last)
        if not repeats or one.method not in READING or one in judged:
            kept.append(one)
    return kept


def _sent(one: Exchange) -> tuple[str, str, bytes, Headers]:
    headers = tuple(pair for pair in one.request_headers if pair[0].lower() != TRACEPARENT)
    return one.method, one.url, one.request_body, headers


def _timed(found: Sequence[Exchange], judged: set[str]) -> Iterator[Step]:
    ended, paused = 0.0, 0
    written: float | None = None
    for index, one in enumerate(found):
        waited = one.started_at - ended if index else 0.0
        same_check = index > 0 and found[index - 1].check == one.check
        beside = (
            index > 0
            and same_check
            and one.started_at < found[index - 1].started_at + found[index - 1].duration * 0.9
        )
        reads = one.method in READING
        looks = one.id in judged and all(
            other.method in READING for other in found if other.check == one.check
        )
        pause = round(waited) if same_check else min(round(waited), LATER) if looks else 0
        pause = pause if waited >= PAUSE else 0
        since = one.started_at - written if written is not None else 0.0
        if one.id in judged and reads and same_check and since >= A_WHILE:
            pause = max(pause, min(math.ceil(since), LATER) - paused)
        yield Step(one, one.id in judged, pause, beside)
        ended = one.started_at + one.duration
        written, paused = (written, paused + pause) if reads else (ended, 0)
