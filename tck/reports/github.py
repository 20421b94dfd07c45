"""What GitHub's own pages show of a run: a step's summary, and the first failures as annotations."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tck.reports.labels import failing_checks, failures, told_level
from tck.reports.markdown import summary
from tck.results.document import RequirementEntry, Result
from tck.values.texts import printable

SUMMARY_FILE = "GITHUB_STEP_SUMMARY"
ACTIONS = "GITHUB_ACTIONS"
SUMMARY_LIMIT = 1024 * 1024
"""Bytes that GitHub takes from a step."""
MOST_ANNOTATIONS = 10
"""GitHub shows no more of one kind from one step."""
LONGEST_TEXT = 500
KINDS = {"must": "error", "should": "warning"}


def tell_github(result: Result, environment: Mapping[str, str]) -> list[str]:
    """Add to the summary of the step that runs the kit, and return its annotations; nothing elsewhere."""
    path = environment.get(SUMMARY_FILE)
    warning = _append(Path(path), result) if path else ""
    lines = list(annotations(result)) if environment.get(ACTIONS) == "true" else []
    return [*lines, *([warning] if warning else [])]


def annotations(result: Result) -> Iterator[str]:
    """A workflow command for each of the first failures, MUST before SHOULD."""
    for one in failures(result["requirements"])[:MOST_ANNOTATIONS]:
        title = f"{told_level(one)} {one['id']}"
        kind = "notice" if one["added_after_release"] else KINDS[one["level"]]
        yield f"::{kind} title={_property(title)}::{_data(_told(one))}"


def _told(one: RequirementEntry) -> str:
    check = failing_checks(one)[0]
    told = {"": one["reason"], "expected: ": check["expected"], "seen: ": check["seen"]}
    lines = [f"{label}{printable(text)[:LONGEST_TEXT]}" for label, text in told.items() if text]
    return "\n".join([one["statement"], *lines, f"rerun: {check['rerun']}"])


def _append(path: Path, result: Result) -> str:
    """Append what still fits; what went wrong is a warning, as the verdict does not hang on it."""
    try:
        there = path.stat().st_size if path.exists() else 0
        with path.open("a", encoding="utf-8", newline="\n") as file:
            text = summary(result)
            if there + len(text.encode()) < SUMMARY_LIMIT:
                file.write(text + "\n")
    except OSError as error:
        return f"WARNING: {SUMMARY_FILE} cannot be written to ({error.strerror}); summary.md has the summary."
    return ""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
