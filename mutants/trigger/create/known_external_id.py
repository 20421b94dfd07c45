"""Creates that treat an externalId which is in use wrongly."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from mutants.trigger.latitudes.retention import DAY, RetainsForAMonth
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

CONFLICT = 409


@mutant("create.same-external-id-answers-200")
class CachedCreateAnswers201(TriggerReference):
    """A create that finds an open session answers 201."""

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        return replace(super().cached_reply(environment, row), status=201)


@mutant("create.same-external-id-answers-200")
class OnlyTheSameTypeIsFound(TriggerReference):
    """A create with the externalId of an open session of another type answers 409."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        if change.fields["type"] != change.row.type:
            raise Refusal(CONFLICT, "The externalId belongs to a session of another type")
        return super().reuse_row(db, change)


@mutant("create.same-external-id-is-cached")
class CachedCreateSaysNew(TriggerReference):
    """A create that finds an open session answers isCached false."""

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        return Reply(200, self.create_body(environment, row, cached=False))


@mutant("create.same-external-id-returns-same-id")
class CachedCreateMakesAnother(TriggerReference):
    """A create with the externalId of an open session makes a second session with it."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        row = self.new_row(change.environment, change.fields)
        self.insert_row(db, row)
        return row


@mutant("create.same-external-id-returns-same-id")
class CachedCreateReplacesBehindTheReply(TriggerReference):
    """A create with the externalId of an open session shows it, but gives its externalId to a new one."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        self.save_row(db, replace(change.row, external_id=None))
        self.insert_row(db, self.new_row(change.environment, change.fields))
        return change.row


class Overwriting(TriggerReference):
    """Saves the row that a mutant makes of the open session and the second create's body."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        row = replace(change.row, **self.overwritten(change))
        self.save_row(db, row)
        return row

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        """The columns that the second create changes."""
        return {}


@mutant("create.cached-keeps-type")
class CachedCreateOverwritesType(Overwriting):
    """A create that finds an open session gives it the type that was sent."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"type": change.fields["type"]}


@mutant("create.cached-keeps-task-identifier")
class CachedCreateOverwritesTask(Overwriting):
    """A create that finds an open session gives it the taskIdentifier that was sent."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"task_identifier": change.fields["taskIdentifier"]}


@mutant("create.cached-keeps-tags")
class CachedCreateOverwritesTags(Overwriting):
    """A create that finds an open session gives it the tags that were sent, if any were."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"tags": change.fields.get("tags") or change.row.tags}


@mutant("create.cached-keeps-tags")
class CachedCreateWithoutTagsEmptiesThem(Overwriting):
    """A create that finds an open session and sends no tags empties the tags."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"tags": change.row.tags if "tags" in change.fields else []}


@mutant("create.cached-keeps-metadata")
class CachedCreateMergesMetadata(Overwriting):
    """A create that finds an open session merges the metadata that was sent into what is there."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        sent = change.fields.get("metadata")
        return {"metadata": {**(change.row.metadata or {}), **sent} if sent else change.row.metadata}


@mutant("create.cached-keeps-metadata")
class CachedCreateFillsInMetadata(Overwriting):
    """A create that finds an open session without metadata gives it what was sent."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"metadata": change.row.metadata or change.fields.get("metadata")}


@mutant("create.cached-keeps-metadata")
class CachedCreateEchoesMetadata(TriggerReference):
    """The reply to a create that finds an open session shows the metadata that was sent."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        return replace(change.row, metadata=change.fields.get("metadata", change.row.metadata))


@mutant("create.cached-keeps-metadata")
class FirstReplyIsRepeated(TriggerReference):
    """A create that finds an open session shows the row as it was made, whatever was updated since."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.made: dict[str, Row] = {}

    def insert_row(self, db: Connection, row: Row) -> None:
        self.made[row.id] = row
        super().insert_row(db, row)

    def reuse_row(self, db: Connection, change: Change) -> Row:
        return self.made[change.row.id]


@mutant("create.cached-keeps-expires-at")
class CachedCreateMovesExpiry(Overwriting):
    """A create that finds an open session moves its expiresAt to the one that was sent."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"expires_at": change.fields.get("expiresAt", change.row.expires_at)}


@mutant("create.cached-keeps-expires-at")
class CachedCreateRetainsForADay(RetainsForAMonth):
    """A session that is made without expiresAt is kept for a month, and for a day once it is found again."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        row = super().reuse_row(db, change)
        if row.expires_at is not None and row.expires_at > row.created_at + 29 * DAY:
            row = replace(row, expires_at=row.created_at + DAY)
            self.save_row(db, row)
        return row


@mutant("create.cached-keeps-expires-at")
class CachedCreateClearsExpiry(Overwriting):
    """A create that finds an open session and sends no expiresAt clears it."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"expires_at": change.row.expires_at if "expiresAt" in change.fields else None}


@mutant("create.cached-keeps-created-at")
class CachedCreateIsBornAgain(Overwriting):
    """A create that finds an open session sets its createdAt to now."""

    def overwritten(self, change: Change) -> Mapping[str, Any]:
        return {"created_at": max(self.now(), change.row.created_at + 1)}


