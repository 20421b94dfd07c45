"""The closing summary of a run as plain text, made from the result and the exchanges alone."""

import itertools
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tck.recording.exchange import Exchange, Headers
from tck.reports.labels import ADDED, kit_name, verdict_sentence
from tck.results.document import CheckEntry, ContractEntry, RequirementEntry, Result, WaiverEntry
from tck.values.texts import printable

WIDTH = 80
LONGEST_BODY = 1000
"""Characters of a body that are shown."""
MOST_HEADERS = 30
MOST_NAMED = 20
"""Requirements that are named one by one under a reason that they share."""
COLUMNS = (
    ("passed", "passed"),
    ("failed", "failed"),
    ("indeterminate", "indeterm."),
    ("error", "error"),
    ("not_tested", "not tested"),
    ("not_applicable", "n/a"),
    ("waived", "waived"),
)
NAMES = {"indeterminate": "Indeterminate", "error": "Error of the kit", "not_tested": "Not tested"}


def closing_summary(
    result: Result, exchanges: Mapping[str, Exchange], reports: Sequence[str] = (), width: int = WIDTH
) -> str:
    """Everything a reader asks, in the order of asking; `reports` are the files to point at."""
    requirements = result["requirements"]
    parts = [
        verdict_lines(result, width),
        *(_failure(one, check, exchanges, width) for one, check in _failures(requirements)),
        _deviations(requirements, width),
        _waived(requirements, width),
        *(_grouped(requirements, outcome, width) for outcome in ("error", "indeterminate", "not_tested")),
        _grouped(requirements, "not_applicable", width),
        _added(requirements, width),
        _generated(result, width),
        count_table([one for one in requirements if not one["added_after_release"]]),
        _ending(result, reports, width),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def verdict_lines(result: Result, width: int = WIDTH) -> list[str]:
    """The verdict, what was judged by what, and what the operator accepted."""
    kit, contract = result["kit"], result["contract"]
    about = (
        f"{result['target']['base_url']}, judged by {contract['name']} {contract['revision']}"
        f"{_by_release(contract)} with {kit_name(kit)} in {result['duration_seconds']:.1f} s:"
        f" {result['requests']} requests{_again(result)}, {result['sessions_created']} sessions made"
    )
    left = f"{result['sessions_left_open'] or 'none'} left open"
    lines = [*_wrapped(verdict_sentence(result), width), *_wrapped(f"{about}, {left}.", width)]
    accepted = result["options"].get("accept_not_tested")
    if accepted:
        names = ", ".join(map(str, accepted)) if isinstance(accepted, list | tuple) else str(accepted)
        lines += _wrapped(f"The operator accepts that what needs this is not tested: {names}.", width)
    return lines


def _again(result: Result) -> str:
    return f" ({result['retries']} of them sent again)" if result.get("retries") else ""


def count_table(requirements: Sequence[RequirementEntry]) -> list[str]:
    """Counts by operation and level, what failed or is unknown first; then by level alone."""
    rows: dict[tuple[str, str], list[RequirementEntry]] = {}
    for one in requirements:
        rows.setdefault((_operation(one), one["level"]), []).append(one)
    order = {operation: place for place, operation in enumerate(dict.fromkeys(map(_operation, requirements)))}
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


def _operation(one: RequirementEntry) -> str:
    return str(one["id"]).partition(".")[0]


def _by_release(contract: ContractEntry) -> str:
    return f", release {contract['release']['name']}," if contract["release"] else ""


def _failures(requirements: Iterable[RequirementEntry]) -> Iterator[tuple[RequirementEntry, CheckEntry]]:
    """Each failed check of each failed requirement, MUST before SHOULD."""
    failed = [one for one in requirements if one["outcome"] == "failed"]
    failed.sort(key=lambda one: (one["added_after_release"], str(one["level"])))
    return ((one, check) for one in failed for check in one["checks"] if check["outcome"] == "failed")


def _failure(
    one: RequirementEntry, check: CheckEntry, exchanges: Mapping[str, Exchange], width: int
) -> list[str]:
    source = one["source"]
    note = f"({ADDED}) " if one["added_after_release"] else ""
    title = f"FAILED {str(one['level']).upper()} {one['id']} {note}"
    lines = [printable(title).ljust(width, "-"), *_wrapped(one["statement"], width)]
    lines += _labelled("page", f"{source['title']} ({source['at']})", width)
    lines += _labelled("", source["url"], width)
    for label, text in (
        ("reason", check["reason"]),
        ("expected", check["expected"]),
        ("seen", check["seen"]),
    ):
        lines += _labelled(label, text, width)
    labels = itertools.chain(["story:"], itertools.repeat(""))
    lines += [
        f"  {label:9} {printable(text)}" for label, text in zip(labels, check.get("story", ()), strict=False)
    ]
    telling = exchanges.get(check["exchanges"][-1]) if check["exchanges"] else None
    lines += _exchange(telling, width) if telling else []
    lines += [f"  replay:   {printable(check['curl'])}"] if check.get("curl") else []
    return [*lines, f"  rerun:    {printable(check['rerun'])}"]


def _exchange(exchange: Exchange, width: int) -> list[str]:
    status = str(exchange.status) if exchange.status is not None else "no whole reply"
    answer = f"{status}: {exchange.error}" if exchange.error else status
    request = f"{exchange.method} {exchange.url}"
    return [
        *_labelled("exchange", f"{exchange.id}, {exchange.duration * 1000:.0f} ms", width),
        *_message(">", request, exchange.request_headers, exchange.request_body, width),
        *_message("<", answer, exchange.response_headers, exchange.response_body, width),
    ]


def _message(sign: str, first: str, headers: Headers, body: bytes, width: int) -> Iterator[str]:
    texts = [first, *(f"{name}: {value}" for name, value in headers[:MOST_HEADERS])]
    if len(headers) > MOST_HEADERS:
        texts.append(f"({len(headers) - MOST_HEADERS} more headers)")
    for text in [*texts, *([_shown_body(body)] if body else [])]:
        for line in _cut(printable(text[: 2 * LONGEST_BODY]), width - 6):
            yield f"    {sign} {line}"


def _shown_body(body: bytes) -> str:
    text = body[: 4 * LONGEST_BODY].decode("utf-8", "backslashreplace")
    if len(text) <= LONGEST_BODY and len(body) <= 4 * LONGEST_BODY:
        return text
    return f"{text[:LONGEST_BODY]}… ({len(body)} bytes in all)"


def _generated(result: Result, width: int) -> list[str]:
    """One line for each generated check: the figures that it noted, whatever they are."""
    notes = result["generated"]
    figures = {
        name: ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in note.items() if key != "digest")
        for name, note in notes.items()
    }
    lines = [line for name, told in figures.items() for line in _wrapped(f"{name}: {told}", width, "  ")]
    return ["Generated requests", *lines] if lines else []


