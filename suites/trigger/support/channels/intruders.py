"""Calls on channels with a credential that is not good for them: each is refused, and none does anything."""

from collections.abc import Collection
from dataclasses import dataclass, field

from suites.trigger.support.api import LiveSession
from suites.trigger.support.channels.api import Channels
from suites.trigger.support.channels.logs import Log, once
from tck.checking import Broken, Check, Reply, read_token
from tck.run import Run

UNAUTHORIZED = frozenset({401})
NOT_ALLOWED = frozenset({401, 403, 404})


def bad_credentials(run: Run, session: LiveSession) -> list[str | None]:
    """No credential, and Authorization headers that are good for nothing anywhere."""
    made_up = run.made_up(f"tr_dev_{run.new_name().encode().hex()[-24:]}")
    forged = read_token(session.created["publicAccessToken"]).with_changed_signature(0)
    return [None, f"Bearer {made_up}", f"Bearer {forged}"]


@dataclass
class Door:
    """What an intruder tried on a log, and what it may be answered; `other` is another log of the session."""

    check: Check
    log: Log
    answers: Collection[int]
    other: Log | None = None
    appends: list[Reply] = field(default_factory=list)
    drains: list[Reply] = field(default_factory=list)
    subscriptions: list[Reply] = field(default_factory=list)

    @property
    def every(self) -> list[Reply]:
        """What it was answered in all."""
        return [*self.appends, *self.drains, *self.subscriptions]

    def tries(self, intruder: Channels) -> None:
        """Let it try all three operations, by each address."""
        self.tries_to_append(intruder)
        self.tries_to_read(intruder)

    def tries_to_append(self, intruder: Channels) -> None:
        """Let it append, by each address."""
        for address in self.log.session.addresses:
            text = f"of an intruder {len(self.appends)}"
            self.appends.append(self.log.send(text, address=address, channels=intruder))

    def tries_to_read(self, intruder: Channels) -> None:
        """Let it drain and subscribe, by each address."""
        ways = [(address, self.log.io) for address in self.log.session.addresses]
        for address, io in [*ways, *((ways[0][0], log.io) for log in filter(None, [self.other]))]:
            self.drains.append(intruder.drain(address, io))
            listened = intruder.subscribe(address, io, idle=1, enough=lambda _: True)
            self.subscriptions.append(listened.reply)

    def judge(self, append: str, drain: str, subscribe: str) -> None:
        """Judge each requirement by what was tried of its operation."""
        with self.check.judging(append):
            self.were_refused(*self.appends)
            self.log.still_holds(once)
        with self.check.judging(drain):
            self.were_refused(*self.drains)
        with self.check.judging(subscribe):
            self.were_refused(*self.subscriptions)

    def were_refused(self, *replies: Reply) -> None:
        """Raise Broken unless each was answered as it must be and showed nothing of the log."""
        expected = " or ".join(map(str, sorted(self.answers)))
        for reply in replies:
            if reply.status not in self.answers:
                said = f"{reply.call.operation} with a credential that is not good for it was not refused"
                raise Broken(said, expected, reply.told, reply.exchange)
            kept = [*self.log.appends, *(self.other.appends if self.other else ())]
            leaked = [one.text for one in kept if one.text in reply.text and "intruder" not in one.text]
            if leaked:
                said = f"a refused {reply.call.operation} shows a record"
                raise Broken(said, "nothing of the log", leaked[0], reply.exchange)
