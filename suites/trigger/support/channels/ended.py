"""Sessions that are closed or expired: they take no record, and stay readable."""

from dataclasses import dataclass

from suites.trigger.support.channels.api import Channels
from suites.trigger.support.channels.logs import Log, once, records_of, shows_all_of, whole
from tck.checking import FITS_A_BAD_BODY, Broken, Check, Mismatch, NotTested, Reply

GONE = 404
APPEND_REFUSALS = FITS_A_BAD_BODY | {GONE}
DOCUMENTED = (400, 409)
STATUS = "append.ended-session-answers-400-or-409"


@dataclass(frozen=True)
class Ended:
    """The log of a session that has ended; what it holds was appended before.

    `callers` are others than that of the log which could append to it till then, `readers` those which could
    read it, and `others` further logs of the session.
    """

    check: Check
    log: Log
    callers: tuple[Channels, ...] = ()
    readers: tuple[Channels, ...] = ()
    others: tuple[Log, ...] = ()

    def judge(self, how: str) -> None:
        """Judge what the log of a session that has ended `how` answers."""
        self.log.drained_by = f"drain.{how}-session-is-readable"
        self.judge_appends(how)
        with self.check.judging(f"drain.{how}-session-is-readable"):
            for address in self.log.session.addresses:
                self.check.accepted(self.log.channels.drain(address, self.log.io))
            numbers = self.log.holds(whole).numbers
            for reader in self.readers:
                page = self.check.accepted(reader.drain(self.log.session.id, self.log.io, numbers[0]))
                seen = [one.number for one in records_of(page)]
                assert seen == numbers[1 : 1 + max(1, len(seen))]
        with self.check.judging(f"subscribe.{how}-session-is-readable"):
            drained = self.log.settled()
            if not drained.records:
                raise NotTested("nothing is drained", judged_by=f"drain.{how}-session-is-readable")
            ways = [(self.log.channels, None), *((reader, drained.numbers[0]) for reader in self.readers)]
            for reader, after in ways:
                listened = reader.subscribe_until(
                    self.log.session.addresses[-1], self.log.io, drained.numbers[-1], after
                )
                self.check.accepted(listened.reply)
                shows_all_of(drained, listened, self.log, after)

    def judge_appends(self, how: str) -> None:
        """Judge that it takes no record any more."""
        with self.check.judging(f"append.{how}-session-is-refused"):
            for number, address in enumerate(self.log.session.addresses):
                self._was_refused(self.log.send(f"after the end {number}", address=address))
            self._was_refused(self.log.send("after the end, with a part", "late"))
            for caller in self.callers:
                self._was_refused(self.log.send("after the end, of another caller", channels=caller))
            for other in self.others:
                self._was_refused(other.send("after the end, to another log"))
            self.log.holds(once)

    def _was_refused(self, reply: Reply) -> None:
        fits = reply.status in APPEND_REFUSALS
        if not fits:
            said = "a session that has ended took a record"
            raise Broken(said, "400, 409, or another refusal that fits", reply.told, reply.exchange)
        departs = Mismatch(f"it answered {reply.status}", "400 or 409", reply.told)
        self.check.observe(STATUS, None if reply.status in DOCUMENTED else departs, reply)
