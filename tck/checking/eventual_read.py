"""Looking at one session again and again: reads may lag, and what could be read once must stay readable."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tck.checking.check import Check
from tck.errors import Broken
from tck.transport.messages import Reply
from tck.unjudged import NotTested
from tck.values.mismatch import Mismatch
from tck.values.origin import exchanges_of
from tck.values.row import Row
from tck.waiting import ReadPatience

FOUND = 200


@dataclass
class EventualRead:
    """How a session is read, and the requirements that judge reads themselves.

    `judged_by`: who judges a failing read, for a sentence; `at_once`: the SHOULD that a write shows at once;
    `patience`: shared by all looks of a process.
    """

    read: Callable[[], Reply]
    check: Check = field(repr=False)
    judged_by: str
    at_once: str
    patience: ReadPatience = field(default_factory=ReadPatience, repr=False)
    was_seen: bool = False

    def now(self) -> Row:
        """The row as a read shows it now.

        Raises NotTested when it cannot be seen at all, Broken when it could be seen before.
        """
        with self.check.unnoted():
            waited = self.patience.wait(self.read, lambda reply: reply.status == FOUND and reply.is_object)
            reply = waited.value
            if waited.held:
                self.was_seen = True
                return reply.row
        if self.was_seen:
            raise Broken("the session can no longer be read", "200 and its row", reply.told, reply.exchange)
        raise NotTested(f"a read answered {reply.status}, which {self.judged_by}")

    def until(self, holds: Callable[[Row], bool]) -> Row:
        """The row once a read shows that it holds, within the kit's wait; else the last row seen."""
        with self.check.unnoted():
            waited = self.patience.wait(self.now, holds)
        if waited.held:
            said = f"a read showed the write only after {waited.delay:.2f} seconds"
            late = Mismatch(said, "shown by the first read", f"shown after {waited.delay:.2f} seconds")
            judged = exchanges_of(waited.value)
            self.check.observe_all(self.at_once, None if waited.looks == 1 else late, judged)
        return waited.value
