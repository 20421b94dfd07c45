"""Servers that show a row to one reader and not to the next."""

from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment


def _without(reply: Reply, *members: str) -> Reply:
    body = {name: value for name, value in reply.body.items() if name not in members}
    return Reply(reply.status, body, reply.headers)


class _TokenReads(TriggerReference):
    """A retrieve with a token is answered in another way."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        return reply if self.reader(call).scopes is None else self.shown_to_token(reply)

    def shown_to_token(self, reply: Reply) -> Reply:
        """What a token is shown."""
        raise NotImplementedError


@mutant("retrieve.includes-trigger-config")
class TokensAreShownNoTriggerConfig(_TokenReads):
    """A retrieve with a session's token shows no triggerConfig."""

    def shown_to_token(self, reply: Reply) -> Reply:
        return _without(reply, "triggerConfig")


@mutant("replies.every-reader-sees-the-same-row")
class TokensAreShownNoMetadata(_TokenReads):
    """A retrieve with a session's token shows no metadata."""

    def shown_to_token(self, reply: Reply) -> Reply:
        return _without(reply, "metadata")


@mutant("replies.every-reader-sees-the-same-row")
class TokensAreNotShownTheReason(_TokenReads):
    """A retrieve with a session's token does not show why it was closed."""

    def shown_to_token(self, reply: Reply) -> Reply:
        return _without(reply, "closedReason")


@mutant("replies.every-reader-sees-the-same-row")
class RepeatedCloseHidesTheDeadline(TriggerReference):
    """The reply to a repeated close leaves out expiresAt."""

    def close_session(self, call: Call) -> Reply:
        environment = self.environment_to_close(call)
        with self.reading() as db:
            row = self.find(db, environment, self.address(call))
        reply = super().close_session(call)
        return _without(reply, "expiresAt") if row is not None and self.is_closed(row) else reply


@mutant("replies.every-reader-sees-the-same-row")
class UpdateHidesTheExternalId(TriggerReference):
    """The reply to an update by id leaves out the externalId."""

    def update(self, call: Call) -> Reply:
        reply = super().update(call)
        return _without(reply, "externalId") if self.is_id(self.address(call)) else reply


@mutant("replies.every-reader-sees-the-same-row")
class CachedCreateHidesTheDeadline(TriggerReference):
    """The reply to a create that finds an open session leaves out expiresAt and metadata."""

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        return _without(super().cached_reply(environment, row), "expiresAt", "metadata")


@mutant("update.seen-by-retrieve")
class UpdatesAreNotSeenByTokens(TriggerReference):
    """A retrieve with a session's token shows the metadata that the session was made with."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._made: dict[str, Any] = {}

    def insert_row(self, db: Connection, row: Row) -> None:
        self._made[row.id] = row.metadata
        super().insert_row(db, row)

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        if self.reader(call).scopes is None:
            return reply
        return Reply(reply.status, {**reply.body, "metadata": self._made[reply.body["id"]]})


# After a refusal


class _Remembering(TriggerReference):
    """Keeps count of the refusals of each body at each address."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._refused: dict[tuple[str, str, bytes], int] = {}

    def obey(self, operation: Any, call: Call) -> Reply:
        known = (call.operation, call.address, call.body)
        reply = super().obey(operation, call)
        if 400 <= reply.status < 500 and reply.status not in (401, 404):
            self._refused[known] = self._refused.get(known, 0) + 1
            return self.after(call, reply, self._refused[known])
        return reply

    def after(self, call: Call, reply: Reply, times: int) -> Reply:
        """What a refusal is answered when it is the one of this number."""
        raise NotImplementedError


@mutant("update.refusal-is-repeated-and-seen-nowhere")
class RepeatedUpdateIsTaken(_Remembering):
    """A refused update that is repeated is answered with the row, as if it had been done."""

    def after(self, call: Call, reply: Reply, times: int) -> Reply:
        return self.retrieve(call) if call.operation == "update" and times > 1 else reply


@mutant("close.refusal-is-repeated-and-seen-nowhere")
class ThirdCloseIsTaken(_Remembering):
    """A refused close is answered with the row when it is sent for the third time."""

    def after(self, call: Call, reply: Reply, times: int) -> Reply:
        return self.retrieve(call) if call.operation == "close" and times > 2 else reply


@mutant("create.refusal-is-repeated-and-makes-nothing")
class SecondCreateIsTaken(_Remembering):
    """A refused create is answered with 201 and nothing when it is repeated."""

    def after(self, call: Call, reply: Reply, times: int) -> Reply:
        return Reply(201, {}) if call.operation == "create" and reply.status == 422 and times > 1 else reply


@mutant("create.closed-external-id-answers-409")
class FourthConflictMakesASession(_Remembering):
    """A create with the externalId of a closed session is answered with 201 when it is sent often enough."""

    def after(self, call: Call, reply: Reply, times: int) -> Reply:
        if call.operation == "create" and reply.status == 409 and times > 3:
            environment = self.environment_to_create(call)
            with self.writing() as db:
                row = self.new_row(
                    environment, {**self.check_create(self.create_object(call)), "externalId": None}
                )
                self.insert_row(db, row)
            return self.created_reply(environment, row)
        return reply


