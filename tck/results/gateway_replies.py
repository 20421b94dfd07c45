"""Replies that something in front of the target gave in its place, as the exchanges of a run show them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from tck.recording.exchange import Exchange, header
from tck.recording.in_words import request_in_words
from tck.values.bounded_json import read_json
from tck.values.texts import printable

BAD_GATEWAY = frozenset({502, 503, 504})
TOO_MANY = 429
PAGES = frozenset({"text/html", "application/xhtml+xml"})
REFUSALS = range(400, 500)
NOT_THERE = frozenset({404, 405})
"""Refusals that a framework gives by itself, as a page, where the API has nothing at that address."""
VARYING = re.compile(rb"[0-9A-Fa-f-]{8,}|[0-9]+")
"""What of a page may be other each time: the id of a request, an instant, an address."""
FEW = 3
"""Requests of one kind below which nothing is said of them."""
MOST = 5
"""Kinds of requests that are named."""


def remarks_on(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """A sentence for each kind of request that was answered 502, 503 or 504 each time, for 429 and for pages.

    Nothing is said where no request was answered otherwise: then the target was not there.
    """
    answered = [one for one in exchanges if one.status is not None]
    yield from _always_bad(answered)
    limited = sum(one.status == TOO_MANY for one in answered)
    if limited >= FEW:
        yield (
            f"{limited} requests were answered 429: the target limits how fast it may be asked, and the run "
            "waited for it; --rate-limit=N/s keeps below the limit."
        )
    for status, number in sorted(Counter(foreign_pages(answered).values()).items()):
        requests = "1 request was" if number == 1 else f"{number} requests were"
        yield f"{requests} answered {about_page(status)}."


def foreign_pages(exchanges: Iterable[Exchange]) -> dict[str, int]:
    """The status of each refusal that is one and the same HTML page, by the id of its exchange.

    A target whose own refusals are pages as well has none.
    """
    refusals = [one for one in exchanges if one.status in REFUSALS and one.status not in NOT_THERE]
    pages: defaultdict[tuple[int, bytes], list[str]] = defaultdict(list)
    for one in refusals:
        if one.status is not None and _media_type(one) in PAGES:
            pages[one.status, VARYING.sub(b"#", one.response_body)].append(one.id)
    if sum(map(len, pages.values())) == len(refusals):
        return {}
    return {name: status for (status, _), names in pages.items() if len(names) >= FEW for name in names}


def about_page(status: int) -> str:
    """What refusals with a foreign page are called."""
    return f"{status} with an HTML page: a firewall or gateway seems to answer in place of the API"


def _always_bad(answered: Sequence[Exchange]) -> Iterator[str]:
    bad = sum(one.status in BAD_GATEWAY for one in answered)
    if bad < FEW or bad == len(answered):
        return
    operations = _each_time(answered, _operation)
    rest = [one for one in answered if _operation(one) not in operations]
    found = {**operations, **_each_time(rest, _kind)}
    for kind, statuses in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST]:
        shown = ", ".join(map(str, sorted(set(statuses))))
        yield f"{kind}: {shown}, {len(statuses)} of {len(statuses)}; what needs it is not known."


def _each_time(exchanges: Iterable[Exchange], of: Callable[[Exchange], str]) -> dict[str, list[int]]:
    """The statuses of each kind of request that was answered with nothing but 502, 503 and 504."""
    kinds: defaultdict[str, list[int]] = defaultdict(list)
    for one in exchanges:
        kinds[of(one)].append(one.status or 0)
    return {
        kind: statuses
        for kind, statuses in kinds.items()
        if len(statuses) >= FEW and BAD_GATEWAY.issuperset(statuses)
    }


def _operation(exchange: Exchange) -> str:
    return f"{exchange.method} {exchange.operation}".strip()


def _kind(exchange: Exchange) -> str:
    """The operation, the members of the body, and what else is odd about the request."""
    try:
        body = read_json(exchange.request_body.decode())
    except ValueError:
        body = None
    members = sorted(body.items()) if isinstance(body, dict) else []
    named = [printable(f"{name} null" if value is None else name) for name, value in members]
    shape = f"with {', '.join(named)}" if named else ""
    return " ".join(filter(None, (_operation(exchange), shape, request_in_words(exchange))))


def _media_type(exchange: Exchange) -> str:
    return header(exchange.response_headers, "content-type").partition(";")[0].strip().lower()
