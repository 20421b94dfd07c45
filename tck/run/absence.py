"""A target that goes away while it is judged: the run waits for it, and repeats the check that was hit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tck.checking.check import Check
from tck.cleanup.ledger import Entry, read_ledger
from tck.errors import Indeterminate
from tck.run.context import Run
from tck.transport.messages import Call, Reply
from tck.unjudged import NotTested
from tck.values.mismatch import Mismatch
from tck.vocabulary import Outcome
from tck.waiting import eventually

OLDEST, NEWEST = 5, 10
"""Sessions that are read again after an outage: a restart may lose all of them, a crash the last ones."""
NOT_FOUND = 404
AWAY = "away-"
"""How a file of the run begins that is there while a process waits for the target."""


@dataclass(frozen=True)
class Absence:
    """What a process does about a target that is not there; it waits for as long as --patience says."""

    run: Run

    def is_over(self, check: Check) -> float | None:
        """Seconds that were waited until the target was there again, so that a check can begin anew.

        None where the check was not hit by an absence, or the target stays away.
        """
        if not self.run.options.patience or not _was_hit(check):
            return None
        answers = self._answers()
        if answers:
            return 0.0 if check.cut_off else None
        if self._given_up.exists():
            return None
        with self._shown_as_waiting():
            waited = eventually(self._answers, bool, self.run.options.patience)
        if not waited.held:
            self._given_up.touch()
            return None
        return waited.delay

    def look_for_losses(self, check: Check) -> None:
        """Let a check find what an outage lost: sessions that this process had made before, and left open."""
        requirement = self.run.contract.ownership.lasting_requirement
        if requirement not in self.run.registry or not self.run.ledger.path.exists():
            return
        made = [one for one in read_ledger([self.run.ledger.path]) if one.made and not one.closed]
        every = dict.fromkeys((*made[:OLDEST], *made[-NEWEST:]))
        try:
            for entry in every:
                reply = eventually(lambda entry=entry: self._read(entry, check), _is_there).value  # type: ignore[misc]
                if not _is_there(reply):
                    said = "a session that was made before the target went away is gone"
                    check.observe(requirement, Mismatch(said, "200 and its row", reply.told), reply)
                    return
        except (Indeterminate, NotTested):
            return  # nothing is known of it then

    def _read(self, entry: Entry, check: Check) -> Reply:
        request = self.run.contract.preflight.lookup.filled(unknown=entry.address)
        bearing = self.run.authorization(entry.credential)
        call = Call("", request.method, request.path, bearing, entry.credential, request.body)
        return self.run.send_quietly(call, check.node)

    @contextmanager
    def _shown_as_waiting(self) -> Iterator[None]:
        """Let the progress of the run say that it waits."""
        mark = self.run.target.shared / f"{AWAY}{self.run.worker}"
        mark.touch()
        try:
            yield
        finally:
            mark.unlink()

    def _answers(self) -> bool:
        try:
            return self.run.client.answers()
        except NotTested:  # the budget of requests is spent
            return False

    @property
    def _given_up(self) -> Path:
        return self.run.target.shared / "stays-away"


def _is_there(reply: Reply) -> bool:
    return reply.answered != NOT_FOUND


def _was_hit(check: Check) -> bool:
    return check.hit and any(found.outcome is Outcome.INDETERMINATE for found in check.findings)
