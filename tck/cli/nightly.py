"""`sessions-tck nightly …`: one scheduled run with all that belongs around it."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tck.cli.parser import Arguments
from tck.contract.contract import default_contract, load_contract
from tck.drift import verified
from tck.errors import KitError
from tck.history.metrics import verify_installed
from tck.nightly import Night, Settings
from tck.notify import VARIABLE, destinations, github_of
from tck.transport.base_url import read_url

PROG = "sessions-tck nightly"
DESCRIPTION = """Judge a target, close what was left open, compare with the last result, keep this one, and
send word of what moved. Whatever else is given goes to the run, as to
sessions-tck run; -- may stand before it."""
EXITS = """Exits as the run does: 0, 1, 2, 3 or 4. What got worse changes nothing of that; with 3 also where
the history could not be written, and with 5 where another nightly run is under way."""
MOST_KEPT = 100_000


def main(given: Namespace) -> int:
    parser = _parser()
    known, further = parser.parse_known_args(given.arguments)
    for flag, value in _places(known):
        if not value.strip():
            parser.error(f"{flag} is empty")
    return Night(_settings(known, [one for one in further if one != "--"]), _say).go()


def _parser() -> Arguments:
    parser = Arguments(prog=PROG, description=DESCRIPTION, epilog=EXITS, allow_abbrev=False)
    add = parser.add_argument
    add("--base-url", metavar="URL", required=True, help="the target")
    chosen = default_contract()
    add("--contract", metavar="NAME", default=chosen, help=f"the contract to judge by ({chosen})")
    parser.add_contract_dir()
    add(
        "--report-dir",
        metavar="DIR",
        default="reports/latest",
        help="reports (reports/latest)",
    )
    add(
        "--history",
        metavar="DIR",
        default="reports/history",
        help="results (reports/history)",
    )
    add("--keep", metavar="N", default="100", help="how many runs the history keeps; 0 for all (100)")
    add("--confirm", metavar="N", default="2", help="judge each failed check again, N times (2)")
    add(
        "--contract-source", metavar="FILE-OR-URL", action="append", default=[],
        help="compare what the vendor publishes with the contract, as sessions-tck drift does; repeatable",
    )  # fmt: skip
    add(
        "--notify", nargs="?", const=VARIABLE, metavar="VARIABLE",
        help=f"send word of what moved to the URLs in this environment variable ({VARIABLE})",
    )  # fmt: skip
    add("--github-issue", action="store_true", help="keep one issue open on GitHub while something fails")
    add("--openmetrics", metavar="FILE", help="write OpenMetrics text of the newest result")
    add("-q", "--quiet", action="store_true", help="print the sentences alone")
    return parser


def _places(known: Namespace) -> Iterator[tuple[str, str]]:
    """The options that name a place, and what they name."""
    yield from (("--base-url", known.base_url), ("--history", known.history))
    yield "--report-dir", known.report_dir
    yield from (("--openmetrics", one) for one in [known.openmetrics] if one is not None)
    yield from (("--contract-source", one) for one in known.contract_source)


def _settings(known: Namespace, further: list[str]) -> Settings:
    """Everything that can be wrong is so before the run begins."""
    if known.openmetrics:
        verify_installed()
    reports, history = Path(known.report_dir), Path(known.history)
    if reports.resolve() == history.resolve():
        raise KitError(
            f"--history and --report-dir are both {history}; give the history a folder of its own."
        )
    folder = (f"--contract-dir={known.contract_dir}",) if known.contract_dir else ()
    contract = load_contract(known.contract, known.contract_dir)
    for source in known.contract_source:
        verified(source, contract)
    return Settings(
        contract=contract,
        base_url=read_url(known.base_url),
        reports=reports,
        history=history,
        options=(*folder, *further),
        confirm=_whole("--confirm", known.confirm),
        keep=_whole("--keep", known.keep),
        sources=tuple(known.contract_source),
        urls=destinations(known.notify, os.environ) if known.notify is not None else (),
        github=github_of(os.environ) if known.github_issue else None,
        metrics=Path(known.openmetrics) if known.openmetrics else None,
        quiet=known.quiet,
    )


def _whole(flag: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_KEPT):
        raise KitError(f"{flag} takes a whole number from 0 to {MOST_KEPT}, not {text!r}.")
    return int(text)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
