"""Lists as a check asks for them: pages, walks from page to page, and what they show of the population."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from suites.trigger.support.api import Sessions
from suites.trigger.support.lists.population import EXPIRING, PAGE, Population
from tck.checking import (
    CLOCKS_DIFFER,
    LONGEST_WAIT,
    Broken,
    NotTested,
    Reply,
    Row,
    Text,
    eventually,
    exchanges_of,
    listed_within,
    parse_instant,
    pause,
)

T = TypeVar("T")
Query = Mapping[str, str]
MOST_PAGES = 30
"""Pages of a walk: twice as many as the smallest pages of the population need."""
ANSWERS = "list.answers-200"
AS_THEY_ARE = ("status", "createdAt][period", "taskIdentifier")
"""Filters whose values are no words of the population's own."""


@dataclass(frozen=True)
class Page:
    """One page: the reply, its rows and its cursors."""

    reply: Reply
    rows: tuple[Row, ...]
    next: str | None
    previous: str | None

    @property
    def ids(self) -> list[str]:
        """The ids of the rows, in their order."""
        return [Text(str(row.values.get("id")), row.origin) for row in self.rows]


@dataclass(frozen=True)
class Walk:
    """Pages from the first one on; `cut` where there would have been more."""

    pages: tuple[Page, ...]
    cut: bool

    @property
    def rows(self) -> list[Row]:
        """All rows, in their order."""
        return [row for page in self.pages for row in page.rows]

    @property
    def ids(self) -> list[str]:
        """The ids of all rows, in their order."""
        return [one for page in self.pages for one in page.ids]

    @property
    def exchanges(self) -> tuple[str, ...]:
        """The exchanges that brought the pages."""
        return tuple(page.reply.exchange for page in self.pages)


@dataclass(frozen=True)
class Expired:
    """The session past its deadline, and whether the target keeps it as an open one.

    `due` is when every clock of the target is past it, by this machine's monotonic clock.
    """

    id: str
    due: float
    is_kept: bool

    @property
    def allowed(self) -> tuple[list[str], ...]:
        """The statuses by which lists may show it: one that is not kept may also be closed or gone."""
        return (["EXPIRED"],) if self.is_kept else (["EXPIRED"], ["CLOSED"], [])

    def shown_by(self, pages: "Mapping[str, Page]") -> list[str]:
        """The statuses by which pages, each by its status, show the session."""
        return [status for status, page in pages.items() if self.id in page.ids]


