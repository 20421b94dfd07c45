"""The summary of a run on one screen: the verdict, the causes, and in a line each what else there is."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from tck.recording.curl import FALLBACK
from tck.reports.cause_view import CauseView, count, deviations_in, deviations_told, failures_in
from tck.reports.labels import (
    ADDED,
    OUTCOMES,
    by_reason,
    counted,
    declared_lacks,
    kit_name,
    verdict_sentence,
)
from tck.reports.text import fitted, height, limited, listed, pair, wrapped
from tck.results.document import ContractEntry, OutcomeName, RequirementEntry, Result
from tck.results.slo import objectives_of, told_objective
from tck.values.texts import printable

NARROWEST, WIDEST = 80, 120
LINES = 60
OF_PYTEST = 3
"""Lines of a screen that pytest prints around the summary."""
MOST_CAUSES = 10
LINES_A_CAUSE = (5, 4)
"""Lines of a cause, and fewer where more causes fit so."""
LINES_A_TITLE = 2
INDENT = "   "
BLANK = 2
"""Empty lines before and after the causes."""
MOST_REASONS = 8
LINES_A_REASON = 2
UNDECIDED: tuple[OutcomeName, ...] = ("error", "indeterminate", "not_tested")


@dataclass(frozen=True)
class Reports:
    """The files of a run to point at, and by the name of a cause the script that reproduces it."""

    files: Sequence[str] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)


def one_screen(result: Result, reports: Reports, width: int) -> str:
    """At most 60 lines with those of pytest, for 80 to 120 columns."""
    width = min(max(width, NARROWEST), WIDEST)
    causes = failures_in(result)
    head = [
        *verdict_lines(result, width),
        *([f"{len(causes)} causes, the worst first:" if causes[1:] else "1 cause:"] if causes else []),
    ]
    tail = [*_tail(result, width), *pointers(reports, width)]
    room = LINES - OF_PYTEST - sum(height(line, width) for line in (*head, *tail)) - BLANK
    middle = _causes(causes, reports, room, width)
    return "\n".join([*head, "", *middle, *([""] if middle else []), *tail])


def one_line(result: Result) -> str:
    """The verdict and the causes' names."""
    names = ", ".join(one.name for one in failures_in(result))
    return f"{verdict_sentence(result)} {names}".rstrip()


def verdict_lines(result: Result, width: int) -> Iterator[str]:
    """The verdict, what was judged by what, and what the operator accepted."""
    kit, contract = result["kit"], result["contract"]
    about = (
        f"{result['target']['base_url']}, judged by {contract['name']} {contract['revision']}"
        f"{_by_release(contract)} with {kit_name(kit)} in {result['duration_seconds']:.1f} s:"
        f" {count(result['requests'], 'request')}{_again(result)},"
        f" {count(result['sessions_created'], 'session')} made"
    )
    yield from wrapped(verdict_sentence(result), width)
    yield from wrapped(f"{about}, {result['sessions_left_open'] or 'none'} left open.", width)
    declared = declared_lacks(result)
    if declared:
        yield from wrapped(f"{declared[0].upper()}{declared[1:]}", width)
    accepted = result["options"].get("accept_not_tested")
    if accepted:
        names = ", ".join(map(str, accepted)) if isinstance(accepted, list | tuple) else str(accepted)
        yield from wrapped(f"The operator accepts that what needs this is not tested: {names}.", width)


def _again(result: Result) -> str:
    return f" ({result['retries']} of them sent again)" if result["retries"] else ""


def _by_release(contract: ContractEntry) -> str:
    return f", release {contract['release']['name']}," if contract["release"] else ""


def _causes(causes: Sequence[CauseView], reports: Reports, room: int, width: int) -> list[str]:
    """The causes that there is room for, the names of the others, and how to run one that lacks it again."""
    shown, again = causes[:MOST_CAUSES], _again_line(causes)
    for height_of_each in LINES_A_CAUSE:
        blocks = [_cause(one, reports, width, height_of_each) for one in shown]
        kept = _fitting(blocks, room - height(again, width) - (len(causes) > len(blocks)), width)
        if len(kept) == len(blocks):
            break
    lines = [line for block in kept for line in block]
    further = causes[len(kept) :]
    if further:
        names = ", ".join(other.name for other in further)
        told = f"and {count(len(further), 'further cause')} (-v shows all): {names}"
        return [*lines, fitted(told, width), again]
    reruns = all(any(one.cause["rerun"] in line for line in lines) for one in causes)
    return lines if reruns else [*lines, again]


def _fitting(blocks: Sequence[list[str]], room: int, width: int) -> list[list[str]]:
    """The first blocks, as many as there is room for; some less when the names of the others take a line."""
    heights = [sum(height(line, width) for line in block) for block in blocks]
    if sum(heights) <= room:
        return [*blocks]
    ends = itertools.accumulate(heights)
    return [block for block, end in zip(blocks, ends, strict=True) if end < room]


def _cause(one: CauseView, reports: Reports, width: int, lines_at_most: int) -> list[str]:
    """What, where on the page, expected and seen, how to reproduce it and run it again; as far as it fits."""
    lines = limited(one.title, width, f"{one.number}. ", INDENT, LINES_A_TITLE)
    further = [
        [_page(one, width)],
        [_difference(one, width)],
        _reproductions(one, reports, width),
        [f"rerun: {one.cause['rerun']}" if one.cause["rerun"] else ""],
    ]
    left = lines_at_most - len(lines)
    for choices in further:
        texts = (INDENT + printable(text) for text in choices if text)
        fitting = [line for line in texts if height(line, width) <= left][:1]
        lines += fitting
        left -= sum(height(line, width) for line in fitting)
    return lines


