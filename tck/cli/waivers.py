"""`sessions-tck waivers --from=RESULT.json`."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tck.cli.parser import Arguments
from tck.errors import KitError
from tck.results.document import RequirementEntry
from tck.results.result_file import read_result

DAYS = 30
"""Days that a waiver holds unless somebody writes another date."""


def add_arguments(parser: Arguments) -> None:
    add = parser.add_argument
    add("--from", dest="result", metavar="RESULT", required=True, type=Path, help="a result.json")


def main(given: Namespace) -> int:
    failed = [one for one in read_result(given.result)["requirements"] if one["outcome"] == "failed"]
    if not failed:
        raise KitError(f"{given.result} contains no failed requirement, so there is nothing to waive.")
    print("\n".join(template(failed, datetime.now(UTC).date())))
    return 0


def template(failed: Sequence[RequirementEntry], today: date) -> Iterator[str]:
    """The file, line by line; it is refused until each reason and ticket is written in."""
    yield "# Accepted failures. Fill in each reason and ticket, and pass this file to --waivers."
    yield "waivers:"
    for one in failed:
        yield f"  # {one['level']}: {' '.join(one['statement'].split())}"
        yield f"  - requirement: {one['id']}"
        yield '    reason: ""'
        yield '    ticket: ""'
        yield f"    expires: {today + timedelta(days=DAYS)}"
