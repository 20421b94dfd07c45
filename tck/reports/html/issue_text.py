"""A cause or a requirement as Markdown for an issue tracker."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tck.recording.exchange import Exchange
from tck.recording.har import took
from tck.reports.cause_view import CauseView, count, told_extent
from tck.reports.exchange_view import request_text, response_text
from tck.reports.labels import kit_name, told_level, told_outcome
from tck.reports.markdown import code, plain
from tck.results.document import CheckEntry, RequirementEntry, Result
from tck.results.ways import broken

LONGEST = 3000
"""Characters of a request or a reply."""
LONGEST_TITLE = 1000


def issue_texts(
    result: Result, causes: Sequence[CauseView], exchanges: Mapping[str, Exchange], scripts: Mapping[str, str]
) -> dict[str, str]:
    """The text of each requirement by its id, and of each cause by `cause-` and its name."""
    about = _about(result)
    texts = {f"cause-{one.name}": _of_cause(one, about, exchanges, scripts) for one in causes}
    return texts | {one["id"]: _of_requirement(one, about, exchanges) for one in result["requirements"]}


def _about(result: Result) -> str:
    contract = result["contract"]
    release = f", release {contract['release']['name']}" if contract["release"] else ""
    return (
        f"Target {plain(result['target']['base_url'])}, judged by {plain(contract['name'])} "
        f"{plain(contract['revision'])}{plain(release)} with {plain(kit_name(result['kit']))} "
        f"at {result['started_at'][:19]}Z."
    )


def _of_cause(
    one: CauseView, about: str, exchanges: Mapping[str, Exchange], scripts: Mapping[str, str]
) -> str:
    parts = [*_head(one.leading), f"Failed {told_extent(one.leading)}. {about}"]
    parts += _finding(one.shown, exchanges) if one.shown else []
    if one.also:
        others = (
            f"- {told_level(other)} {code(other['id'])}: {plain(other['statement'])}" for other in one.also
        )
        parts.append("\n".join(("Also fails for this reason:", "", *others)))
    if one.cause["untested"]:
        parts.append(f"Not tested because of it: {', '.join(map(code, one.cause['untested']))}")
    if one.name in scripts:
        parts.append(f"Reproduce: {code('sh ' + scripts[one.name], LONGEST_TITLE)}")
    if one.cause["rerun"]:
        parts.append(f"Run its checks again: {code(one.cause['rerun'], LONGEST_TITLE)}")
    return "\n\n".join(parts) + "\n"


def _of_requirement(one: RequirementEntry, about: str, exchanges: Mapping[str, Exchange]) -> str:
    found = broken(one)
    reason = f": {plain(one['reason'])}" if one["reason"] and not found else ""
    checks = len({check["check"] for check in one["checks"]})
    extent = f" {told_extent(one)}" if one["ways"] else f" in {count(checks, 'check')}" if checks else ""
    parts = [*_head(one), f"Outcome: {told_outcome(one)}{extent}{reason}. {about}"]
    parts += _finding(found[0], exchanges) if found else []
    return "\n\n".join(parts) + "\n"


def _head(one: RequirementEntry) -> Iterator[str]:
    source = one["source"]
    safe = re.fullmatch(r"https?://[\w./~%#?=&+-]+", source["url"], re.ASCII)
    title = f"{plain(source['title'])} ({plain(source['at'])})"
    yield f"### {plain(one['statement'], LONGEST_TITLE)}"
    link = f"[{title}]({source['url']})" if safe else title
    yield f"{told_level(one)} {code(one['id'])}, {link}"


def _finding(check: CheckEntry, exchanges: Mapping[str, Exchange]) -> Iterator[str]:
    said = {"Expected": check["expected"], "Seen": check["seen"]}
    lines = [f"- {label}: {code(text, LONGEST_TITLE)}" for label, text in said.items() if text]
    yield "\n".join(lines or [plain(check["reason"] or check["deviation"], LONGEST_TITLE)])
    for name in check["judged"]:
        if name in exchanges:
            one = exchanges[name]
            yield f"Exchange {code(name)}, {took(one):.0f} ms:"
            yield _fenced(request_text(one))
            yield _fenced(response_text(one))
    if check.get("curl"):
        yield f"Send it again:\n\n{_fenced(check['curl'])}"


def _fenced(text: str) -> str:
    """A block of code that nothing in the text can end."""
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", cut)), default=0))
    return f"{fence}\n{cut.rstrip()}\n{fence}"
