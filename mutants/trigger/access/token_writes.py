"""Servers that let a public token write, or that show it what it may not see."""

from dataclasses import replace
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment


class _TokenWrites(TriggerReference):
    """A good token of the session may write where it should not."""

    def writes(self, row: Row, call: Call) -> bool:
        """Whether the token may write to this row."""
        return True

    def with_token(self, call: Call) -> Environment | None:
        """The environment of a good token whose scopes name the session, if that may be written to."""
        reader = self.token_reader(self.credential(call))
        if reader is None:
            return None
        with self.reading() as db:
            row = self.find(db, reader.environment, self.address(call))
        allowed = row is not None and self.may_read_row(reader, row) and self.writes(row, call)
        return reader.environment if allowed else None


@mutant("tokens.cannot-update")
class TokenUpdates(_TokenWrites):
    """A session's token may update it."""

    def environment_to_update(self, call: Call) -> Environment:
        return self.with_token(call) or super().environment_to_update(call)


@mutant("tokens.cannot-update")
class TokenUpdatesClosedSession(TokenUpdates):
    """A session's token may update it once it is closed."""

    def writes(self, row: Row, call: Call) -> bool:
        return self.is_closed(row)


@mutant("tokens.cannot-update")
class TokenSendsEmptyUpdate(TokenUpdates):
    """A session's token may send an update that changes nothing."""

    def writes(self, row: Row, call: Call) -> bool:
        return call.body == b"{}"


@mutant("tokens.cannot-update")
class TokenUpdatesUnnamedSession(TokenUpdates):
    """A session's token may update it when it has no externalId."""

    def writes(self, row: Row, call: Call) -> bool:
        return row.external_id is None


@mutant("tokens.cannot-update")
class TokenUpdatesByExternalId(TokenUpdates):
    """A session's token may update it by its externalId."""

    def writes(self, row: Row, call: Call) -> bool:
        return row.external_id == self.address(call)


@mutant("tokens.cannot-update")
class TokenUpdateIsRefusedTooLate(TokenUpdates):
    """An update with a session's token takes effect before it is refused."""

    def update(self, call: Call) -> Reply:
        reply = super().update(call)
        if self.token_reader(self.credential(call)):
            raise self.token_not_allowed()
        return reply


@mutant("tokens.cannot-update")
class TokenUpdateIsHiddenTooLate(TokenUpdates):
    """An update with a session's token takes effect, and is answered as if there were no session."""

    def update(self, call: Call) -> Reply:
        reply = super().update(call)
        if self.token_reader(self.credential(call)):
            raise self.not_found()
        return reply


@mutant("tokens.cannot-update")
class TokenUpdateIsInvalid(TriggerReference):
    """An update with a session's token is answered as if its body were bad."""

    def environment_to_update(self, call: Call) -> Environment:
        if self.token_reader(self.credential(call)):
            raise self.invalid()
        return super().environment_to_update(call)


@mutant("tokens.cannot-close")
class TokenCloses(_TokenWrites):
    """A session's token may close it."""

    def environment_to_close(self, call: Call) -> Environment:
        return self.with_token(call) or super().environment_to_close(call)


@mutant("tokens.cannot-close")
class TokenClosesClosedSession(TokenCloses):
    """A session's token may close it when it is closed already."""

    def writes(self, row: Row, call: Call) -> bool:
        return self.is_closed(row)


@mutant("tokens.cannot-close")
class TokenClosesWithoutBody(TokenCloses):
    """A session's token may close it when it sends no body."""

    def writes(self, row: Row, call: Call) -> bool:
        return not call.body


@mutant("tokens.cannot-close")
class TokenClosesByItsKey(TokenCloses):
    """A session's token may close it by the address that its scopes name."""

    def writes(self, row: Row, call: Call) -> bool:
        return self.address(call) == self.scope_key(row)


@mutant("tokens.cannot-close")
class TokenCloseIsRefusedTooLate(TokenCloses):
    """A close with a session's token takes effect before it is refused."""

    def close_session(self, call: Call) -> Reply:
        reply = super().close_session(call)
        if self.token_reader(self.credential(call)):
            raise self.token_not_allowed()
        return reply


class _RefusalShowsRow(_TokenWrites):
    """What a token may not do is answered with the row."""

    OPERATIONS: tuple[str, ...] = ("update", "close")

    def obey(self, operation: Any, call: Call) -> Reply:
        reply = super().obey(operation, call)
        credential = self.credential(call)
        refused = reply.status in {401, 403, 404} and call.operation in self.OPERATIONS and "." in credential
        row = self.row_at(call) if refused else None
        return replace(reply, body={**reply.body, **self.told(row)}) if row else reply

    def row_at(self, call: Call) -> Row | None:
        """The row that the call names, in whatever environment."""
        with self.reading() as db:
            found = (self.find(db, environment, self.address(call)) for environment in self.environments)
            return next((row for row in found if row), None)

    def told(self, row: Row) -> dict[str, Any]:
        """What the refusal tells of the row."""
        return {"session": self.session_body(row)}


@mutant("tokens.refusal-shows-nothing")
class RefusedWriteShowsRow(_RefusalShowsRow):
    """The refusal of an update or a close with a token holds the row."""


@mutant("tokens.refusal-shows-nothing")
class RefusedReadShowsTags(_RefusalShowsRow):
    """The refusal of a retrieve with another session's token names the tags."""

    OPERATIONS = ("retrieve",)

    def told(self, row: Row) -> dict[str, Any]:
        return {"error": f"no right to the session tagged {', '.join(row.tags)}"}


@mutant("tokens.refusal-shows-nothing")
class RefusedWriteTellsId(_RefusalShowsRow):
    """The refusal of a write by externalId tells the id."""

    def told(self, row: Row) -> dict[str, Any]:
        return {"error": f"the token may not write to {row.id}"}


@mutant("tokens.read-scope-cannot-create")
class TokenCreates(TriggerReference):
    """Any good token may create."""

    def environment_to_create(self, call: Call) -> Environment:
        reader = self.token_reader(self.credential(call))
        return reader.environment if reader else super().environment_to_create(call)


@mutant("tokens.read-scope-cannot-create")
class TokenIsNotFoundAtCreateTooLate(TokenCreates):
    """Any good token may create, and is answered as if there were nothing."""

    def create(self, call: Call) -> Reply:
        reply = super().create(call)
        if self.token_reader(self.credential(call)):
            raise self.not_found()
        return reply
