"""`sessions-tck history DIR`."""

import sys
from argparse import Namespace
from pathlib import Path

from tck.atomic_write import whole_file
from tck.cli.parser import Arguments
from tck.errors import KitError
from tck.history.document import document
from tck.history.metrics import openmetrics
from tck.history.page import page
from tck.history.series import series_of
from tck.history.store import Kept, read_history
from tck.history.words import morning
from tck.reports.cause_view import count
from tck.reports.labels import rendered

DEFAULT = "reports/history"
EXITS = "Exits with 0, also where files are left out: each is named."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EXITS
    parser.add_folder("folder of results", DEFAULT)
    add = parser.add_argument
    add("--json", action="store_true", help="print all of it as JSON")
    add("--html", metavar="FILE", type=Path, help="write one page, which needs no network")
    add("--openmetrics", metavar="FILE", type=Path, help="write OpenMetrics text of the newest result")
    add("--backfill", action="store_true", help="with --openmetrics: of all results, with the time of each")


def main(given: Namespace) -> int:
    if given.backfill and not given.openmetrics:
        raise KitError("--backfill needs --openmetrics=FILE.")
    kept = read_history(given.folder)
    if not any(one.digest for one in kept.nights):
        lost = [f"{count(len(kept.nights), 'run')} left none."] if kept.nights else []
        told = "".join(f" {sentence}" for sentence in (*lost, *kept.left_out))
        raise KitError(f"{given.folder} holds no result that can be read.{told}")
    written = write_views(kept, given.html, given.openmetrics, given.backfill)
    if given.json:
        sys.stdout.write(rendered(document(kept)))
        return 0
    lines = [
        line for one in series_of(kept.nights) for line in (f"{one.contract}:", *_indented(morning(one)))
    ]
    lines += [f"Left out: {sentence}" for sentence in kept.left_out]
    sys.stdout.write("".join(f"{line}\n" for line in (*lines, *written)))
    return 0


def write_views(kept: Kept, html: Path | None, metrics: Path | None, backfill: bool = False) -> list[str]:
    """Write the page and the metrics where they are asked for; the files that were written.

    Raises KitError for a file that cannot be written.
    """
    texts = {}
    if metrics is not None:
        texts[metrics] = openmetrics(kept, backfill)
    if html is not None:
        texts[html] = "".join(page(kept))
    for path, text in texts.items():
        try:
            with whole_file(path) as file:
                file.write(text)
        except OSError as error:
            raise KitError(f"{path} cannot be written: {error.strerror}.") from None
    return [str(path) for path in texts]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
