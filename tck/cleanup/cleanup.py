"""Closing what a lost run has left open, and what to tell the operator of it."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tck.cleanup.close_session import Attempt, Closed, close_session
from tck.cleanup.ledger import Entry, Ledger, remove_ledgers
from tck.cleanup.orphaned_run import LostRun
from tck.cleanup.session_snapshot import give_back
from tck.cleanup.standalone_client import Errand
from tck.contract.contract import Contract, load_contract
from tck.contract.credentials import credentials_from
from tck.transport.certificates import Certificates
from tck.waiting import LAST_REQUEST, pause


@dataclass
class Cleaning:
    """One lost run being cleaned up after; `attempts` says what became of each session that was open."""

    lost: LostRun
    contract_dir: Path | None = None
    certificates: Certificates = field(default_factory=Certificates)
    attempts: dict[Entry, Attempt] = field(default_factory=dict)
    not_put_back: str = ""

    def go(self, rate: float | None, timeout: float, traced: bool = True) -> None:
        """Close what is open and put back what was lent; `rate` is in requests per second."""
        lost = self.lost
        if lost.embedded or not (lost.open_entries or lost.borrowed):
            return
        contract = load_contract(lost.contract, self.contract_dir)
        credentials = credentials_from(os.environ, contract)
        own = {option.name: option.default for option in contract.options} | dict(lost.own)
        pause(min(lost.last_event + LAST_REQUEST - time.time(), LAST_REQUEST))
        about = (contract, lost.base_url, credentials, own, rate, timeout, traced, self.certificates)
        with Errand(*about) as errand:
            self._close_all(contract, errand)
            if lost.borrowed:
                first = contract.credentials[0].name
                self.not_put_back = give_back(contract, lost.borrowed, lambda call: errand.send(call, first))

    def _close_all(self, contract: Contract, errand: Errand) -> None:
        ledger = Ledger(self.lost.paths[0], self.lost.base_url, self.lost.contract, self.lost.own)
        try:
            for entry in self.lost.open_entries:
                closes = self._closes or any(one.closed for one in self.lost.entries)
                self.attempts[entry] = close_session(contract, entry, errand.send, closes)
                if self.attempts[entry].became is Closed.CLOSED:
                    ledger.closed(entry.address)
        finally:
            ledger.close()

    @property
    def became(self) -> dict[Entry, Closed]:
        """What became of each session that was open."""
        return {entry: attempt.became for entry, attempt in self.attempts.items()}

    @property
    def _closes(self) -> bool:
        return Closed.CLOSED in self.became.values()

    @property
    def in_vain(self) -> bool:
        """Whether sessions were made and none of them is there: another environment's key, most likely."""
        made = [became for entry, became in self.became.items() if entry.made]
        return bool(made) and all(became is Closed.NOT_FOUND for became in made)

    @property
    def done(self) -> bool:
        """Whether nothing of the run is left."""
        still_open = Closed.STILL_OPEN in self.became.values()
        return not (still_open or self.in_vain or self.not_put_back)

    def take_away(self) -> None:
        """Remove the ledgers, which have nothing more to tell."""
        remove_ledgers(self.lost.paths)

    def lines(self) -> Iterator[str]:
        """What to tell, a sentence a line."""
        lost = self.lost
        counts = Counter(self.became.values())
        if lost.embedded:
            number = len(lost.open_entries)
            sessions = "1 open session" if number == 1 else f"{number} open sessions"
            yield f"{lost.name}: its reference ended with the run, and {sessions} with it."
        elif not self.became:
            yield f"{lost.name}: no session was left open."
        else:
            figures = ", ".join(f"{counts[kind]} {kind.value}" for kind in Closed if counts[kind])
            sessions = f"session{'' if len(self.became) == 1 else 's'}"
            yield f"{lost.name}: of {len(self.became)} {sessions} at {lost.base_url}: {figures}."
        if self.in_vain:
            yield (
                "None of the sessions that the run made was found: set the key of the environment that it "
                "judged, or remove the ledger if they are gone for good."
            )
        yield from self._unclosed()
        yield from self._unkeyed()
        yield from filter(None, [self.not_put_back])
        if not self.done:
            yield f"Kept, to go on from: {', '.join(map(str, lost.paths))}"

    def _unclosed(self) -> Iterator[str]:
        """A sentence for each reason why sessions may still be open."""
        reasons = Counter(one.why for one in self.attempts.values() if one.why)
        for why, number in reasons.most_common():
            yield f"{number} may still be open: {why}."

    def _unkeyed(self) -> Iterator[str]:
        """A sentence for each secret that is not set and that open sessions were made with."""
        open_ones = Counter(
            one.credential for one, became in self.became.items() if became is Closed.STILL_OPEN
        )
        for name, number in open_ones.items():
            env = load_contract(self.lost.contract, self.contract_dir).credential(name).env if name else ""
            if env and not os.environ.get(env, "").strip():
                were = "was" if number == 1 else "were"
                yield f"{number} of them {were} made with {env}, which is not set."