@mutant("create.conflict-leaves-closed-session")
class ConflictRevivesForReadersByName(TriggerReference):
    """After a create with the externalId of a closed session a retrieve by that shows it open."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._revived: set[str] = set()

    def check_not_ended(self, row: Row) -> None:
        if self.is_closed(row):
            self._revived.add(str(row.external_id))
        super().check_not_ended(row)

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        if self.address(call) in self._revived:
            return _without(reply, "closedAt", "closedReason")
        return reply


class _Leaking(TriggerReference):
    """A refused write is seen by a retrieve with the session's token."""

    OPERATION = ""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._tried: dict[str, Any] = {}

    def obey(self, operation: Any, call: Call) -> Reply:
        reply = super().obey(operation, call)
        if call.operation == self.OPERATION and reply.status in (422, 413, 400):
            key = self.environment_with_key(self.credential(call))
            with self.reading() as db:
                row = None if key is None else self.find(db, key, self.address(call))
            if row is not None:
                self._tried[row.id] = True
        return reply

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        by_token = self.reader(call).scopes is not None
        return self.leaked(reply) if by_token and reply.body["id"] in self._tried else reply

    def leaked(self, reply: Reply) -> Reply:
        """What a token is shown after a refused write."""
        raise NotImplementedError


@mutant("update.refusal-is-repeated-and-seen-nowhere")
class RefusedUpdateIsSeenByTokens(_Leaking):
    """After a refused update a retrieve with the session's token shows no tags."""

    OPERATION = "update"

    def leaked(self, reply: Reply) -> Reply:
        return Reply(reply.status, {**reply.body, "tags": []})


@mutant("close.refusal-is-repeated-and-seen-nowhere")
class RefusedCloseIsSeenByTokens(_Leaking):
    """After a refused close a retrieve with the session's token shows the session as closed."""

    OPERATION = "close"

    def leaked(self, reply: Reply) -> Reply:
        return Reply(reply.status, {**reply.body, "closedAt": reply.body["updatedAt"]})


@mutant("create.refusal-is-repeated-and-makes-nothing")
class RefusedNamesCanBeClosed(TriggerReference):
    """A close of an externalId that a create was refused with is answered with 409 instead of 404."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._wanted: set[str] = set()

    def check_body(self, body: dict[str, Any], rules: Any, required: tuple[str, ...]) -> dict[str, Any]:
        try:
            return super().check_body(body, rules, required)
        except Refusal:
            self._wanted.add(str(body.get("externalId")))
            raise

    def close_session(self, call: Call) -> Reply:
        if self.address(call) in self._wanted and self.environment_to_close(call):
            with self.reading() as db:
                if self.find(db, self.environment_to_close(call), self.address(call)) is None:
                    raise self.closed_conflict()
        return super().close_session(call)


# Later


class _Aging(TriggerReference):
    """Something is lost some time after it was written."""

    AGE = 1_500

    def is_old(self, row: Row) -> bool:
        """Whether the row was made some time ago."""
        return self.now() - row.created_at > self.AGE


@mutant("retrieve.rows-last")
class MetadataIsLostLater(_Aging):
    """Metadata is lost some seconds after the session was made."""

    def shown_metadata(self, row: Row) -> Any:
        return None if self.is_old(row) else super().shown_metadata(row)


@mutant("retrieve.rows-last")
class NamesAreLostLater(_Aging):
    """A session is no longer found by its externalId some seconds after it was made."""

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        row = super().find(db, environment, address)
        return None if row is not None and self.is_old(row) and not self.is_id(address) else row


@mutant("retrieve.rows-last")
class OnlyTheNewestAreFound(TriggerReference):
    """Of the sessions of an environment only the ten that were made last are found by externalId."""

    NEWEST = 10

    def find(self, db: Connection, environment: Environment, address: str) -> Row | None:
        row = super().find(db, environment, address)
        if row is None or self.is_id(address):
            return row
        newer = db.execute(
            "SELECT count(*) FROM sessions WHERE environment = ? AND created_at > ?",
            (environment.id, row.created_at),
        ).fetchone()[0]
        return None if newer >= self.NEWEST else row


@mutant("update.writes-last")
class UpdatesAreUndoneLater(_Aging):
    """What an update wrote is undone some seconds after the session was made."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._made: dict[str, Row] = {}

    def insert_row(self, db: Connection, row: Row) -> None:
        self._made[row.id] = row
        super().insert_row(db, row)

    def shown_tags(self, row: Row) -> Any:
        return self._made[row.id].tags if self.is_old(row) else row.tags

    def shown_metadata(self, row: Row) -> Any:
        return self._made[row.id].metadata if self.is_old(row) else row.metadata


@mutant("create.closed-external-id-answers-409")
class ClosedNamesAreFreeLater(_Aging):
    """The externalId of a closed session can be used again some seconds later."""

    def existing_row(self, db: Connection, environment: Environment, fields: Mapping[str, Any]) -> Row | None:
        row = super().existing_row(db, environment, fields)
        return None if row is not None and self.is_closed(row) and self.is_old(row) else row


@mutant("tokens.retrieves-own-session")
class TokensAreForgottenLater(TriggerReference):
    """A token is good for a second, whatever it says."""

    def claims_hold(self, environment: Environment, claims: Mapping[str, Any]) -> bool:
        return super().claims_hold(environment, claims) and claims["iat"] >= self.now() / 1000 - 2


@mutant("close.keeps-other-members")
class LateCloseClearsTheTags(_Aging):
    """A close of a session that is some seconds old takes its tags away."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return Row(**{**vars(row), "tags": []}) if self.is_old(row) else row
