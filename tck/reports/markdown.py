"""summary.md: the result on a page for a pull request or a job's summary, short enough for both."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tck.recording.exchange import Exchange
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
from tck.reports.exchange_view import in_logs
from tck.reports.labels import (
    DEVIATING,
    OUTCOMES,
    by_operation,
    by_reason,
    facts,
    told_level,
    told_outcome,
    verdict_sentence,
)
from tck.results.document import RequirementEntry, Result, WayEntry
from tck.results.slo import objectives_of, told_objective
from tck.values.texts import printable

LONGEST = 60_000
"""Bytes: under GitHub's 1 MiB for a step's summary and its 65,536 characters for a comment."""
LONGEST_TEXT = 300
MOST_TOLD = 25
MOST_NAMED = 20
MOST_WAYS = 5
UNDECIDED = ("error", "indeterminate", "not_tested", "not_applicable")
MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>#|~&@$])")
"""What Markdown, or GitHub's own, may take for more than a character; each is escaped."""

MENTIONS = re.compile("[@#]")
"""What GitHub makes a mention of, escaped or not, unless something stands behind it."""


def summary(result: Result, longest: int = LONGEST, exchanges: Mapping[str, Exchange] | None = None) -> str:
    """The page, cut between two parts where it would be too long."""
    end = "\n*Cut here; the rest is in index.html and result.json.*\n"
    kept: list[str] = []
    size = len(end)
    for part in _parts(result, exchanges or {}):
        size += len(part.encode()) + 1
        if size > longest:
            return "\n".join(kept) + end
        kept.append(part)
    return "\n".join(kept)


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """One line that Markdown shows as it is."""
    line = printable(" ".join(text.split("\n")))
    cut = line if len(line) <= longest else f"{line[: longest - 1]}…"
    return MENTIONS.sub("\\g<0>\N{ZERO WIDTH SPACE}", MEANS_SOMETHING.sub(r"\\\1", cut))


def code(text: str, longest: int = LONGEST_TEXT) -> str:
    """A span of code that nothing in the text can end."""
    line = printable(text)
    cut = line if len(line) <= longest else f"{line[: longest - 1]}…"
    fence = "`" * (max(map(len, re.findall("`+", cut)), default=0) + 1)
    return f"{fence} {cut} {fence}" if "`" in cut else f"{fence}{cut or ' '}{fence}"


def _parts(result: Result, exchanges: Mapping[str, Exchange]) -> Iterator[str]:
    requirements = result["requirements"]
    yield f"## {plain(verdict_sentence(result), 1000)}\n"
    yield "\n".join(f"- {label}: {plain(text)}" for label, text in facts(result)) + "\n"
    objectives = objectives_of(result)
    if objectives:
        yield "\n".join(["### SLO\n", *(f"- {plain(told_objective(one))}" for one in objectives)]) + "\n"
    yield from _counts(requirements)
    yield from _failed(result, exchanges)
    yield from _deviating(result)
    yield from _allowed(result)
    waived = [(one, one["waiver"]) for one in requirements if one["waiver"]]
    yield from ["### Waived\n"] if waived else []
    for one, waiver in waived:
        yield (
            f"- {code(one['id'])}: {plain(waiver['reason'])} ({plain(waiver['ticket'])}, "
            f"until {waiver['expires']})\n"
        )
    for outcome in UNDECIDED:
        yield from _undecided(requirements, outcome)


def _counts(requirements: Sequence[RequirementEntry]) -> Iterator[str]:
    seen = {told_outcome(one) for one in requirements}
    found = [name for name in (*OUTCOMES.values(), DEVIATING) if name in seen]
    head = ["operation", "level", *found]
    lines = [_row(head), _row(["---", "---", *("--:" for _ in found)])]
    for operation, group in by_operation(requirements).items():
        for level in ("must", "should"):
            entries = Counter(told_outcome(one) for one in group if one["level"] == level)
            cells = [str(entries[name] or "") for name in found]
            lines += [_row([plain(operation), level.upper(), *cells])] if entries else []
    yield "\n".join(lines) + "\n" if found else ""


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _failed(result: Result, exchanges: Mapping[str, Exchange]) -> Iterator[str]:
    causes = failures_in(result)
    requirements = sum(len(one.also) + 1 for one in causes)
    head = f"### Failed ({count(len(causes), 'cause')}, {count(requirements, 'requirement')})\n"
    yield from [head] if causes else []
    for one in causes[:MOST_TOLD]:
        yield _cause(one, exchanges)
    if len(causes) > MOST_TOLD:
        rest = ", ".join(code(one.name) for one in causes[MOST_TOLD:])
        yield f"Further {len(causes) - MOST_TOLD}: {rest}\n"