@dataclass(frozen=True)
class Lists:
    """Lists of one environment, and the population that is looked for in them."""

    sessions: Sessions
    population: Population

    def all(self, query: Query | None = None) -> Query:
        """A query that the whole population fits, and what goes beside it."""
        return {"filter[tags]": self.population.tag, **(query or {})}

    @property
    def task(self) -> str:
        """The task of every session of the run."""
        return str(self.sessions.run.options.own["task_identifier"])

    def page(self, query: Query | Sequence[tuple[str, str]]) -> Page:
        """A page of a good query; raises NotTested where it is not answered with a page."""
        return page_of(self.sessions.list(query))

    def walk(self, query: Query, size: int = PAGE) -> Walk:
        """All pages from the first one to the last."""
        query = {**query, "page[size]": str(size)}
        pages, seen = [self.page(query)], set[str]()
        while (after := pages[-1].next) is not None and len(pages) < MOST_PAGES and after not in seen:
            seen.add(after)
            pages.append(self.page({**query, "page[after]": after}))
        return Walk(tuple(pages), pages[-1].next is not None)

    def ours(self, rows: Collection[Row]) -> list[str]:
        """The roles of those rows whose sessions do not change by themselves, in their order."""
        found = ((self.population.roles.get(str(row.values.get("id"))), row.origin) for row in rows)
        return [Text(role, origin) for role, origin in found if role in self.population.certain]

    def settled(self, look: Callable[[], T], holds: Callable[[T], bool]) -> T:
        """What a list shows once it holds, else when a list may lag no more behind what the run has written.

        All checks wait for the same instant, so that lists that lag make the run longer once.
        """
        return self.settled_since(self.population.written, look, holds)

    def settled_since(self, written: float, look: Callable[[], T], holds: Callable[[T], bool]) -> T:
        """The same for what was written, or came about, at another time of this machine's monotonic clock."""
        left = written + listed_within() - time.monotonic()
        with self.sessions.check.unnoted():
            waited = eventually(look, holds, max(0.0, left))
        self.sessions.check.note(_exchanges(waited.value))
        return waited.value

    def shown(self, query: Query) -> list[str]:
        """The roles that one page of a query shows."""
        return sorted(self.ours(self.page({"page[size]": str(PAGE), **query}).rows))

    def accepted(self, query: Query) -> Reply:
        """The reply to a query that must be accepted; raises Broken where it is refused."""
        return self.sessions.check.accepted(self.sessions.list(query))

    def judge_shows(self, query: Query, expected: Collection[str]) -> None:
        """Raise Broken unless a query shows those roles of the population, and no others."""
        wanted = sorted(expected)
        page = self.settled(
            lambda: page_of(self.accepted({"page[size]": str(PAGE), **query})),
            lambda page: sorted(self.ours(page.rows)) == wanted,
        )
        seen = self.ours(page.rows)
        if sorted(seen) != wanted:
            raise Broken(
                f"the list for {told(query)} {_difference(wanted, seen)}",
                f"exactly {', '.join(wanted) or 'no session of ours'}",
                ", ".join(seen) or "none of them", page.reply.exchange,
            )  # fmt: skip

    def judge_empty(self, query: Query) -> None:
        """Raise Broken unless a query that nothing fits is answered with a page without rows."""
        reply = self.accepted(query)
        page = page_of(reply)
        if page.rows:
            said = f"the list for {told(query)} shows rows that do not fit"
            raise Broken(said, "no rows", f"{len(page.rows)} rows", reply.exchange)

    def judge_whole(self, walk: Walk) -> None:
        """Raise Broken unless a walk ended, and showed every session of the population once."""
        seen = self.ours(walk.rows)
        if sorted(seen) != sorted(self.population.certain):
            said = f"a walk over {len(walk.pages)} pages {_difference(sorted(self.population.certain), seen)}"
            raise Broken(said, "each session once", ", ".join(seen), *walk.exchanges)
        if walk.cut:
            said = f"a walk did not end after {len(walk.pages)} pages"
            raise Broken(said, "a last page", f"a next cursor {walk.pages[-1].next}", walk.exchanges[-1])

    def words(self, words: Mapping[str, str]) -> Query:
        """Filters by words, or endings of externalIds, of the population's own; an empty task is its own."""
        return {f"filter[{name}]": self._value(name, text) for name, text in words.items()}

    def _value(self, name: str, text: str) -> str:
        if name == "externalId":
            return self.population.named(text)
        if name in AS_THEY_ARE:
            return text or self.task
        return ",".join(map(self.population.word, text.split(",")))

    def moment(self, seconds: int) -> str:
        """A date-time so many seconds from the create of a session of the population."""
        page = self.settled(lambda: self.page(self.all()), lambda page: bool(page.rows))
        try:
            made = parse_instant(str(page.rows[0].values.get("createdAt")))
        except (ValueError, IndexError):
            raise NotTested(
                "no row shows when it was made", judged_by="list.success-matches-schema"
            ) from None
        moment = datetime.fromtimestamp(float(made.seconds) + seconds, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def of_status(self, status: str, further: Query | None = None) -> Page:
        """A page of the population's sessions in a state, which fit further filters."""
        return self.page(self.all({"filter[status]": status, **(further or {}), "page[size]": str(PAGE)}))

    def expired(self) -> Expired:
        """The session whose deadline has passed; raises NotTested where there is none."""
        member = self.population.members.get(EXPIRING)
        if member is None:
            raise NotTested("a create with a near expiresAt was refused")
        pause(min(self.population.due - time.monotonic(), LONGEST_WAIT))
        read = self.sessions.retrieve(member.id)
        is_kept = read.succeeded and read.is_object and read["closedAt"].is_null
        return Expired(member.id, self.population.due + CLOCKS_DIFFER, is_kept)

    def member(self, page: Collection[Row], role: str) -> Row | None:
        """The row of a role, if it is there."""
        wanted = self.population.members[role].id
        return next((row for row in page if row.values.get("id") == wanted), None)


def page_of(reply: Reply) -> Page:
    """The page that a reply shows; raises NotTested where it shows none."""
    if not reply.succeeded:
        raise NotTested(f"a list was answered with {reply.status}", judged_by=ANSWERS)
    data = reply.parsed.get("data") if reply.is_object else None
    if not isinstance(data, list):
        raise NotTested("a list showed no rows", judged_by="list.success-matches-schema")
    rows = tuple(Row(one, reply.shape, origin=reply.origin) for one in data if isinstance(one, dict))
    pagination = reply.parsed.get("pagination")
    cursors: Mapping[str, Any] = pagination if isinstance(pagination, dict) else {}
    return Page(reply, rows, _cursor(cursors, "next"), _cursor(cursors, "previous"))


def told(query: Query) -> str:
    """A query for a person."""
    return ", ".join(f"{name}={value}" for name, value in query.items()) or "no filter"


def rows_unless_refused(reply: Reply, *, breaks_otherwise: bool = False) -> list[Row]:
    """The rows that a reply shows, none where it refuses.

    Where it does neither: raises Broken if that `breaks_otherwise`, else NotTested.
    """
    if breaks_otherwise and not reply.refused and not reply.succeeded:
        said = "a list was neither refused nor accepted"
        raise Broken(said, "a 4xx, or a list without rows", reply.told, reply.exchange)
    return [] if reply.refused else list(page_of(reply).rows)


def _difference(wanted: Sequence[str], seen: Sequence[str]) -> str:
    """How the roles that were seen differ from those that were to be seen, in words."""
    missing = ", ".join(role for role in wanted if role not in seen)
    beside = ", ".join(dict.fromkeys(role for role in seen if role not in wanted))
    twice = ", ".join(dict.fromkeys(role for role in seen if seen.count(role) > 1))
    parts = {"lacks": missing, "shows what does not fit:": beside, "shows more than once:": twice}
    return " and ".join(f"{words} {roles}" for words, roles in parts.items() if roles)


def _cursor(cursors: Mapping[str, Any], name: str) -> str | None:
    found = cursors.get(name)
    return found if isinstance(found, str) and found else None


def _exchanges(value: object) -> tuple[str, ...]:
    match value:
        case Walk():
            return value.exchanges
        case Page():
            return (value.reply.exchange,)
        case Mapping():
            return _exchanges(list(value.values()))
        case list() | tuple():
            return tuple(dict.fromkeys(one for item in value for one in _exchanges(item)))
        case _:
            return exchanges_of(value)


def fitting(population: Population, fits: Callable[[Mapping[str, Any]], bool]) -> list[str]:
    """The roles whose create body fits."""
    return [role for role in sorted(population.certain) if fits(population.members[role].body)]
