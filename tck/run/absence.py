"""A target that goes away while it is judged: the run waits for it, and repeats the check that was hit."""

from dataclasses import dataclass
from pathlib import Path

from tck.checking.check import Check
from tck.run.context import Run
from tck.unjudged import NotTested
from tck.vocabulary import Outcome
from tck.waiting import eventually


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
        waited = eventually(self._answers, bool, self.run.options.patience)
        if not waited.held:
            self._given_up.touch()
            return None
        return waited.delay

    def _answers(self) -> bool:
        try:
            return self.run.client.answers()
        except NotTested:  # the budget of requests is spent
            return False

    @property
    def _given_up(self) -> Path:
        return self.run.target.shared / "stays-away"


def _was_hit(check: Check) -> bool:
    return check.hit and any(found.outcome is Outcome.INDETERMINATE for found in check.findings)