def _cause(one: CauseView, exchanges: Mapping[str, Exchange]) -> str:
    """The leading requirement with its ways, what also fails, and what could not be tested."""
    source = one.leading["source"]
    lines = [
        f"#### {one.number}. {told_level(one.leading)} {code(one.name)}\n",
        plain(one.leading["statement"]),
    ]
    lines[-1] += f" {_link(source['title'], source['url'])} Failed {told_extent(one.leading)}.\n"
    lines += [_way(one.leading, way, exchanges) for way in one.leading["ways"][:MOST_WAYS]]
    if len(one.leading["ways"]) > MOST_WAYS:
        lines.append(f"- and {len(one.leading['ways']) - MOST_WAYS} further ways")
    lines += ["- also fails for this reason:"] if one.also else []
    lines += [
        f"  - {told_level(other)} {code(other['id'])}: {plain(other['statement'])}" for other in one.also
    ]
    untested = one.cause["untested"]
    lines += [f"- not tested because of it: {', '.join(map(code, untested))}"] if untested else []
    lines += [f"- rerun: {code(one.cause['rerun'], 1000)}"] if one.cause["rerun"] else []
    return "\n".join(lines) + "\n"


def _way(requirement: RequirementEntry, way: WayEntry, exchanges: Mapping[str, Exchange]) -> str:
    check = first_finding(requirement, way)
    sides = {"expected": check["expected"], "seen": check["seen"]}
    told = ", ".join(f"{label} {code(text)}" for label, text in sides.items() if text) or plain(
        check["reason"], 1000
    )
    where = f" (exchange {', '.join(map(code, check['judged']))})" if check["judged"] else ""
    names = in_logs(check, exchanges)
    logged = f"; in the logs: {code(names)}" if names else ""
    return f"- {plain(told_way(way))} in {count(way['requests'], 'request')}: {told}{where}{logged}"


def _link(title: str, url: str) -> str:
    safe = re.fullmatch(r"https?://[\w./~%#?=&+-]+", url, re.ASCII)
    return f"([{plain(title)}]({url}))" if safe else f"({plain(title)})"


def _deviating(result: Result) -> Iterator[str]:
    """A line for each kind of deviation, with the requirements that it takes in."""
    found = deviations_in(result)
    yield from (
        [f"### Deviations ({count(sum(len(one.also) + 1 for one in found), 'requirement')})\n"]
        if found
        else []
    )
    for one in found:
        members = (one.leading, *one.also)
        ids = ", ".join(code(entry["id"]) for entry in members[:MOST_NAMED])
        more = f" and {len(members) - MOST_NAMED} more" if len(members) > MOST_NAMED else ""
        yield f"- {plain(one.cause['about'] or _deviation(one))} ({one.extent}): {ids}{more}"
    yield from [""] if found else []


def _allowed(result: Result) -> Iterator[str]:
    """What the target does where the pages are silent."""
    found = list(differences_told(result))
    yield from [f"### Allowed differences ({len(found)})\n"] if found else []
    yield from (f"- {plain(said)}" for said in found)
    yield from [""] if found else []


def _deviation(one: CauseView) -> str:
    """What deviates, in words: what the finding says, or else the rule."""
    shown = one.shown
    said = (shown["deviation"] or shown["reason"]) if shown else ""
    return said or one.leading["statement"]


def _undecided(requirements: Sequence[RequirementEntry], outcome: str) -> Iterator[str]:
    groups = by_reason(requirements, outcome)
    yield from [f"### {OUTCOMES[outcome].capitalize()}\n"] if groups else []
    for reason, group in groups.items():
        more = f" and {len(group) - MOST_NAMED} more" if len(group) > MOST_NAMED else ""
        names = ", ".join(code(one["id"]) for one in group[:MOST_NAMED])
        yield f"- {plain(reason)} ({len(group)}): {names}{more}\n"
