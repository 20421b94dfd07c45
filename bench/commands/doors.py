"""Print what each requirement claims for every way to ask, and what a recorded run shows of it."""

import argparse
import json
from pathlib import Path

from bench.doors.coverage import coverage
from bench.judging import say
from tck.contract.combinations import Values, load_doors
from tck.recording.har import read_har

REPORTS = Path("reports/latest")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    about = f"where a run wrote its reports ({REPORTS})"
    parser.add_argument("reports", nargs="?", type=Path, default=REPORTS, help=about)
    parser.add_argument("--holes", action="store_true", help="print only what is missing")


def main(given: argparse.Namespace) -> int:
    """Print requirement by requirement; 0 when nothing is missing without a reason."""
    result = json.loads((given.reports / "result.json").read_text(encoding="utf-8"))
    doors = load_doors(result["contract"]["name"])
    unexplained = 0
    for one in coverage(doors, result, read_har(given.reports / "exchanges.har")):
        wanted, unexplained = len(one.claim.wanted), unexplained + len(one.unexplained)
        if one.missing or not given.holes:
            say(one.requirement, f"{wanted - len(one.missing)} of {wanted}: {', '.join(one.claim.over)}")
        for missing in one.missing:
            print(f"    not shown: {told(missing)}: {one.reasons.get(missing, 'NO REASON IS GIVEN')}")
    say("missing without a reason", str(unexplained))
    return int(bool(unexplained))


def told(values: Values) -> str:
    """Values for a person."""
    return ", ".join(f"{name} {value}" for name, value in values)
