"""Everything that a run found, as plain text: an entry a requirement under its cause, with the exchanges."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tck.recording.curl import FALLBACK
from tck.recording.exchange import Exchange, Headers
from tck.recording.in_words import request_in_words
from tck.reports.cause_view import (
    CauseView,
    count,
    deviations_in,
    differences_told,
    failures_in,
    first_finding,
    told_extent,
    told_way,
)
from tck.reports.labels import (
    NOTHING_SAID,
    OUTCOMES,
    figures,
    operation,
    told_level,
)
from tck.reports.text import wrapped
from tck.results.document import CheckEntry, RequirementEntry, Result, WaiverEntry
from tck.results.groups import scored_entries
from tck.results.selection import told_reason
from tck.values.texts import printable

LONGEST_BODY = 1000
"""Characters of a body that are shown."""
MOST_HEADERS = 30
MOST_NAMED = 20
"""Requirements that are named one by one under a reason that they share."""
MOST_WAYS = 8
MOST_BEFORE = 8
"""Exchanges that led to a judged one that are named one by one."""
COLUMNS = (
    ("passed", "passed"),
    ("failed", "failed"),
    ("indeterminate", "indeterm."),
    ("error", "error"),
    ("not_tested", "not tested"),
    ("not_applicable", "n/a"),
    ("waived", "waived"),
)


def everything(
    result: Result, exchanges: Mapping[str, Exchange], scripts: Mapping[str, str], width: int
) -> Iterator[list[str]]:
    """The parts of the listing, each some lines; `scripts` reproduce causes, by the names of these."""
    requirements = result["requirements"]
    for one in failures_in(result):
        yield list(_cause(one, exchanges, scripts, width, "CAUSE"))
    for one in deviations_in(result):
        yield list(_cause(one, exchanges, scripts, width, "DEVIATION"))
    yield _waived(requirements, width)
    for outcome in ("error", "indeterminate", "not_tested", "not_applicable"):
        yield _grouped(requirements, outcome, width)
    yield _added(requirements, width)
    yield _differences(result)
    yield _generated(result, width)
    yield count_table(scored_entries(result))


def _cause(
    one: CauseView, exchanges: Mapping[str, Exchange], scripts: Mapping[str, str], width: int, kind: str
) -> Iterator[str]:
    about = f": {one.cause['about']}" if one.cause["about"] else ""
    yield f"{kind} {one.number}{about} ({one.extent}) ".ljust(width, "-")
    yield from _requirement(one.leading, exchanges, width, whole=True)
    if one.name in scripts:
        yield f"  script:   sh {printable(scripts[one.name])}"
    if one.cause["rerun"]:
        yield f"  rerun:    {printable(one.cause['rerun'])}"
    if one.also:
        yield "  also fails for this reason:"
    for other in one.also:
        yield from ("    " + line for line in _requirement(other, exchanges, width - 4, whole=False))
    if one.cause["untested"]:
        named = ", ".join(one.cause["untested"])
        yield from wrapped(f"not tested because of it: {named}", width, "  ", "    ")


def _requirement(
    one: RequirementEntry, exchanges: Mapping[str, Exchange], width: int, *, whole: bool
) -> Iterator[str]:
    """Its sentence, page, extent and ways; with the first exchange of each way, or its id alone."""
    source = one["source"]
    yield printable(f"{told_level(one)} {one['id']}")
    yield from wrapped(one["statement"], width)
    yield from _labelled("page", f"{source['title']} ({source['at']}): {source['url']}")
    verb = "failed" if one["outcome"] == "failed" else "deviates"
    yield from _labelled(verb, told_extent(one))
    for way in one["ways"][:MOST_WAYS]:
        check = first_finding(one, way)
        yield from _labelled("way", told_way(way))
        yield from _finding(check)
        judged = [exchanges[name] for name in check["judged"] if name in exchanges]
        yield from _leading(check, exchanges) if whole else ()
        for exchange in judged if whole else ():
            yield from _exchange(exchange)
        if not whole and check["judged"]:
            yield from _labelled("exchange", " and ".join(check["judged"]))
        yield from _replay(check) if whole else ()
        yield from _labelled("check", check.get("rerun", "")) if whole else ()
    if len(one["ways"]) > MOST_WAYS:
        yield from _labelled("", f"and {len(one['ways']) - MOST_WAYS} further ways, which result.json has")


def _leading(check: CheckEntry, exchanges: Mapping[str, Exchange]) -> Iterator[str]:
    """What was sent before what was judged, a line each; equal requests with equal answers take one."""
    before = [
        exchanges[name] for name in check["exchanges"] if name in exchanges and name not in check["judged"]
    ]
    labels = itertools.chain(["before:"], itertools.repeat(""))
    groups = [(told, [*ones]) for told, ones in itertools.groupby(before, _asked)]
    for label, (told, ones) in zip(labels, groups[-MOST_BEFORE:], strict=False):
        ids = ones[0].id if len(ones) == 1 else f"{len(ones)} times, {ones[0].id} to {ones[-1].id}"
        yield f"  {label:9} {printable(told)} ({ids})"
    others = sum(len(ones) for _, ones in groups[:-MOST_BEFORE])
    if others:
        yield from _labelled("", f"after {count(others, 'other')}, which result.json names")


def _asked(one: Exchange) -> str:
    return f"{one.method} {one.url} answered {one.status or 'nothing'}"


def _replay(check: CheckEntry) -> Iterator[str]:
    curl = check.get("curl", "")
    yield from _labelled("replay", curl)
    if f"${FALLBACK}" in curl:
        yield from _labelled("", f"{FALLBACK} is a token or a wrong key; the steps of the script make one")


def _finding(check: CheckEntry) -> Iterator[str]:
    yield from _labelled("reason", check["reason"])
    yield from _labelled("expected", check["expected"])
    yield from _labelled("seen", check["seen"])
    yield from _labelled("deviates", check["deviation"])
    labels = itertools.chain(["story:"], itertools.repeat(""))
    for label, line in zip(labels, check.get("story", ()), strict=False):
        yield f"  {label:9} {printable(line)}"


def _exchange(exchange: Exchange) -> Iterator[str]:
    status = str(exchange.status) if exchange.status is not None else "no whole reply"
    answer = f"{status}: {exchange.error}" if exchange.error else status
    yield from _labelled("exchange", f"{exchange.id}, {exchange.duration * 1000:.0f} ms")
    names = ", ".join(f"{name}: {value}" for name, value in exchange.correlation)
    yield from _labelled("in logs", names) if names else ()
    yield from _labelled("request", request_in_words(exchange))
    request = f"{exchange.method} {exchange.url}"
    yield from _message(">", request, exchange.request_headers, exchange.request_body)
    yield from _message("<", answer, exchange.response_headers, exchange.response_body)


def _message(sign: str, first: str, headers: Headers, body: bytes) -> Iterator[str]:
    texts = [first, *(f"{name}: {value}" for name, value in headers[:MOST_HEADERS])]
    if len(headers) > MOST_HEADERS:
        texts.append(f"({len(headers) - MOST_HEADERS} more headers)")
    for text in [*texts, *([_shown_body(body)] if body else [])]:
        yield f"    {sign} {printable(text[: 2 * LONGEST_BODY])}"


def _shown_body(body: bytes) -> str:
    text = body[: 4 * LONGEST_BODY].decode("utf-8", "backslashreplace")
    if len(text) <= LONGEST_BODY and len(body) <= 4 * LONGEST_BODY:
        return text
    return f"{text[:LONGEST_BODY]}… ({len(body)} bytes in all)"


def count_table(requirements: Sequence[RequirementEntry]) -> list[str]:
    """Counts by operation and level, what failed or is unknown first; then by level alone."""
    rows: dict[tuple[str, str], list[RequirementEntry]] = {}
    for one in requirements:
        rows.setdefault((operation(one), one["level"]), []).append(one)
    order = {name: place for place, name in enumerate(dict.fromkeys(map(operation, requirements)))}
    names = sorted(rows, key=lambda name: (_calm(rows[name]), order[name[0]], name[1]))
    whole = {level: [one for one in requirements if one["level"] == level] for level in ("must", "should")}
    head = " " * 20 + "".join(label.rjust(len(label) + 2) for _, label in COLUMNS)
    lines = [_row(" ".join(name), rows[name]) for name in names]
    return [head, *lines, *(_row(f"all {level}", entries) for level, entries in whole.items() if entries)]


def _calm(entries: Iterable[RequirementEntry]) -> int:
    """How little the outcomes press: the place of the most pressing one."""
    places = ("failed", "error", "indeterminate", "not_tested", "waived")
    found = {one["outcome"] for one in entries}
    return next((place for place, outcome in enumerate(places) if outcome in found), len(places))


def _row(name: str, entries: Sequence[RequirementEntry]) -> str:
    cells = (sum(one["outcome"] == outcome for one in entries) for outcome, _ in COLUMNS)
    shown = (str(cell or ".").rjust(len(label) + 2) for cell, (_, label) in zip(cells, COLUMNS, strict=True))
    return f"{printable(name):20.20}" + "".join(shown)


def _differences(result: Result) -> list[str]:
    """What the target does where the pages are silent, each with the first exchange that showed it."""
    found = zip(differences_told(result), result["allowed_differences"], strict=True)
    lines = [f"  {printable(told)}: exchange {one['exchange']}" for told, one in found]
    return [f"Allowed differences ({len(lines)}): the pages leave these open", *lines] if lines else []


def _generated(result: Result, width: int) -> list[str]:
    """One line for each generated check: the figures that it noted, whatever they are."""
    notes = {name: figures(note) for name, note in result["generated"].items()}
    lines = [line for name, told in notes.items() for line in wrapped(f"{name}: {told}", width, "  ")]
    return ["Generated requests", *lines] if lines else []


def _added(requirements: Iterable[RequirementEntry], width: int) -> list[str]:
    added = [f"{one['id']} {one['outcome']}" for one in requirements if one["added_after_release"]]
    head = f"Added after release ({len(added)}): run, and not scored"
    return [head, *wrapped(", ".join(added), width, "  ")] if added else []


def _waived(requirements: Iterable[RequirementEntry], width: int) -> list[str]:
    waived = [(one["id"], one["waiver"]) for one in requirements if one["waiver"]]
    lines = [line for name, waiver in waived for line in wrapped(_waiver(name, waiver), width, "  ")]
    return [f"Waived ({len(waived)}): failed, and accepted for a while", *lines] if lines else []


def _waiver(name: str, waiver: WaiverEntry) -> str:
    until = f"until {waiver['expires']}, {waiver['days_left']} days left"
    return f"{name}: {waiver['reason']} ({waiver['ticket']}; {until})"


def _grouped(requirements: Iterable[RequirementEntry], outcome: str, width: int) -> list[str]:
    """The requirements of one outcome under each reason that was given."""
    groups: dict[str, list[str]] = {}
    for one in requirements:
        if one["outcome"] == outcome:
            groups.setdefault(told_reason(one) or NOTHING_SAID, []).append(f"{one['id']} ({one['level']})")
    lines: list[str] = []
    for reason, ids in groups.items():
        head = f"{OUTCOMES[outcome].capitalize()} ({len(ids)}): {reason}"
        more = f" and {len(ids) - MOST_NAMED} more, which result.json names" if len(ids) > MOST_NAMED else ""
        lines += [*wrapped(head, width), *wrapped(", ".join(ids[:MOST_NAMED]) + more, width, "  ")]
    return lines


def _labelled(label: str, text: str) -> list[str]:
    """A text behind its label, in one line, so that it can be copied whole; none for an empty one."""
    return [f"  {label + ':' if label else '':9} {printable(text)}"] if text else []
