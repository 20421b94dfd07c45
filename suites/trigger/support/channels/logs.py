"""One log while a check appends to it and reads it, and what readings of it must show."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import inf

from suites.trigger.support.api import LiveSession
from suites.trigger.support.channels.api import IN, JSON, TEXT, Channels
from suites.trigger.support.channels.framings import heard_in
from tck.checking import (
    Append,
    Broken,
    Check,
    Fate,
    Listened,
    LogProblem,
    LogRecord,
    NotTested,
    Reading,
    RecordLog,
    Reply,
    shown,
)

ACCEPTED_BY = "append.answers-200"
DRAINED_BY = "drain.success-matches-schema"
SUBSCRIBED_BY = "subscribe.answers-event-stream"
READ_BY_TOKENS = {
    DRAINED_BY: "drain.token-reads-both-logs", SUBSCRIBED_BY: "subscribe.token-reads-both-logs"
}  # fmt: skip
"""The same where the caller bears the session's token."""
SERVER_ERROR = 500
MOST_PAGES = 500
"""Pages of a log after which a drain has no end."""
Look = Callable[[RecordLog], Callable[[Reading], LogProblem | None]]


def whole(log: RecordLog) -> Callable[[Reading], LogProblem | None]:
    """Each acknowledged record is there."""
    return log.lost


def once(log: RecordLog) -> Callable[[Reading], LogProblem | None]:
    """No record is there more often than it was appended."""
    return log.doubled


def in_order(log: RecordLog) -> Callable[[Reading], LogProblem | None]:
    """The records stand in the order of appends that followed one another."""
    return log.misordered


def growing(log: RecordLog) -> Callable[[Reading], LogProblem | None]:
    """The numbers grow."""
    return log.unsorted


@dataclass(frozen=True)
class Page:
    """What one drain showed."""

    exchange: str
    records: tuple[LogRecord, ...]


@dataclass
class Log:
    """The channel `io` of a session; `appends` are what was appended to it through this object."""

    session: LiveSession
    channels: Channels
    io: str = IN
    appends: list[Append] = field(default_factory=list)
    drained_by: str = DRAINED_BY
    """The requirement that judges whether it can be drained."""

    @property
    def check(self) -> Check:
        """The check that is running."""
        return self.channels.check

    @property
    def model(self) -> RecordLog:
        """What readings must show of all that was appended."""
        return RecordLog(tuple(self.appends))

    def other(self, io: str) -> "Log":
        """The other log of the session."""
        return Log(self.session, self.channels, io)

    def seen_by(self, channels: Channels) -> "Log":
        """The same log, as it is now, in the hands of another check."""
        return replace(self, channels=channels, appends=list(self.appends))

    def send(
        self,
        text: str,
        part: str = "",
        address: str = "",
        channels: Channels | None = None,
        by: str = "the caller",
        *,
        chunked: bool = False,
    ) -> Reply:
        """Append, and remember what became of it; any reply will do."""
        media = JSON if text.startswith(("{", "[")) else TEXT
        started = time.perf_counter()
        caller = channels or self.channels
        reply = caller.append(address or self.session.id, self.io, text, part, media, chunked=chunked)
        fate = Fate.KEPT if reply.succeeded else Fate.REFUSED if reply.refused else Fate.UNKNOWN
        ended = time.perf_counter() if fate is Fate.KEPT else inf
        self.appends.append(Append(text, fate, started, ended, part, reply.exchange, by))
        return reply

    def add(
        self,
        text: str,
        part: str = "",
        address: str = "",
        channels: Channels | None = None,
        judged_by: str = ACCEPTED_BY,
    ) -> Reply:
        """Append what must be accepted; a precondition."""
        return self.check.control(self.send(text, part, address, channels), judged_by=judged_by)

    def lose(self, text: str, part: str) -> None:
        """Append and hang up before the reply comes."""
        started = time.perf_counter()
        self.channels.abandon(self.session.id, self.io, text, part)
        self.appends.append(Append(text, Fate.UNKNOWN, started, inf, part))

    # Reading

    def pages(
        self, after: int | None = None, address: str = "", channels: Channels | None = None
    ) -> Iterator[Page]:
        """The pages behind a number, each behind the highest number before it, until one brings nothing new.

        Raises NotTested when one is no page.
        """
        last = after
        for _ in range(MOST_PAGES):
            reply = (channels or self.channels).drain(address or self.session.id, self.io, last)
            page = Page(reply.exchange, tuple(records_of(reply, self.drained_by)))
            yield page
            highest = max((record.number for record in page.records), default=-1)
            if not page.records or (last is not None and highest <= last):
                return
            last = highest

    def drained(
        self, after: int | None = None, address: str = "", channels: Channels | None = None
    ) -> Reading:
        """Everything behind a number, once: what a page repeats of those before it is left out."""
        records: list[LogRecord] = []
        exchanges: list[str] = []
        last = after
        for page in self.pages(after, address, channels):
            exchanges.append(page.exchange)
            records += [record for record in page.records if last is None or record.number > last]
            last = max((record.number for record in page.records), default=last)
        return Reading("a drain", tuple(records), tuple(exchanges), after)

    def settled(self) -> Reading:
        """What a drain shows once each acknowledged record is there, or the kit's wait is over."""
        model = self.model
        with self.check.unnoted():
            return self.channels.run.patience.wait(
                self.drained, lambda reading: model.lost(reading) is None
            ).value

    def heard(
        self, last: int, after: int | None = None, address: str = "", channels: Channels | None = None
    ) -> Reading:
        """What a subscriber is shown up to a number."""
        listened = (channels or self.channels).subscribe_until(
            address or self.session.id, self.io, last, after
        )
        subscribed(listened.reply)
        return heard_in(listened, after=after)

    def holds(self, *looks: Look, read: Callable[[], Reading] | None = None) -> Reading:
        """What a read from the start shows once no look finds fault, within the kit's wait; else Broken."""
        faults = [look(self.model) for look in looks]

        def problem(reading: Reading) -> LogProblem | None:
            return next(filter(None, (fault(reading) for fault in faults)), None)

        with self.check.unnoted():
            waited = self.channels.run.patience.wait(
                read or self.drained, lambda reading: problem(reading) is None
            )
        found = problem(waited.value)
        if found is not None:
            raise found.mismatch.as_broken()
        self.check.note(waited.value.exchanges)
        return waited.value

    def still_holds(self, *looks: Look) -> Reading:
        """The same after one more record: what should not have been appended before it would show."""
        self.add(self.channels.run.new_name())
        return self.holds(whole, *looks)


