"""Replies that several checks judge, asked for once a process."""

from collections.abc import Callable
from dataclasses import dataclass

from suites.trigger.support.api import Sessions
from tck.checking import Reply


@dataclass(frozen=True)
class SharedReplies:
    """Asks for replies once a process, and shows them to each check and to the monitors."""

    kept: dict[str, list[Reply]]
    sessions: Sessions

    def asked_once(self, name: str, ask: Callable[[], list[Reply]]) -> list[Reply]:
        """The replies of this name; asked for anew in a round in which failed checks are judged again."""
        run, check = self.sessions.run, self.sessions.check
        key = f"{name}{run.again}"
        if key not in self.kept:
            self.kept[key] = ask()
            return self.kept[key]
        shown = [reply.noted_by(check.note) for reply in self.kept[key]]
        run.show(check, shown)
        return shown