@mutant("create.closed-external-id-answers-409")
class ClosedExternalIdIsFree(TriggerReference):
    """A create with the externalId of a closed session makes a new one."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        row = super().existing_row(db, environment, fields)
        return None if row is None or row.closed_at is not None else row


@mutant("create.closed-external-id-answers-409")
class ClosedSessionIsReopened(TriggerReference):
    """A create with the externalId of a closed session opens it again."""

    def check_not_ended(self, row: Row) -> None:
        if not self.is_closed(row):
            super().check_not_ended(row)

    def reuse_row(self, db: Connection, change: Change) -> Row:
        row = replace(change.row, closed_at=None, closed_reason=None)
        self.save_row(db, row)
        return row


@mutant("create.closed-external-id-answers-409")
class OnlyClosedForAReasonIsClosed(TriggerReference):
    """A create finds a closed session as if it were open, when it was closed without a reason."""

    def check_not_ended(self, row: Row) -> None:
        if row.closed_at is None or row.closed_reason is not None:
            super().check_not_ended(row)


@mutant("create.closed-external-id-answers-409")
class ClosedExternalIdAnswers422(TriggerReference):
    """A create with the externalId of a closed session is refused with 422."""

    def closed_conflict(self) -> Refusal:
        return Refusal(422, "A closed session has this externalId")


@mutant("create.conflict-leaves-whole-row")
class ClosedConflictTouchesTheRow(TriggerReference):
    """A create that is refused for a closed session moves that session's updatedAt."""

    def create(self, call: Call) -> Reply:
        try:
            return super().create(call)
        except Refusal as refusal:
            if refusal.status == CONFLICT:
                self.leave_a_trace(call)
            raise

    def leave_a_trace(self, call: Call) -> None:
        """Write what the refusal changes."""
        environment = self.environment_to_create(call)
        with self.writing() as db:
            row = self.existing_row(db, environment, self.check_create(self.create_object(call)))
            if row is not None:
                self.save_row(db, self.traced(row))

    def traced(self, row: Row) -> Row:
        """The closed row after a create was refused for it."""
        return self.touched(row)


@mutant("create.conflict-leaves-closed-session")
class ClosedConflictForgetsTheReason(ClosedConflictTouchesTheRow):
    """A create that is refused for a closed session clears that session's closedReason."""

    def traced(self, row: Row) -> Row:
        return replace(row, closed_reason=None)


@mutant("create.conflict-leaves-closed-session")
class ClosedConflictWritesMetadata(ClosedConflictTouchesTheRow):
    """A create that is refused for a closed session writes that session's metadata."""

    def traced(self, row: Row) -> Row:
        return replace(row, metadata={"refused": True})


@mutant("create.conflict-leaves-closed-session")
class ClosedConflictMovesTheDeadline(ClosedConflictTouchesTheRow):
    """A create that is refused for a closed session takes that session's deadline away."""

    def traced(self, row: Row) -> Row:
        return replace(row, expires_at=None)


@mutant("create.expired-external-id-answers-409")
class ExpiryIsIgnored(TriggerReference):
    """A create finds an expired session as if it were open."""

    def is_expired(self, row: Row) -> bool:
        return False


@mutant("create.expired-external-id-answers-409")
class ExpiryCountsByTheDay(TriggerReference):
    """A session has expired only on the day after its expiresAt."""

    def is_expired(self, row: Row) -> bool:
        return row.expires_at is not None and row.expires_at // 86_400_000 < self.now() // 86_400_000


@mutant("create.expired-external-id-answers-409")
class ExpiredExternalIdIsFree(TriggerReference):
    """A create with the externalId of an expired session makes a new one."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, Json]
    ) -> Row | None:
        row = super().existing_row(db, environment, fields)
        return None if row is None or self.is_expired(row) else row


@mutant("create.expired-external-id-answers-409")
class ExpiredExternalIdAnswers422(TriggerReference):
    """A create with the externalId of an expired session is refused with 422."""

    def expired_conflict(self) -> Refusal:
        return Refusal(422, "An expired session has this externalId")


@mutant("create.cached-keeps-tags")
class CreateRemembersWhatIsUpdatedByName(TriggerReference):
    """A repeated create shows the row from a cache by id, which an update by externalId does not clear."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._kept: dict[str, Row] = {}

    def created_reply(self, environment: Environment, row: Row) -> Reply:
        self._kept[row.id] = row
        return super().created_reply(environment, row)

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        return super().cached_reply(environment, self._kept.setdefault(row.id, row))

    def update(self, call: Call) -> Reply:
        reply = super().update(call)
        self._kept.pop(self.address(call), None)
        return reply


@mutant("create.closed-external-id-answers-409")
class ClosedByNameStaysKnownToCreate(TriggerReference):
    """A create finds its session in a cache, from which only a close by id takes it."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._kept: set[str] = set()

    def check_not_ended(self, row: Row) -> None:
        if row.id not in self._kept:
            super().check_not_ended(row)

    def closed_row(self, change: Change) -> Row:
        if not self.is_id(self.address(change.call)):
            self._kept.add(change.row.id)
        return super().closed_row(change)


@mutant("create.expired-external-id-answers-409")
class UpdatesReviveTheExpired(TriggerReference):
    """A session that was updated after its deadline counts as live again."""

    def is_expired(self, row: Row) -> bool:
        was_updated_late = row.created_at < (row.expires_at or 0) <= row.updated_at
        return super().is_expired(row) and not was_updated_late
