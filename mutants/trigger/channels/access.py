"""Servers that open channels to those who may not, or not to those who may."""

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Reader


class LetsIn(TriggerReference):
    """Takes everybody for the owner of the first environment, for some operations."""

    def anybody(self, call: Call) -> Reader:
        """Who asks; nobody is the secret key."""
        try:
            return self.reader(call)
        except Refusal:
            return Reader(self.environments[0], None)


@mutant("append.bad-credential-answers-401")
class AppendNeedsNoCredential(LetsIn):
    """Anybody may append."""

    def appender(self, call: Call, io: str) -> Reader:
        return self.anybody(call)


@mutant("append.bad-credential-answers-401")
class AppendWithoutCredentialIsKept(LetsIn):
    """An append without a credential answers 401, and its record is there."""

    def appender(self, call: Call, io: str) -> Reader:
        return self.anybody(call)

    def append(self, call: Call) -> Reply:
        reply = super().append(call)
        self.reader(call)
        return reply


@mutant("append.bad-credential-answers-401")
class AppendWithABadCredentialAnswers403(TriggerReference):
    """An append with a bad credential answers 403."""

    def appender(self, call: Call, io: str) -> Reader:
        try:
            return super().appender(call, io)
        except Refusal as refusal:
            raise Refusal(403, refusal.error) from None


@mutant("drain.bad-credential-answers-401")
class DrainNeedsNoCredential(LetsIn):
    """Anybody may drain."""

    def drainer(self, call: Call) -> Reader:
        return self.anybody(call)


@mutant("subscribe.bad-credential-answers-401")
class SubscribeNeedsNoCredential(LetsIn):
    """Anybody may subscribe."""

    def subscriber(self, call: Call) -> Reader:
        return self.anybody(call)


@mutant("append.token-appends-to-in")
class TokenAppendsNothing(TriggerReference):
    """A token cannot append."""

    def appender(self, call: Call, io: str) -> Reader:
        reader = self.reader(call)
        if reader.scopes is not None:
            raise self.token_not_allowed()
        return reader


@mutant("append.token-appends-to-in")
class TokenAppendsByOneAddress(TriggerReference):
    """A token appends by the address that its scope names alone."""

    def append(self, call: Call) -> Reply:
        scopes = self.reader(call).scopes
        if scopes is not None and self.write_scope(self.address(call)) not in scopes:
            raise self.scope_lacking()
        return super().append(call)


@mutant("append.token-cannot-append-to-out")
class TokenAppendsToOut(TriggerReference):
    """A token appends to out."""

    def appender(self, call: Call, io: str) -> Reader:
        return self.reader(call)


@mutant("append.token-cannot-append-to-out")
class TokenOnOutIsRefusedAndKept(TriggerReference):
    """An append to out with a token answers 403, and its record is there."""

    def appender(self, call: Call, io: str) -> Reader:
        return self.reader(call)

    def append(self, call: Call) -> Reply:
        reply = super().append(call)
        if self.reader(call).scopes is not None and call.parameters["io"] == "out":
            raise self.token_not_for_out()
        return reply


@mutant("append.token-on-out-answers-403")
class TokenOnOutAnswers401(TriggerReference):
    """An append to out with a token answers 401."""

    def token_not_for_out(self) -> Refusal:
        return self.token_not_allowed()


class AnyTokenDoes(TriggerReference):
    """Takes the token of any session."""

    def unscoped(self, reader: Reader) -> Reader:
        """The reader as if it had the secret key."""
        return Reader(reader.environment, None)


@mutant("append.foreign-token-is-refused")
class AnyTokenAppends(AnyTokenDoes):
    """The token of any session appends to in."""

    def appender(self, call: Call, io: str) -> Reader:
        return self.unscoped(super().appender(call, io))


@mutant("drain.foreign-token-is-refused")
class AnyTokenDrains(AnyTokenDoes):
    """The token of any session drains."""

    def drainer(self, call: Call) -> Reader:
        return self.unscoped(super().drainer(call))