def records_of(reply: Reply, judged_by: str = DRAINED_BY) -> list[LogRecord]:
    """The records of one page; raises NotTested when it is none."""
    page = reply.parsed
    records = page.get("records") if reply.succeeded and isinstance(page, dict) else None
    if not isinstance(records, list) or not all(_is_record(one) for one in records):
        raise NotTested(f"a drain answered {reply.status} and no page", judged_by=_judge_of(reply, judged_by))
    return [LogRecord(one["seqNum"], (one["data"],)) for one in records]


def _is_record(one: object) -> bool:
    number = one.get("seqNum") if isinstance(one, dict) else None
    return (
        isinstance(number, int) and not isinstance(number, bool) and isinstance(one, dict) and "data" in one
    )


def subscribed(reply: Reply) -> None:
    """Raise NotTested unless a subscription was accepted."""
    if not reply.succeeded:
        raise NotTested(f"a subscription answered {reply.status}", judged_by=_judge_of(reply, SUBSCRIBED_BY))


def _judge_of(reply: Reply, otherwise: str) -> str:
    """The requirement that judges an answer which a precondition cannot use."""
    if reply.status >= SERVER_ERROR:
        return "channels.no-server-error"
    with_token = "eyJ" in (reply.call.authorization or "")
    return READ_BY_TOKENS.get(otherwise, otherwise) if with_token else otherwise


def same_log(one: Reading, other: Reading, model: RecordLog) -> None:
    """Raise Broken unless both readings show the same records under the same numbers, where both show any."""
    for found in filter(None, (model.unsorted(other), model.disagreement(one, other))):
        raise found.mismatch.as_broken()


def shows_all_of(drained: Reading, listened: Listened, log: Log, after: int | None = None) -> Reading:
    """What a subscriber was shown, when that is what a drain shows behind the number; else raises Broken."""
    heard = heard_in(listened, after=after)
    same_log(drained, heard, log.model)
    expected = [number for number in drained.numbers if after is None or number > after]
    missing = [number for number in expected if number not in heard.numbers]
    if missing:
        start = "from the start" if after is None else f"behind {after}"
        said = f"a subscriber {start} is not shown record {missing[0]} ({listened.end})"
        seen = f"records {shown(heard.numbers, 100)}"
        raise Broken(said, f"records {shown(expected, 100)}", seen, listened.exchange, *drained.exchanges)
    return heard


def some(reading: Reading) -> Reading:
    """The reading, if it shows records; a precondition."""
    if not reading.records:
        judged_by = ("append.record-is-kept-once", "drain.leaves-the-log")
        raise NotTested("nothing is drained", judged_by=judged_by)
    return reading
