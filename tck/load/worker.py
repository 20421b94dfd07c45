"""`--worker`: users on this machine that another one leads."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tck.child import passing_on
from tck.cleanup.cleanup import Cleaning
from tck.cleanup.ledger import ledger_files
from tck.cleanup.orphaned_run import lost_runs
from tck.errors import KitError
from tck.load.command import ERRORS, child, ended_with, said_in
from tck.load.orders import Orders
from tck.load.settings import WorkerSettings
from tck.run.options import REQUEST_TIMEOUT
from tck.run.report_dir import writable_report_dir
from tck.vocabulary import BROKE, CANNOT_START


def work(settings: WorkerSettings, say: Callable[[str], None]) -> int:
    """Take part in a load until it ends, and close what is left here; the exit code.

    Raises KitError where nobody leads there, or where this machine cannot take part.
    """
    writable_report_dir(settings.report_dir)
    before = set(ledger_files(settings.report_dir))
    given = settings.certificates
    files = (given.ca_file, given.client_cert, given.client_key)
    with tempfile.TemporaryDirectory(prefix="sessions-tck-") as folder:
        errors = Path(folder, ERRORS)
        orders = Orders(
            "worker", folder, str(settings.report_dir), host=settings.host, port=settings.port,
            certificates=tuple(str(one or "") for one in files),
        )  # fmt: skip
        say(f"waits for the load that {settings.host}, port {settings.port}, leads")
        with passing_on() as relay, ended_with(child(orders, {}, errors)) as process:
            relay.to(process)
            code = process.wait()
        said = said_in(errors)
    left = [path for path in ledger_files(settings.report_dir) if path not in before]
    cleaned = [_cleaned(Cleaning(lost, settings.contract_dir, given), say) for lost in lost_runs(left)]
    if code == CANNOT_START:
        raise KitError(said.removesuffix(".") + ".")
    if code:
        say(f"ERROR: the process of users broke off{f': {said}' if said else ''}")
    return BROKE if code or not all(cleaned) else 0


def _cleaned(cleaning: Cleaning, say: Callable[[str], None]) -> bool:
    """Close what a run has left open here; whether nothing of it is left."""
    opened = cleaning.lost.open_entries
    cleaning.go(None, REQUEST_TIMEOUT)
    if cleaning.done:
        cleaning.take_away()
    if opened:
        for line in cleaning.lines():
            say(line)
    return cleaning.done
