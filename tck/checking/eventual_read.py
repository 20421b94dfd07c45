"""Looking at one session again and again: reads may lag behind writes, and go back while they do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from tck.checking.check import Check
from tck.errors import Broken
from tck.transport.messages import Reply
from tck.unjudged import NotTested
from tck.values.mismatch import Mismatch
from tck.values.origin import exchanges_of
from tck.values.row import Row
from tck.waiting import IN_A_ROW, ReadPatience, Waited, pause

FOUND = 200
PRECONDITION = "which is a precondition that the kit cannot do without"
Holds = Callable[[Row], bool]


@dataclass
class EventualRead:
    """How a session is read, and the requirements that judge reads themselves.

    `reads`: one for each address of the session, the surest first; `judged_by`: the requirement that judges
    a failing read, empty for none; `at_once` and `steady`: the SHOULDs that a write shows at once, and that
    reads do not go back; `patience`: shared by all looks of a process.

    One read proves what it shows, until reads of the target have lagged or gone back once; from then on, and
    where it does not show what it should, ten reads in a row by each address do.
    """

    reads: Sequence[Callable[[], Reply]]
    check: Check = field(repr=False)
    judged_by: str
    at_once: str
    steady: str
    patience: ReadPatience = field(default_factory=ReadPatience, repr=False)
    found: set[int] = field(default_factory=set)
    """The addresses, by their place, at which the session was seen."""
    last: Reply | None = None
    """The reply to the last read that did not find it."""

    def now(self) -> Row:
        """The row as a read shows it now; where reads lag, the one on which they agree.

        Raises NotTested when it cannot be seen at all, Broken when it could be seen before.
        """
        return self._agreed() if self.patience.lag else self._once()

    def until(self, holds: Holds) -> Row:
        """The row once reads show that it holds, within the kit's wait; else the last row seen."""
        first = self._once()
        held = self._holds(holds, first)
        if held and not self.patience.in_doubt:
            self._observe_delay(None, first)
            return first
        self.patience.probes = max(0, self.patience.probes - 1)
        waited = self._steadily(holds)
        if held or waited.held:
            self._observe_delay(None if held else waited.delay, waited.value)
        return self._row(waited)

    def still(self, holds: Holds) -> Row:
        """The row while reads show that it goes on to hold; else, at the end of the kit's wait, the last one.

        A write that took effect has shown by then, as far as it is known how long that takes.
        """
        row = self._once()
        if self._holds(holds, row) and not self.patience.lag:
            return row
        pause(self.patience.lag)
        return self._row(self._steadily(holds))

    def _once(self) -> Row:
        """The row as the first read that finds one shows it."""
        with self.check.unnoted():
            waited = self.patience.wait(self.reads[0], _shows_a_row)
        return self._seen(waited.value)

    def _agreed(self) -> Row:
        """The row that reads by each address show one after the other, but for what may move by itself."""
        last: list[Row] = []

        def same(row: Row | None) -> bool:
            agrees = row is not None and (not last or row.without_volatile() == last[-1].without_volatile())
            last[:] = [row] if row is not None else []
            return agrees

        with self.check.unnoted():
            waited = self.patience.wait_until_steady(self._turns().__next__, same, self._in_a_row)
        return self._row(waited)

    def _steadily(self, holds: Holds) -> Waited[Row | None]:
        with self.check.unnoted():
            waited = self.patience.wait_until_steady(
                self._turns().__next__, lambda row: row is not None and holds(row), self._in_a_row
            )
        if waited.held or waited.went_back:
            back = Mismatch(
                "a read showed an earlier state than a read before it did",
                "what a read has shown, or later states",
                "an earlier state",
            )
            self.check.observe_all(
                self.steady, back if waited.went_back else None, exchanges_of(waited.value)
            )
        return waited

    def _turns(self) -> Iterator[Row | None]:
        """What each address shows in turn, None for no session; one that never showed any is left out."""
        for place in cycle(range(len(self.reads))):
            reply = self.reads[place]()
            if _shows_a_row(reply):
                self.found.add(place)
                yield reply.row
            elif place == 0 or place in self.found:
                self.last = reply
                yield None

    @property
    def _in_a_row(self) -> int:
        return IN_A_ROW * len(self.reads)

    def _holds(self, holds: Holds, row: Row) -> bool:
        with self.check.unnoted():
            return holds(row)

    def _row(self, waited: Waited[Row | None]) -> Row:
        if waited.value is None and self.last is not None:
            raise self._unseen(self.last)
        assert waited.value is not None
        return waited.value

    def _seen(self, reply: Reply) -> Row:
        if not _shows_a_row(reply):
            raise self._unseen(reply)
        self.found.add(0)
        return reply.row

    def _unseen(self, reply: Reply) -> Broken | NotTested:
        if self.found:
            return Broken("the session can no longer be read", "200 and its row", reply.told, reply.exchange)
        if self.judged_by:
            return NotTested(f"a read answered {reply.status}", judged_by=self.judged_by)
        return NotTested(f"a read answered {reply.status}, {PRECONDITION}")

    def _observe_delay(self, delay: float | None, row: Row | None) -> None:
        """Tell how long a write took to show; None is at once."""
        late = None
        if delay is not None:
            said = f"a read showed the write only after {delay:.2f} seconds"
            late = Mismatch(said, "shown by the first read", f"shown after {delay:.2f} seconds")
        self.check.observe_all(self.at_once, late, exchanges_of(row))


def _shows_a_row(reply: Reply) -> bool:
    return reply.status == FOUND and reply.is_object
