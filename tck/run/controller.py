"""What the controlling process does around a run: find the target before it, close everything after it."""

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tck.cleanup.close_session import Attempt, Closed, close_session
from tck.cleanup.ledger import Entry, held_ledgers, ledger_files, read_ledger, remove_ledgers
from tck.cleanup.session_snapshot import Borrowed, borrow, give_back
from tck.contract.credentials import contradict_none, credentials_from, random_credentials
from tck.contract.releases import KitState
from tck.errors import KitError
from tck.recording.exchange import Exchange, Lossy, read_spools
from tck.reports import NAMES
from tck.reports.cause_view import count
from tck.results.kit_identity import this_kit
from tck.run.context import Run, open_run
from tck.run.embedded_reference import Embedded, start_reference
from tck.run.inputs import Plan
from tck.run.looks import Answer, Looker
from tck.run.options import Options
from tck.run.preflight import CHECK, preflight
from tck.run.report_dir import RESULT, ReportDir, open_report_dir
from tck.run.sight import Sight
from tck.run.spread import NEAR, named_rate
from tck.run.target import Target, run_prefix
from tck.transport.in_flight import InFlight
from tck.transport.messages import Call, Reply
from tck.transport.rate_limiter import Pacer

READS = 4
"""Reads by which it is seen how far away a target is."""
NEVER_FOUND = "the target found none of them, and was never seen to close one"
LOCUST_HTML = "locust.html"
"""The statistics of Locust, beside the reports of a load."""
REPORTS = (RESULT, "exchanges.har", "junit.xml", *NAMES)


@dataclass
class Controller:
    """One run from the first look at the target to the last session closed."""

    plan: Plan
    target: Target
    run: Run
    embedded: Embedded | None
    reports: ReportDir
    started_at: float
    begun: bool = False
    """Whether the target was found fit to be judged."""
    borrowed: Borrowed | None = None
    not_put_back: str = ""
    sight: Sight = field(default_factory=Sight)
    first: Sequence[Answer] = ()
    """The answer to the first look, where it was taken before the checks were collected."""
    why_open: Sequence[str] = ()
    """Why sessions may still be open, the most frequent reason first."""

    @property
    def ledgers(self) -> list[Path]:
        """The ledger files of all processes of this run."""
        return [
            path for path in ledger_files(self.plan.options.report_dir) if self.target.prefix in path.name
        ]

    @property
    def still_open(self) -> list[Entry]:
        """The sessions that may still be open."""
        return [entry for entry in read_ledger(self.ledgers) if not entry.closed]

    def clean_up(self) -> int:
        """Close all that the ledgers name and put back what was lent; returns how many may still be open.

        Where some could be closed, the others are tried once more.
        """
        entries = sorted(self.still_open, key=lambda entry: not entry.made)
        self.run.client.outage.look_now()
        self.run.client.recorder = Lossy(self.run.client.recorder)
        self.run.client.pacer = Pacer(self.plan.options.rate_limit)  # the other processes have ended
        unclosed = self._unclosed(entries)
        if len(unclosed) < len(entries):
            unclosed = self._unclosed([*unclosed])
        reasons = Counter(attempt.why for attempt in unclosed.values())
        self.why_open, left = [why for why, _ in reasons.most_common() if why], len(unclosed)
        if self.borrowed:
            self.not_put_back = give_back(self.plan.spec.contract, self.borrowed, self._ask)
        self.run.ledger.close()
        if not left and not self.not_put_back:
            remove_ledgers(self.ledgers)
        return left

    def close_early(self) -> None:
        """Close what was made so far, before others make more; what cannot be closed is left to the end."""
        self._unclosed(self.still_open)

    def _unclosed(self, entries: Sequence[Entry]) -> dict[Entry, Attempt]:
        """Those of these sessions that could not be closed, and why; an interrupt waits for no reply."""
        known = any(entry.closed for entry in read_ledger(self.ledgers))
        pool = ThreadPoolExecutor(self.target.workers)
        try:
            attempts = list(pool.map(lambda entry: self._closed(entry, known), entries))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        made = [attempt for entry, attempt in zip(entries, attempts, strict=True) if entry.made]
        if made and not known and all(attempt.became is Closed.NOT_FOUND for attempt in made):
            attempts = [Attempt(Closed.STILL_OPEN, NEVER_FOUND)] * len(entries)
        tried = zip(entries, attempts, strict=True)
        return {entry: attempt for entry, attempt in tried if attempt.became is Closed.STILL_OPEN}

    def measure(self) -> tuple[float, float | None] | None:
        """The seconds that a reply takes at least and the rate that headers name; None without a reply.

        The first read may pay for the connection. A target that seems to be far is read from twice more, as
        this machine may have been busy.
        """
        self.first = [self.looker().first_answer()]
        if not isinstance(self.first[0], Reply):
            return None
        replies = list[Exchange]()
        while len(replies) < READS and all(one.duration >= NEAR for one in replies):
            self.looker().first_answer()
            replies = [one for one in read_spools(self.target.shared) if one.status is not None]
        rates = [rate for one in replies if (rate := named_rate(one.response_headers)) is not None]
        return min(one.duration for one in replies), min(rates, default=None)

    def spread_over(self, workers: int) -> None:
        """Let so many processes run the checks."""
        self.target = self.run.target = replace(self.target, workers=workers)
        self.run.client.in_flight = InFlight(self.target.shared, self.target.at_once)

    def begin(self) -> None:
        """Look whether the target can be judged; raises KitError."""
        if self.begun:
            return
        self.sight = preflight(self.looker().looks(), self.run.clean)
        self.sight.keep(self.target.shared)
        self._borrow()
        self.begun = True

    def looker(self) -> Looker:
        """What looks at the target; the embedded reference needs no session for that."""
        run, target = self.run, self.target
        names = None if target.embedded else (run.new_name(), run.tag)
        return Looker(
            run.contract, target.base_url, run.options.own, run.authorization,
            lambda call: run.send_quietly(call, CHECK), names, run.client.way.proxy, self.first,
        )  # fmt: skip

    def _borrow(self) -> None:
        """Note how the session is that an option names, if one does; on disk before anything is changed."""
        own = self.plan.options.own
        self.borrowed = borrow(self.plan.spec.contract, own, self._ask)
        if self.borrowed:
            self.run.ledger.borrowed(self.borrowed.address, dict(self.borrowed.members))

    def _ask(self, call: Call) -> Reply:
        return self._send(call, self.plan.spec.contract.credentials[0].name)

    def _send(self, call: Call, credential: str) -> Reply:
        authorization = self.run.authorization(credential)
        return self.run.client.send(replace(call, authorization=authorization), "cleanup", closing=True)

    def _closed(self, entry: Entry, closes: bool) -> Attempt:
        attempt = close_session(self.plan.spec.contract, entry, self._send, closes)
        if attempt.became is Closed.CLOSED:
            with suppress(OSError):  # a full disk: it would be closed once more
                self.run.ledger.closed(entry.address)
        if attempt.became is not Closed.STILL_OPEN and not entry.made and not entry.refused:
            self.run.budget.known()
        if attempt.became is Closed.NOT_FOUND and not entry.made and not entry.refused:
            self.run.budget.no_session()
        return attempt

    def close(self) -> None:
        """Let go of the ledger, connections, the embedded reference and the shared directory."""
        self.run.close()
        if self.embedded:
            self.embedded.stop()
        shutil.rmtree(self.target.shared, ignore_errors=True)
        self.reports.release()


