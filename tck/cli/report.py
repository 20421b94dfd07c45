"""`sessions-tck report DIR`."""

import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from tck.cli.parser import Arguments
from tck.recording.exchange import Exchange
from tck.recording.har import read_har
from tck.reports.views import write_views
from tck.results.result_file import read_result

HAR = "exchanges.har"


def add_arguments(parser: Arguments) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of result.json and exchanges.har")


def main(given: Namespace) -> int:
    folder: Path = given.folder
    result = read_result(folder / "result.json")
    exchanges = _exchanges(folder / HAR, result["footer"]["exchanges_digest"])
    paths = write_views(folder, result, exchanges)
    sys.stdout.write("".join(f"{path}\n" for path in paths))
    if exchanges is None:
        sys.stdout.write(f"{HAR} is missing, so the reports show no exchanges.\n")
    return 0


def _exchanges(path: Path, digest: str) -> Mapping[str, Exchange] | None:
    return {one.id: one for one in read_har(path, digest)} if path.exists() else None
