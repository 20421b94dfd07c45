"""summary.md: the result on a page for a pull request or a job's summary, short enough for both."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from tck.reports.labels import (
    OUTCOMES,
    by_operation,
    by_reason,
    deviations,
    facts,
    failing_checks,
    failures,
    told_level,
    verdict_sentence,
)
from tck.results.document import RequirementEntry, Result
from tck.values.texts import printable

LONGEST = 60_000
"""Bytes: under GitHub's 1 MiB for a step's summary and its 65,536 characters for a comment."""
LONGEST_TEXT = 300
MOST_TOLD = 25
MOST_NAMED = 20
UNDECIDED = ("error", "indeterminate", "not_tested", "not_applicable")
MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]<>#|~&@$])")
"""What Markdown, or GitHub's own, may take for more than a character; each is escaped."""

MENTIONS = re.compile("[@#]")
"""What GitHub makes a mention of, escaped or not, unless something stands behind it."""


def summary(result: Result, longest: int = LONGEST) -> str:
    """The page, cut between two parts where it would be too long."""
    end = "\n*Cut here; the rest is in index.html and result.json.*\n"
    kept: list[str] = []
    size = len(end)
    for part in _parts(result):
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


def _parts(result: Result) -> Iterator[str]:
    requirements = result["requirements"]
    yield f"## {plain(verdict_sentence(result), 1000)}\n"
    yield "\n".join(f"- {label}: {plain(text)}" for label, text in facts(result)) + "\n"
    yield from _counts(requirements)
    yield from _failed(requirements)
    yield from _deviating(requirements)
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
    found = [name for name in OUTCOMES if any(one["outcome"] == name for one in requirements)]
    head = ["operation", "level", *(OUTCOMES[name] for name in found)]
    lines = [_row(head), _row(["---", "---", *("--:" for _ in found)])]
    for operation, group in by_operation(requirements).items():
        for level in ("must", "should"):
            entries = Counter[str](one["outcome"] for one in group if one["level"] == level)
            cells = [str(entries[name] or "") for name in found]
            lines += [_row([plain(operation), level.upper(), *cells])] if entries else []
    yield "\n".join(lines) + "\n" if found else ""


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _failed(requirements: Sequence[RequirementEntry]) -> Iterator[str]:
    failed = failures(requirements)
    yield from [f"### Failed ({len(failed)})\n"] if failed else []
    for one in failed[:MOST_TOLD]:
        yield _failure(one)
    if len(failed) > MOST_TOLD:
        rest = ", ".join(code(one["id"]) for one in failed[MOST_TOLD:])
        yield f"Further {len(failed) - MOST_TOLD}: {rest}\n"


def _failure(one: RequirementEntry) -> str:
    source = one["source"]
    lines = [f"#### {told_level(one)} {code(one['id'])}\n", plain(one["statement"])]
    lines[-1] += f" {_link(source['title'], source['url'])}\n"
    for check in failing_checks(one)[:1]:
        lines += [f"- {plain(check['reason'], 1000)}"] if check["reason"] else []
        lines += [f"- {label}: {code(check[label])}" for label in ("expected", "seen") if check[label]]
        lines += [f"- rerun: {code(check['rerun'], 1000)}"]
    return "\n".join(lines) + "\n"


def _link(title: str, url: str) -> str:
    safe = re.fullmatch(r"https?://[\w./~%#?=&+-]+", url, re.ASCII)
    return f"([{plain(title)}]({url}))" if safe else f"({plain(title)})"


def _deviating(requirements: Sequence[RequirementEntry]) -> Iterator[str]:
    found = deviations(requirements)
    yield from [f"### Deviations ({len(found)})\n"] if found else []
    for one, said in found:
        yield f"- {code(one['id'])}: {plain(said)}"
    yield from [""] if found else []


def _undecided(requirements: Sequence[RequirementEntry], outcome: str) -> Iterator[str]:
    groups = by_reason(requirements, outcome)
    yield from [f"### {OUTCOMES[outcome].capitalize()}\n"] if groups else []
    for reason, group in groups.items():
        more = f" and {len(group) - MOST_NAMED} more" if len(group) > MOST_NAMED else ""
        names = ", ".join(code(one["id"]) for one in group[:MOST_NAMED])
        yield f"- {plain(reason)} ({len(group)}): {names}{more}\n"