def open_controller(plan: Plan, workers: int) -> Controller:
    """Find the target, and send it nothing yet; raises KitError, leaving nothing behind."""
    options, contract = plan.options, plan.spec.contract
    given = credentials_from(os.environ, contract) if options.base_url else random_credentials(contract)
    contradict_none(given, contract, options.without, embedded=not options.base_url)
    with ExitStack() as undo:
        reports = open_report_dir(options.report_dir, (*REPORTS, LOCUST_HTML))
        undo.callback(reports.remove_own_folders)
        plan = replace(plan, options=replace(options, report_dir=reports.directory))
        shared = _private_folder()
        undo.callback(shutil.rmtree, shared, ignore_errors=True)
        embedded = None if options.base_url else start_reference(contract, given, shared)
        url = embedded.base_url if embedded else options.base_url
        target = Target(
            url, embedded is not None, given, run_prefix(), shared, workers, reports.directory
        )  # fmt: skip
        run = open_run(plan, target, "main")
        undo.pop_all()
    return Controller(plan, target, run, embedded, reports, time.time())


def _private_folder() -> Path:
    """Where the processes of a run keep what they share."""
    try:
        return Path(tempfile.mkdtemp(prefix="sessions-tck-"))
    except OSError as error:
        raise KitError(
            f"no temporary folder can be made ({error.strerror}); set TMPDIR to one with room."
        ) from None


def target_line(plan: Plan, target: Target, version: str) -> str:
    """The first line that a run prints."""
    what = f"the embedded reference at {target.base_url}" if target.embedded else target.base_url
    return f"sessions-tck {version} judges {what} by {plan.spec.contract.title} {plan.spec.contract.revision}"


def unreleased_line(plan: Plan) -> str:
    """One line where no certificate can be made of the result, as the kit is not a released one."""
    contract = plan.spec.contract
    kit = this_kit(contract.name, contract.root)
    if kit.state is KitState.RELEASED:
        return ""
    what = "differs from the release of its version" if kit.state is KitState.MODIFIED else "is unreleased"
    return f"this kit {what}: its verdict is as good, but no certificate can be made of it"


def leftover_line(options: Options) -> str:
    """One line about the sessions that earlier runs left open; empty when there are none."""
    held = held_ledgers(ledger_files(options.report_dir))
    paths = [path for path in ledger_files(options.report_dir) if path not in held]
    left = sum(not entry.closed for entry in read_ledger(paths))
    if not left:
        return ""
    return (
        f"an earlier run left {count(left, 'session')} that may still be open, "
        f"as {options.report_dir}{os.sep}{paths[0].name}{' and others say' if paths[1:] else ' says'}; "
        f"{options.cleanup_command} closes {'it' if left == 1 else 'them'}"
    )
