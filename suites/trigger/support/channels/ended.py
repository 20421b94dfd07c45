"""Sessions that are closed or expired: they take no record, and stay readable."""

from dataclasses import dataclass

from suites.trigger.support.channels.api import Channels
from suites.trigger.support.channels.logs import Log, once, shows_all_of, whole
from tck.checking import FITS_A_BAD_BODY, Broken, Check, Mismatch, NotTested, Reply

GONE = 404
APPEND_REFUSALS = FITS_A_BAD_BODY | {GONE}
DOCUMENTED = (400, 409)
STATUS = "append.ended-session-answers-400-or-409"


@dataclass(frozen=True)
class Ended:
    """The log of a session that has ended; what it holds was appended before.

    `callers` are others than that of the log which could append to it till then.
    """

    check: Check
    log: Log
    callers: tuple[Channels, ...] = ()

    def judge(self, how: str) -> None:
        """Judge what the log of a session that has ended `how` answers."""
        self.log.drained_by = f"drain.{how}-session-is-readable"
        with self.check.judging(f"append.{how}-session-is-refused"):
            for number, address in enumerate(self.log.session.addresses):
                self._was_refused(self.log.send(f"after the end {number}", address=address))
            self._was_refused(self.log.send("after the end, with a part", "late"))
            for caller in self.callers:
                self._was_refused(self.log.send("after the end, of another caller", channels=caller))
            self.log.holds(once)
        with self.check.judging(f"drain.{how}-session-is-readable"):
            for address in self.log.session.addresses:
                self.check.accepted(self.log.channels.drain(address, self.log.io))
            for caller in self.callers:
                self.check.accepted(caller.drain(self.log.session.id, self.log.io))
            self.log.holds(whole)
        with self.check.judging(f"subscribe.{how}-session-is-readable"):
            drained = self.log.settled()
            if not drained.records:
                raise NotTested("nothing is drained", judged_by=f"drain.{how}-session-is-readable")
            listened = self.log.channels.subscribe_until(
                self.log.session.addresses[-1], self.log.io, drained.numbers[-1]
            )
            self.check.accepted(listened.reply)
            shows_all_of(drained, listened, self.log)

    def _was_refused(self, reply: Reply) -> None:
        fits = reply.status in APPEND_REFUSALS
        if not fits:
            said = "a session that has ended took a record"
            raise Broken(said, "400, 409, or another refusal that fits", reply.told, reply.exchange)
        departs = Mismatch(f"it answered {reply.status}", "400 or 409", reply.told)
        self.check.observe(STATUS, None if reply.status in DOCUMENTED else departs, reply)