@mutant("subscribe.foreign-token-is-refused")
class AnyTokenSubscribes(AnyTokenDoes):
    """The token of any session subscribes."""

    def subscriber(self, call: Call) -> Reader:
        return self.unscoped(super().subscriber(call))


@mutant("append.read-scope-is-refused")
class ReadScopeAppends(TriggerReference):
    """A read scope is enough to append."""

    def writing_scopes(self, row: Row) -> frozenset[str]:
        return super().writing_scopes(row) | self.reading_scopes(row)


class WriteScopeReads(TriggerReference):
    """Takes a write scope for a read scope."""

    def widened(self, reader: Reader) -> Reader:
        """The reader with a read scope for each write scope."""
        scopes = reader.scopes
        if scopes is None:
            return reader
        return Reader(reader.environment, scopes | {one.replace("write:", "read:", 1) for one in scopes})


@mutant("drain.write-scope-is-refused")
class WriteScopeDrains(WriteScopeReads):
    """A write scope is enough to drain."""

    def drainer(self, call: Call) -> Reader:
        return self.widened(super().drainer(call))


@mutant("subscribe.write-scope-is-refused")
class WriteScopeSubscribes(WriteScopeReads):
    """A write scope is enough to subscribe."""

    def subscriber(self, call: Call) -> Reader:
        return self.widened(super().subscriber(call))


class TokenReadsOneLog(TriggerReference):
    """Lets a token read one of the two logs."""

    def but_for(self, io: str, call: Call) -> Reader:
        """Who reads; no token reads this log."""
        reader = self.reader(call)
        if reader.scopes is not None and call.parameters["io"] == io:
            raise self.token_not_allowed()
        return reader


@mutant("drain.token-reads-both-logs")
class TokenDrainsOutAlone(TokenReadsOneLog):
    """A token drains out alone."""

    def drainer(self, call: Call) -> Reader:
        return self.but_for("in", call)


@mutant("drain.token-reads-both-logs")
class TokenDrainsInAlone(TokenReadsOneLog):
    """A token drains in alone."""

    def drainer(self, call: Call) -> Reader:
        return self.but_for("out", call)


@mutant("subscribe.token-reads-both-logs")
class TokenSubscribesToOutAlone(TokenReadsOneLog):
    """A token subscribes to out alone."""

    def subscriber(self, call: Call) -> Reader:
        return self.but_for("in", call)


class KnowsAllEnvironments(TriggerReference):
    """Lets a secret key reach the sessions of every environment, for some operations."""

    def home_of(self, reader: Reader, call: Call) -> Reader:
        """The reader in the environment that has the session."""
        if reader.scopes is not None:
            return reader
        with self.reading() as db:
            for environment in (reader.environment, *self.environments):
                if self.find(db, environment, self.address(call)):
                    return Reader(environment, None)
        return reader


@mutant("append.crosses-no-environment")
class AppendCrossesEnvironments(KnowsAllEnvironments):
    """A key appends to the sessions of every environment."""

    def appender(self, call: Call, io: str) -> Reader:
        return self.home_of(super().appender(call, io), call)


@mutant("drain.crosses-no-environment")
class DrainCrossesEnvironments(KnowsAllEnvironments):
    """A key drains the sessions of every environment."""

    def drainer(self, call: Call) -> Reader:
        return self.home_of(super().drainer(call), call)


@mutant("subscribe.crosses-no-environment")
class SubscribeCrossesEnvironments(KnowsAllEnvironments):
    """A key subscribes to the sessions of every environment."""

    def subscriber(self, call: Call) -> Reader:
        return self.home_of(super().subscriber(call), call)


@mutant("channels.expired-token-is-refused")
class ExpiredTokenOpensChannels(TriggerReference):
    """An expired token is good for channels."""

    def reader(self, call: Call) -> Reader:
        self._lenient = "io" in call.parameters
        return super().reader(call)

    def tokens_expire(self) -> bool:
        return not self._lenient
