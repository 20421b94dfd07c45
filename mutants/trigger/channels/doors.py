"""Servers that keep a rule of the channels for one caller, address or number, and break it for another."""

from collections.abc import AsyncIterator
from dataclasses import replace
from sqlite3 import Connection

from sse_starlette import ServerSentEvent

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.channels import Channel, Record, Subscription


def by_token(call: Call) -> bool:
    """Whether a call bears a public token."""
    return "Bearer eyJ" in call.headers.get("authorization", "")


@mutant("append.same-part-is-added-once")
class PartBelongsToACredential(TriggerReference):
    """A part that comes with a token is another one than with the key."""

    def part_id(self, call: Call) -> str | None:
        part = super().part_id(call)
        return f"{part}/token" if part and by_token(call) else part


class WakesSomeAlone(TriggerReference):
    """Some subscribers are shown what is there, and nothing that comes later."""

    def subscribe(self, call: Call) -> Reply:
        reply = super().subscribe(call)
        if self.is_woken(call):
            return reply
        row = self.row_for(self.reader(call), call, self.reading_scopes, self.read_scope)
        channel = self.channel(row, call.parameters["io"])
        wanted = Subscription(row, channel, self.subscribed_after(call), self.idle_seconds(call))
        return replace(reply, events=self.what_is_there(wanted))

    def is_woken(self, call: Call) -> bool:
        """Whether the subscriber is shown what comes later."""
        raise NotImplementedError

    async def what_is_there(self, wanted: Subscription) -> AsyncIterator[ServerSentEvent | bytes]:
        """The records that are there, and the end."""
        after = wanted.after
        while records := self.batch_after(wanted, after):
            after = records[-1].number
            for event in self.framed(wanted, records):
                yield event


@mutant("subscribe.shows-new-records")
class SubscribersWithATokenAreNotWoken(WakesSomeAlone):
    """A subscriber with a token is shown nothing that comes later."""

    def is_woken(self, call: Call) -> bool:
        return not by_token(call)


@mutant("subscribe.shows-new-records")
class SubscribersByExternalIdAreNotWoken(WakesSomeAlone):
    """A subscriber by the externalId is shown nothing that comes later."""

    def is_woken(self, call: Call) -> bool:
        return self.address(call).startswith("session_")


@mutant("subscribe.shows-new-records")
class RecordsOfTokensWakeNobody(TriggerReference):
    """A record that a token has appended is shown to subscribers with the next one."""

    def append(self, call: Call) -> Reply:
        self._quiet = by_token(call)
        return super().append(call)

    def announce(self, channel: Channel, record: Record) -> None:
        if not self._quiet:
            super().announce(channel, record)

    _quiet = False


@mutant("subscribe.resumes-after-any-number")
class ResumeAtTheEndStartsAnew(TriggerReference):
    """A subscriber that names the last record begins at the start."""

    def batch_after(self, wanted: Subscription, after: int) -> list[Record]:
        found = super().batch_after(wanted, after)
        return found or (super().batch_after(wanted, -1) if after == wanted.after else [])


@mutant("append.closed-session-is-refused")
class ClosedSessionTakesRecordsOfTokens(TriggerReference):
    """A closed session takes records of callers with its token."""

    def append(self, call: Call) -> Reply:
        self._by_token = by_token(call)
        return super().append(call)

    def row_to_append(self, db: Connection, row: Row) -> Row:
        return row if self._by_token else super().row_to_append(db, row)

    _by_token = False


@mutant("channels.sessions-are-apart")
class NamelessSessionsShareALog(TriggerReference):
    """Logs are kept by the externalId, so that all sessions without one have one."""

    def channel(self, row: Row, io: str) -> Channel:
        return Channel(f"{row.environment}/{row.external_id or ''}", io)


@mutant("drain.crosses-no-environment")
class LogsAreKeptByName(TriggerReference):
    """Logs are kept by the externalId, whatever the environment."""

    def channel(self, row: Row, io: str) -> Channel:
        return Channel(row.external_id or row.id, io)


@mutant("drain.closed-session-is-readable")
class TokensDoNotDrainClosedLogs(TriggerReference):
    """The log of a closed session is drained with the key alone."""

    def drain(self, call: Call) -> Reply:
        reader = self.reader(call)
        with self.reading() as db:
            row = self.find(db, reader.environment, self.address(call))
        if reader.scopes is not None and row is not None and self.is_closed(row):
            raise self.scope_lacking()
        return super().drain(call)
