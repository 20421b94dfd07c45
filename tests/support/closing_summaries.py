"""Closing summaries of made-up results."""

from datetime import date
from typing import Any

from tck.contract.waivers import Waiver
from tck.reports.one_screen import Reports
from tck.reports.terminal import closing_summary
from tck.results.result_file import build_result
from tck.vocabulary import Outcome
from tests.support.result_samples import exchange, facts, finding

WAIVER = Waiver("close.is-waived", "mended soon", "T-1", date(2026, 10, 1))
FAILED = finding(
    Outcome.FAILED, reason="it opened again", expected='closedAt: "then"', seen="closedAt: null",
    exchanges=("main-0", "main-1"), judged=("main-1",),
)  # fmt: skip
REPORTS = Reports(("out/index.html", "out/result.json"))


def summary(*entries: Any, exchanges: Any = None, width: int = 80, verbosity: int = 0, **values: Any) -> str:
    """What the terminal shows at the end of a run with these entries."""
    kept = exchanges or {"main-1": exchange()}
    result = build_result(facts(*entries, exchanges=kept, **values))
    return closing_summary(result, kept, REPORTS, width, verbosity)
