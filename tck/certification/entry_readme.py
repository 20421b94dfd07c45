"""The README of an entry, and its mandatory section; pure."""

import re
from collections.abc import Sequence

from tck.certification.reproduction import commands, earlier_form, release_of
from tck.certification.verification import Certified
from tck.results.document import Result

HEADING = "## Reproduce"
TEXT = """\
# {implementation} {version}: conformant with {contract} {release}

By {organization} ({contact}), {url}. The certificate says when, with what and until when.
No file here proves whose key `key.pub` is: compare it with the one that {organization} publishes.

    sessions-tck verify certificate.json --key=key.pub

{heading}

{kit}

{setup}

{lines}
"""


def readme(found: Certified, setup: str) -> str:
    """The text; `setup` tells how the target is set up for the run."""
    ours = found.ours
    who = {name: _plain(text) for name, text in ours["implementation"].items()}
    lines = "\n".join(f"    {line}" for line in commands(found.result, "result.json"))
    return TEXT.format(
        **who, contract=ours["contract"]["name"], release=ours["contract"]["release"],
        heading=HEADING, setup=setup, kit=release_of(found.result), lines=lines,
    )  # fmt: skip


def readme_fault(text: str, result: Result) -> str:
    """What a README lacks, in a sentence; empty when it lacks nothing."""
    section = _section(text.splitlines())
    if section is None:
        return f"README.md has no section {HEADING!r}; add it, with the setup of the target and the commands."
    run, compare = commands(result, "result.json")
    for line, forms in {run: {run, earlier_form(result)}, compare: {compare}}.items():
        if forms.isdisjoint(section):
            return f"the section {HEADING!r} of README.md has no such line of its own; add it: {line}"
    return ""


def _section(lines: Sequence[str]) -> list[str] | None:
    """The lines below the heading up to the next of its rank, without the space around them."""
    found = [index for index, line in enumerate(lines) if line.rstrip() == HEADING]
    if not found:
        return None
    below = [line.strip() for line in lines[found[0] + 1 :]]
    ends = (index for index, line in enumerate(below) if re.match(r"##? ", line))
    return below[: next(ends, len(below))]


def _plain(text: str) -> str:
    """The text as Markdown shows it, whatever characters it has."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)
