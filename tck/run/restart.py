"""Restarting the target by the operator's command, when no check of any process is under way."""

import shlex
import subprocess
from dataclasses import dataclass

from tck.errors import Indeterminate
from tck.run.context import Run
from tck.transport.limits import Counter
from tck.transport.messages import Call
from tck.unjudged import NotTested
from tck.vocabulary import RESTARTED
from tck.waiting import QUIET_WITHIN, RESTARTED_WITHIN, eventually


@dataclass(frozen=True)
class Restart:
    """The command of a run, and how many of its checks have ended in all processes."""

    run: Run

    @property
    def is_given(self) -> bool:
        """Whether the operator has given a command."""
        return bool(self.run.options.restart_command)

    def check_ended(self) -> None:
        """Count one more check that has ended, where that matters."""
        if self.is_given:
            self._ended.step()

    def when_quiet(self, others: int) -> None:
        """Restart the target once so many other checks have ended, and wait until it answers.

        Raises NotTested when they do not end, when the command fails, or when the target does not come back.
        """
        if not eventually(lambda: self._ended.count, lambda count: count >= others, QUIET_WITHIN).held:
            raise NotTested("other checks were still under way, so the target was not restarted")
        self._obey()
        if not eventually(self._answers, bool, RESTARTED_WITHIN).held:
            raise NotTested(f"{RESTARTED_WITHIN:g} seconds after the restart the target did not answer")

    @property
    def _ended(self) -> Counter:
        return Counter(self.run.target.shared / "ended")

    def _obey(self) -> None:
        command = shlex.split(self.run.options.restart_command)
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own command
                command, capture_output=True, timeout=RESTARTED_WITHIN, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise NotTested(f"the restart command could not be run: {type(problem).__name__}") from None
        if done.returncode:
            raise NotTested(f"the restart command ended with exit code {done.returncode}")

    def _answers(self) -> bool:
        self.run.client.outage.look_now()
        try:
            self.run.send_quietly(Call("", "GET", "/"), RESTARTED)
        except Indeterminate:
            return False
        return True
