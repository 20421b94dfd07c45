"""The closing summary of a run as plain text: one screen; one line with -q; everything with -v."""

from collections.abc import Mapping

from tck.recording.exchange import Exchange
from tck.reports.labels import verdict_sentence
from tck.reports.listing import everything
from tck.reports.one_screen import NARROWEST, Reports, one_line, one_screen, pointers, verdict_lines
from tck.reports.text import wrapped
from tck.results.document import Result


def closing_summary(
    result: Result,
    exchanges: Mapping[str, Exchange],
    reports: Reports | None = None,
    width: int = NARROWEST,
    verbosity: int = 0,
) -> str:
    """What a reader asks, in the order of asking; `verbosity` counts -v, less -q."""
    reports = reports or Reports()
    if verbosity < 0:
        return one_line(result)
    if verbosity == 0:
        return one_screen(result, reports, width)
    parts = [
        list(verdict_lines(result, width)),
        *everything(result, exchanges, reports.scripts, width),
        [*pointers(reports, width), *wrapped(verdict_sentence(result), width)],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)
