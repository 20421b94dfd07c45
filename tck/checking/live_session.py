"""A session that checks work on: what reads show of it after a write."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Generic, TypeVar

from tck.checking.eventual_read import EventualRead
from tck.checking.operations import Operations
from tck.transport.messages import Reply
from tck.unjudged import NotTested
from tck.values.row import Row

Asked = TypeVar("Asked", bound=Operations)


@dataclass(frozen=True)
class Written:
    """An accepted write: the row that its reply told, and the row that a read then showed."""

    told: Row
    read: Row


class LiveSession(ABC, Generic[Asked]):
    """A session of the run; a contract says how it is read, and when a read shows what a write replied.

    `reads_judged_by` is the requirement that judges a read that fails, empty for none; `seen_at_once` is the
    SHOULD that a read shows a write at once, `reads_go_on` the one that reads do not go back.
    """

    sessions: Asked
    reads_judged_by: ClassVar[str]
    seen_at_once: ClassVar[str]
    reads_go_on: ClassVar[str]

    @abstractmethod
    def by_each_address(self) -> Sequence[Callable[[], Reply]]:
        """What reads it once, for each of its addresses, the surest first."""

    @abstractmethod
    def comparable(self, row: Row) -> Row:
        """A row without what may change by itself."""

    @abstractmethod
    def is_shown(self, replied: Row, row: Row) -> bool:
        """Whether the row of a read shows what the row of a write's reply told."""

    @cached_property
    def _reads(self) -> EventualRead:
        asked = self.sessions
        return EventualRead(
            self.by_each_address(),
            asked.check,
            self.reads_judged_by,
            self.seen_at_once,
            self.reads_go_on,
            asked.run.patience,
        )

    def was_seen(self) -> None:
        """Note that the surest read has shown it, so that it is broken once that shows it no more."""
        self._reads.found.add(0)

    def read(self) -> Row:
        """The row as a read shows it now.

        Raises NotTested when it cannot be seen at all, Broken when it could be seen before.
        """
        return self._reads.now()

    def eventually_shows(self, holds: Callable[[Row], bool]) -> Row:
        """The row once a read shows that it holds, within the kit's wait; else the last row seen."""
        return self._reads.until(holds)

    def still(self, before: Row, whole: bool = False) -> Row:
        """The row while reads show what it was before; what may change by itself counts where it is `whole`.

        Else the one that they show at the end of the kit's wait: something has changed it.
        """
        if whole:
            return self._reads.still(lambda row: row == before)
        return self._reads.still(lambda row: self.comparable(row) == self.comparable(before))

    def eventually_shows_written(self, reply: Reply) -> Row:
        """The row once a read shows what a write replied; else the last row seen."""
        replied = reply.row
        return self.eventually_shows(lambda row: self.is_shown(replied, row))

    def written(self, accepted: Reply) -> Written:
        """What an accepted write replied, and what a read then showed."""
        return Written(accepted.row, self.eventually_shows_written(accepted))

    def after(self, reply: Reply, before: Row) -> Row:
        """The row as read after a write that may have been accepted or refused; it was so before."""
        accepted = reply.succeeded and reply.is_object
        return self.eventually_shows_written(reply) if accepted else self.still(before)

    def arranged(self, reply: Reply, judged_by: str) -> Row:
        """The row as read after a write that a check needs first; raises NotTested when it was refused."""
        if not reply.succeeded or not reply.is_object:
            name = judged_by.partition(".")[0]
            raise NotTested(f"{name} answered {reply.status}", judged_by=judged_by)
        return self.eventually_shows_written(reply)
