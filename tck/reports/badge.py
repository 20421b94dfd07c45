"""badge.json: what shields.io shows of a result, in its endpoint format."""

from typing import Any

from tck.reports.labels import VERDICTS
from tck.results.document import Result

COLORS = {
    "conformant": "brightgreen",
    "conformant_with_waivers": "yellowgreen",
    "not_conformant": "red",
    "inconclusive": "yellow",
    "partial": "lightgrey",
}


def badge(result: Result) -> dict[str, Any]:
    """By which contract and revision, the verdict, and of which day: never a share of what passed."""
    contract, verdict = result["contract"], result["verdict"]
    return {
        "schemaVersion": 1,
        "label": f"{contract['name']} {contract['revision']}",
        "message": f"{VERDICTS[verdict]}, {result['started_at'][:10]}",
        "color": COLORS[verdict],
        "isError": verdict == "not_conformant",
    }
