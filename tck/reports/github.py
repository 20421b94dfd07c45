"""What GitHub's own pages show of a run: a step's summary, and the first causes as annotations."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tck.recording.exchange import Exchange
from tck.reports.cause_view import CauseView, deviations_in, failures_in
from tck.reports.labels import told_level
from tck.reports.markdown import summary
from tck.results.document import Result
from tck.values.ci_commands import without_commands
from tck.values.texts import printable

SUMMARY_FILE = "GITHUB_STEP_SUMMARY"
ACTIONS = "GITHUB_ACTIONS"
SUMMARY_LIMIT = 1024 * 1024
"""Bytes that GitHub takes from a step."""
MOST_ANNOTATIONS = 10
"""GitHub shows no more of one kind from one step."""
LONGEST_TEXT = 500
KINDS = {"must": "error", "should": "warning"}


def append_step_summary(
    result: Result, environment: Mapping[str, str], exchanges: Mapping[str, Exchange] | None = None
) -> str:
    """Add to the summary of the step that runs the kit, if any; a sentence where it cannot be written."""
    path = environment.get(SUMMARY_FILE)
    return _append(Path(path), result, exchanges) if path else ""


def commands_to_github(result: Result, environment: Mapping[str, str]) -> list[str]:
    """The annotations of the step that runs the kit, in no other place than GitHub's."""
    return list(annotations(result)) if environment.get(ACTIONS) == "true" else []


def annotations(result: Result) -> Iterator[str]:
    """A workflow command for each of the first causes: failures before deviations."""
    for one in [*failures_in(result), *deviations_in(result)][:MOST_ANNOTATIONS]:
        title = one.cause["about"] or f"{told_level(one.leading)} {one.name}"
        kind = "notice" if one.leading["added_after_release"] else KINDS[one.cause["level"]]
        yield f"::{kind} title={_property(title)}::{_data(_told(one))}"


def _told(one: CauseView) -> str:
    check = one.shown
    told = {"": check["reason"], "expected: ": check["expected"], "seen: ": check["seen"]} if check else {}
    lines = [f"{label}{printable(text)[:LONGEST_TEXT]}" for label, text in told.items() if text]
    also = ", ".join(other["id"] for other in one.also)
    lines += [f"also fails for this reason: {also}"[:LONGEST_TEXT]] if also else []
    lines += [f"rerun: {one.cause['rerun']}"] if one.cause["rerun"] else []
    return "\n".join([one.leading["statement"], *lines])


def _append(path: Path, result: Result, exchanges: Mapping[str, Exchange] | None) -> str:
    """Append what still fits; an error is a warning, since it does not affect the verdict."""
    try:
        there = path.stat().st_size if path.exists() else 0
        with path.open("a", encoding="utf-8", newline="\n") as file:
            text = summary(result, exchanges=exchanges)
            if there + len(text.encode()) < SUMMARY_LIMIT:
                file.write(text + "\n")
    except OSError as error:
        return f"WARNING: {SUMMARY_FILE} cannot be written to ({error.strerror}); summary.md has the summary."
    return ""


def _data(text: str) -> str:
    return without_commands(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
