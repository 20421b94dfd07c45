"""Which exchanges a script sends again: those that the judged one needs, from an empty target on."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tck.recording.exchange import Exchange, begun
from tck.results.document import CheckEntry
from tck.results.leading import READING, Leading, accepted

UNCLEAR = re.compile(r"removed\]|\[redacted[\] ][a-z]")
"""Marks behind which credentials that look the same may differ."""
FEW = 16
"""Requests that are no reads: up to as many of a check are all sent again, as any may have done it."""
POLLS = 3
"""Equal requests in a row from which further ones are left out."""
PAUSE = 2.0
"""Seconds between two requests from which a script waits as long."""


@dataclass(frozen=True)
class Step:
    """One exchange to be sent again; `pause` seconds after the one before, or beside it."""

    exchange: Exchange
    judged: bool
    pause: int = 0
    beside: bool = False

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
    chosen |= {one.id: one for one in leading.prepared(chosen.values(), last)}
    kept = _without_repeats(sorted(chosen.values(), key=begun), judged)
    return list(_timed(kept, {one.id for one in judged}))


def is_unsteady(judged: Exchange, exchanges: Iterable[Exchange]) -> bool:
    """Whether the same read was answered with another status as well, so that it must be tried often."""
    alone = not UNCLEAR.search(_authorization(judged))
    return (
        alone
        and judged.method in READING
        and any(
            _sent(one) == _sent(judged) and one.check == judged.check and one.status != judged.status
            for one in exchanges
        )
    )


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


def _sent(one: Exchange) -> tuple[str, str, bytes, str]:
    return one.method, one.url, one.request_body, _authorization(one)


def _timed(found: Sequence[Exchange], judged: set[str]) -> Iterator[Step]:
    ended = 0.0
    for index, one in enumerate(found):
        waited = one.started_at - ended if index else 0.0
        same_check = index > 0 and found[index - 1].check == one.check
        beside = (
            index > 0
            and same_check
            and one.started_at < found[index - 1].started_at + found[index - 1].duration * 0.9
        )
        pause = round(waited) if same_check and waited >= PAUSE else 0
        yield Step(one, one.id in judged, pause, beside)
        ended = one.started_at + one.duration