def _deviations(requirements: Iterable[RequirementEntry], width: int) -> list[str]:
    """One line for each: rules that held by an undocumented status."""
    found = [(one["id"], said) for one in requirements for said in one["deviations"]]
    lines = [_shortened(f"  {name}: {said}", width) for name, said in found]
    head = f"Deviations ({len(lines)}): the rule held, but not in the documented way"
    return [head, *lines] if lines else []


def _added(requirements: Iterable[RequirementEntry], width: int) -> list[str]:
    added = [f"{one['id']} {one['outcome']}" for one in requirements if one["added_after_release"]]
    head = f"Added after release ({len(added)}): run, and not scored"
    return [head, *_wrapped(", ".join(added), width, "  ")] if added else []


def _waived(requirements: Iterable[RequirementEntry], width: int) -> list[str]:
    waived = [(one["id"], one["waiver"]) for one in requirements if one["waiver"]]
    lines = [line for name, waiver in waived for line in _wrapped(_waiver(name, waiver), width, "  ")]
    return [f"Waived ({len(waived)}): failed, and accepted for a while", *lines] if lines else []


def _waiver(name: str, waiver: WaiverEntry) -> str:
    until = f"until {waiver['expires']}, {waiver['days_left']} days left"
    return f"{name}: {waiver['reason']} ({waiver['ticket']}; {until})"


def _grouped(requirements: Iterable[RequirementEntry], outcome: str, width: int) -> list[str]:
    """The requirements of one outcome under each reason that was given."""
    groups: dict[str, list[str]] = {}
    for one in requirements:
        if one["outcome"] == outcome:
            ids = groups.setdefault(one["reason"] or "no reason was given", [])
            ids.append(f"{one['id']} ({one['level']})")
    lines: list[str] = []
    for reason, ids in groups.items():
        head = f"{NAMES.get(outcome, 'Not applicable')} ({len(ids)}): {reason}"
        more = f" and {len(ids) - MOST_NAMED} more, which result.json names" if len(ids) > MOST_NAMED else ""
        named = ", ".join(ids[:MOST_NAMED]) + more
        lines += [*_wrapped(head, width), *_wrapped(named, width, "  ")]
    return lines


def _ending(result: Result, reports: Sequence[str], width: int) -> list[str]:
    lines = [f"  {printable(report)}" for report in reports]
    return [*(["Reports:", *lines] if lines else []), *_wrapped(verdict_sentence(result), width)]


def _labelled(label: str, text: str, width: int) -> list[str]:
    heads = itertools.chain([f"  {label + ':' if label else '':9} "], itertools.repeat(" " * 12))
    return [head + line for head, line in zip(heads, _cut(printable(text), width - 12), strict=False)]


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        printable(text), width, initial_indent=indent, subsequent_indent=indent,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip


def _cut(text: str, width: int) -> list[str]:
    """The text in lines of at most this width, cut anywhere, so that nothing in it is changed."""
    return [text[start : start + width] for start in range(0, len(text), width)]


def _shortened(text: str, width: int) -> str:
    line = printable(text)
    return line if len(line) <= width else f"{line[: width - 1]}…"
