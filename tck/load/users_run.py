"""One user's part of a run under load: its own connection, and records that stay small."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tck.cleanup.ledger import Book, Ledger
from tck.recording.exchange import Exchange
from tck.recording.redaction import Redactor
from tck.run.context import Run
from tck.transport.client import Client, Timeline, tokens_in
from tck.transport.messages import Call, Reply
from tck.values.texts import whole
from tck.waiting import ReadPatience, Waited, loaded_wait

T = TypeVar("T")
KEPT = 96
"""Exchanges that a user keeps: those of one life, with the reads of a wait in it."""
TIMED_OUT, NO_CONNECTION, CUT_OFF = "timeout", "no connection", "connection ended"
"""Why there was no reply."""


@dataclass
class Ring:
    """The last exchanges of a user as they were; what is taken out of it is redacted then."""

    redactor: Callable[[], Redactor]
    keys: Mapping[str, str]
    kept: deque[Exchange] = field(default_factory=lambda: deque(maxlen=KEPT))

    def append(self, exchange: Exchange) -> None:
        """Keep one exchange, and let go of the oldest one."""
        self.kept.append(exchange)

    def taken(self, ids: Collection[str]) -> dict[str, Exchange]:
        """The exchanges of these ids without the secrets that any exchange shows."""
        redactor = self._informed()
        return {one.id: redactor.exchange(one) for one in self.kept if one.id in ids}

    def clean(self, text: str) -> str:
        """The text without the secrets that any exchange shows."""
        return whole(self._informed().text(text))

    def _informed(self) -> Redactor:
        """What knows the secrets of the run and those in these exchanges."""
        redactor = self.redactor()
        for one in self.kept:
            for token in tokens_in(one.response_body):
                redactor.register(token, "a token")
        for one in self.kept:
            for name, value in one.request_headers:
                if name.lower() == "authorization":
                    redactor.register_presented(value.rpartition(" ")[2], self.keys)
        return redactor


Noted = Callable[[Call, Timeline], None]
"""Hears of each request and of what came of it."""


@dataclass
class LoadClient(Client):
    """A client that sends each request once: what is overloaded is left alone by the user, not by it."""

    ring: Ring = field(kw_only=True)
    noted: Noted = field(kw_only=True)

    def send(
        self,
        call: Call,
        check: str,
        *,
        repeatable: bool = True,  # noqa: ARG002 - nothing is sent again
        closing: bool = False,
        idempotent: bool = False,  # noqa: ARG002
    ) -> Reply:
        """Send once and record; raises Indeterminate without a clear reply, NotTested without budget."""
        line = self._attempt(call, closing)
        exchange = self._record(call, check, line, 0)
        self._took_note(call, line, 0, exchange, doubtful=False)
        return Reply(call, exchange, line.status or 0, line.headers, line.body, self.shape)

    def _record(self, call: Call, check: str, line: Timeline, retries: int) -> str:
        self.noted(call, line)
        exchange = self._exchange(call, check, line, retries)
        self.ring.append(exchange)
        return exchange.id


def what_came(line: Timeline) -> str:
    """The status of a reply as text, or why there was none."""
    if line.status is not None:
        return str(line.status)
    if line.timed_out:
        return TIMED_OUT
    return NO_CONNECTION if line.nothing_sent else CUT_OFF


@dataclass
class UserLedger(Ledger):
    """What one user has open, kept beside the ledger of its process; `told` hears each event."""

    whole: Ledger = field(kw_only=True)
    told: Callable[[dict[str, Any]], None] = field(kw_only=True)
    book: Book = field(default_factory=Book)

    @classmethod
    def beside(cls, whole: Ledger, told: Callable[[dict[str, Any]], None]) -> "UserLedger":
        """The ledger of a user, which writes to that of its process."""
        return cls(
            whole.path, whole.base_url, whole.contract, whole.own, whole.embedded, whole=whole, told=told
        )

    def write(self, event: dict[str, Any]) -> None:
        """Write one event through to the file of the process."""
        self.whole.write(event)
        self.told(event)
        self.book.take(event)

    def begin(self) -> None:
        """Forget what is over: another life begins."""
        self.book = Book()


@dataclass
class LoadPatience(ReadPatience):
    """Waits as long for a write to be seen as the contract allows, however long a reply takes."""

    def wait(self, look: Callable[[], T], holds: Callable[[T], bool]) -> Waited[T]:
        """Look until it holds, or a look that began after the wait does not show it."""
        return loaded_wait(look, holds)


@dataclass
class LoadRun(Run):
    """A run as one user has it: what is recorded is a ring, and nothing is registered for good."""

    ring: Ring = field(kw_only=True)
    beside: list[Ring] = field(default_factory=list)
    """The rings of other users who call the same session."""
    ledger: UserLedger

    def _keep_to_ourselves(self, credential: str) -> None:
        """The ring takes credentials out of what it gives away."""

    def _verify_creates(self) -> None:
        """The controlling process looked before."""

    def recorded(self, ids: Collection[str]) -> dict[str, Exchange]:
        """The exchanges of these ids that the user still has."""
        found = [one.taken(ids) for one in (self.ring, *self.beside)]
        return {name: one for taken in found for name, one in taken.items()}

    def closing(self, call: Call) -> Reply:
        """Send for the end of a session, with what the budget keeps back for it."""
        return self.client.send(call, "cleanup", closing=True)

    def begins(self) -> None:
        """Another life begins: forget what is over."""
        self.ring.kept.clear()
        self.beside.clear()
        self.ledger.begin()
        self.patience = LoadPatience()