def _page(one: CauseView, width: int) -> str:
    """The page with its title, if there is room for that."""
    source = one.leading["source"]
    named = f"{source['title']} ({source['at']}): {source['url']}"
    return named if len(printable(named)) <= width - len(INDENT) else source["url"]


def _difference(one: CauseView, width: int) -> str:
    shown, room = one.shown, width - len(INDENT)
    if shown is None:
        return ""
    if shown["expected"] or shown["seen"]:
        return pair(shown["expected"], shown["seen"], room)
    return fitted(shown["reason"], room)


def _reproductions(one: CauseView, reports: Reports, width: int) -> list[str]:
    """A curl line where that is short and all that is needed, else the script, else where the exchange is."""
    curl = one.shown.get("curl", "") if one.shown else ""
    script = f"sh {reports.scripts[one.name]}" if one.name in reports.scripts else ""
    alone = one.shown is not None and len(one.shown["exchanges"]) == 1
    fits = len(printable(curl)) <= width - len(INDENT) and f"${FALLBACK}" not in curl
    if curl and fits and (alone or not script):
        return [curl]
    judged = one.shown["judged"] if one.shown else ()
    return [script, f"exchange {judged[-1]} of exchanges.har" if judged else ""]


def _again_line(causes: Sequence[CauseView]) -> str:
    """The command for any cause; for the only one with its name."""
    if len(causes) == 1 and causes[0].cause["rerun"]:
        return f"Run its checks again: {printable(causes[0].cause['rerun'])}"
    commands = [one.cause["rerun"].replace(one.name, "NAME", 1) for one in causes if one.cause["rerun"]]
    return f"Run the checks of a cause again: {printable(commands[0])}" if commands else ""


def _tail(result: Result, width: int) -> Iterator[str]:
    """In a line each: deviations, what is not known, what is waived, what is not scored; then the counts."""
    deviations = deviations_in(result)
    if deviations:
        requirements = sum(len(one.also) + 1 for one in deviations)
        requests = sum(one.cause["requests"] for one in deviations)
        head = f"Deviations ({count(requirements, 'requirement')}, {count(requests, 'request')}): "
        yield from listed(head, [*deviations_told(result)], width, INDENT, LINES_A_REASON)
    known = {name: one.number for one in failures_in(result) for name in one.cause["untested"]}
    for outcome in UNDECIDED:
        yield from _undecided(result, outcome, known, width)
    waived = [f"{one['id']} ({one['waiver']['ticket']}, {one['waiver']['days_left']} days left)"
              for one in result["requirements"] if one["waiver"]]  # fmt: skip
    if waived:
        yield fitted(f"Waived ({len(waived)}): {', '.join(waived)}", width)
    added = [one for one in result["requirements"] if one["added_after_release"]]
    if added:
        told = f"{ADDED.capitalize()}, not scored ({len(added)}): {_by_outcome(added)}"
        yield from limited(told, width, "", INDENT, LINES_A_REASON)
    allowed = result["allowed_differences"]
    if allowed:
        told = "; ".join(one["statement"].rstrip(".") for one in allowed)
        yield from limited(f"Allowed differences ({len(allowed)}): {told}", width, "", INDENT, LINES_A_REASON)
    objectives = objectives_of(result)
    if objectives:
        told = "; ".join(map(told_objective, objectives))
        yield from limited(f"SLO ({len(objectives)}): {told}", width, "", INDENT, LINES_A_REASON)
    yield from wrapped(counted(result["counts"]), width)


def _by_outcome(requirements: Sequence[RequirementEntry]) -> str:
    """How many there are of each outcome, what failed first and by name."""
    counts = Counter(one["outcome"] for one in requirements)
    failed = [one["id"] for one in requirements if one["outcome"] == "failed"]
    counts.pop("failed", None)
    others = [f"{number} {OUTCOMES[name]}" for name, number in counts.most_common()]
    named = [f"{len(failed)} failed ({', '.join(failed)})"] if failed else []
    return ", ".join([*named, *others])


def _undecided(result: Result, outcome: OutcomeName, causes: Mapping[str, int], width: int) -> Iterator[str]:
    """How many requirements of one outcome there are, and why; each reason in a line when nothing failed."""
    groups = by_reason([one for one in result["requirements"] if one["id"] not in causes], outcome)
    number = sum(one["outcome"] == outcome for one in result["requirements"])
    if not number:
        return
    label = f"{OUTCOMES[outcome].capitalize()} ({number})"
    because = ", ".join(map(str, sorted(set(causes.values()))))
    told = [f"{len(causes)} because of cause {because}"] if causes and outcome == "not_tested" else []
    alone = len(groups) == 1 and not told
    told += [reason if alone else f"{len(group)}: {reason}" for reason, group in groups.items()]
    if result["causes"]:
        yield from limited(f"{label}: {'; '.join(told)}", width, "", INDENT, LINES_A_REASON)
        return
    yield f"{label}:"
    for reason, group in [*groups.items()][:MOST_REASONS]:
        names = ", ".join(f"{one['id']} ({one['level']})" for one in group)
        yield from limited(f"{reason}: {names}", width, INDENT, INDENT, LINES_A_REASON)
    if len(groups) > MOST_REASONS:
        yield f"{INDENT}and {count(len(groups) - MOST_REASONS, 'further reason')}, which result.json has"


def pointers(reports: Reports, width: int) -> Iterator[str]:
    """Where the reports are: the first with its path, the others beside it by name."""
    if reports.files:
        first, *others = (PurePath(path) for path in reports.files)
        yield f"Reports: {printable(str(first))}"
        beside = ", ".join(path.name for path in others)
        yield from wrapped(f"and beside it {beside}", width, INDENT) if others else ()
