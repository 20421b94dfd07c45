"""Steps from page to page and back, and the order of rows by the time at which they were made."""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from suites.trigger.support.api import made
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.lists.lists import Lists, Page, Query
from suites.trigger.support.lists.population import PAGE
from tck.checking import Broken, Instant, NotTested, Row, parse_instant, pause

APART = 5.0
"""Seconds between two rows whose order is certain: two clocks may differ by as much."""
FURTHER = 0.5
FEW_PAGES = 6
"""Pages that are read at most until their rows span enough time: they show more than a run makes."""


@dataclass(frozen=True)
class Steps:
    """A page, the one before it, the one that its previous cursor leads to, and the next of that."""

    before: Page
    here: Page
    back: Page
    on_again: Page


def steps_back(lists: Lists, size: int, page: int, further: Query | None = None) -> Steps:
    """To the page at this place (from 0), back, and on again; raises Broken for a missing cursor.

    The list is that of the whole population, or what `further` filters leave of it.
    """
    asked = lists.all(further)
    walk = lists.settled(
        lambda: lists.walk(asked, size),
        lambda walk: further is not None or set(lists.ours(walk.rows)) >= lists.population.certain,
    )
    if len(walk.pages) <= page:
        raise NotTested("a walk has too few pages", judged_by="list.walk-shows-each-session-once")
    query = {**asked, "page[size]": str(size)}
    before, here = walk.pages[page - 1], walk.pages[page]
    if here.previous is None:
        raise Broken(
            "a page that is not the first has no previous cursor",
            "pagination.previous",
            "none",
            here.reply.exchange,
        )
    back = lists.page({**query, "page[before]": here.previous})
    if back.next is None:
        raise Broken(
            "a page that is not the last has no next cursor", "pagination.next", "none", back.reply.exchange
        )
    return Steps(before, here, back, lists.page({**query, "page[after]": back.next}))


@dataclass(frozen=True)
class Ordered:
    """Rows in the order shown, by the time at which each was made."""

    made: tuple[Instant, ...]
    exchanges: tuple[str, ...]

    @cached_property
    def out_of_order(self) -> tuple[tuple[str, str], ...]:
        """A row and a later one that was surely made later, each as text; at most one pair."""
        return tuple(itertools.islice(self._pairs(), 1))

    def _pairs(self) -> Iterator[tuple[str, str]]:
        oldest: Instant | None = None
        for one in self.made:
            if oldest is not None and float(one.seconds - oldest.seconds) > APART:
                yield str(oldest.seconds), str(one.seconds)
            oldest = one if oldest is None or one.seconds < oldest.seconds else oldest

    @property
    def spans_enough(self) -> bool:
        """Whether any two of the rows are so far apart that their order is certain."""
        times = [float(one.seconds) for one in self.made]
        return bool(times) and max(times) - min(times) > APART


def last_of_order(lists: Lists) -> Ordered:
    """The newest rows of the environment and, where all were made within seconds, a session made later.

    An elder one is then closed after it, so that neither closes nor updates are in the order of the creates.
    Raises NotTested where the rows span too little time even then.
    """
    ordered = ordered_by(newest_pages(lists))
    if ordered.spans_enough:
        return ordered
    pause(lists.population.written + APART + FURTHER - time.monotonic())
    later = made(lists.sessions, Bodies(lists.sessions.run).minimal(tags=[lists.population.word("order")]))
    for one in (later.id, lists.population.elder):
        lists.sessions.close(one)
    pages = lists.settled_since(
        time.monotonic(),
        lambda: newest_pages(lists),
        lambda pages: {later.id, lists.population.elder} <= closed_in(pages),
    )
    ordered = ordered_by(pages)
    if not ordered.spans_enough and not ordered.out_of_order:
        raise NotTested("the newest sessions of the list were all made within 5 seconds")
    return ordered


def closed_in(pages: Sequence[Page]) -> set[str]:
    """The ids of the rows that show a close."""
    return {str(row.values.get("id")) for page in pages for row in page.rows if row.values.get("closedAt")}


def order_of(lists: Lists, query: Query) -> Ordered:
    """The newest rows that fit filters, once the rows of the whole environment span enough time."""
    return ordered_by([lists.page({**query, "page[size]": str(PAGE)})])


def newest_pages(lists: Lists) -> list[Page]:
    """The first page, and further ones while all rows were made within seconds, as in a busy environment."""
    query = {"page[size]": str(PAGE)}
    pages = [lists.page(query)]
    while len(pages) < FEW_PAGES and pages[-1].next is not None and not ordered_by(pages).spans_enough:
        pages.append(lists.page({**query, "page[after]": pages[-1].next}))
    return pages


def ordered_by(pages: Sequence[Page]) -> Ordered:
    """The rows of some pages, as far as they show when they were made."""
    instants = tuple(_instants(row for page in pages for row in page.rows))
    return Ordered(instants, tuple(page.reply.exchange for page in pages))


def _instants(rows: Iterator[Row]) -> Iterator[Instant]:
    for row in rows:
        try:
            yield parse_instant(str(row.values.get("createdAt")))
        except ValueError:
            continue
