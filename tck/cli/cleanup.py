"""`sessions-tck cleanup [DIR]`."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from tck.cleanup.cleanup import Cleaning
from tck.cleanup.ledger import held_ledgers, ledger_files, remove_lone_locks
from tck.cleanup.orphaned_run import lost_runs
from tck.cli.parser import Arguments
from tck.errors import KitError
from tck.transport.certificates import Certificates
from tck.transport.limits import read_seconds
from tck.transport.rate_limiter import parse_rate
from tck.waiting import ORPHANS, eventually

DEFAULT = "reports/latest"
EXITS = "Exits with 0 if nothing is left open, with 1 otherwise."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EXITS
    add = parser.add_argument
    add(
        "path",
        nargs="?",
        default=DEFAULT,
        type=Path,
        help=f"the run's report directory ({DEFAULT}) or ledger",
    )
    add("--rate-limit", metavar="N/s", help="requests per second, such as 10/s")
    add("--request-timeout", metavar="SECONDS", default="10", help="until a reply must be complete (10)")
    add("--no-trace-headers", action="store_true", help="send no traceparent")
    parser.add_certificates()
    parser.add_contract_dir()


def main(given: Namespace) -> int:
    code = closed(given)
    remove_lone_locks(given.path)
    return code


def closed(given: Namespace) -> int:
    """Close what the runs there left open: 0 when nothing is left, else 1; raises KitError."""
    rate = parse_rate(given.rate_limit) if given.rate_limit else None
    timeout = read_seconds(given.request_timeout)
    paths = ledgers_at(given.path)
    if not paths:
        print(f"{given.path} contains no ledger: no run with reports there left a session open.")
        return 0
    wait_for_the_end(paths)
    paths = [path for path in paths if path.exists()]
    if not paths:
        print(f"The run that wrote to {given.path} ended meanwhile and left no session open.")
        return 0
    certificates = Certificates(given.ca_file, given.client_cert, given.client_key)
    cleanings = [Cleaning(lost, given.contract_dir, certificates) for lost in lost_runs(paths)]
    return max([cleaned(one, rate, timeout, not given.no_trace_headers) for one in cleanings])


def ledgers_at(path: Path) -> list[Path]:
    """The ledgers in a report directory, or the one that is named; raises KitError."""
    if not path.exists():
        raise KitError(f"{path} does not exist; give the report directory of the run, or its ledger.")
    return ledger_files(path) if path.is_dir() else [path]


def wait_for_the_end(paths: Sequence[Path]) -> None:
    """Give the workers of a killed run time to end; raises KitError when a run is still going."""
    left = eventually(lambda: held_ledgers(paths), lambda found: not found, ORPHANS).value
    if left:
        raise KitError(f"the run that writes {left[0]} has not ended; wait for it, or stop it first.")


def cleaned(cleaning: Cleaning, rate: float | None, timeout: float, traced: bool) -> int:
    """Clean up after one run and tell of it: 0 when nothing of it is left, else 1."""
    cleaning.go(rate, timeout, traced)
    if cleaning.done:
        cleaning.take_away()
    for line in cleaning.lines():
        print(line)
    return int(not cleaning.done)
