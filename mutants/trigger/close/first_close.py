"""Servers that close wrongly."""

from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference

HOUR = 3_600_000
"""Milliseconds."""


@mutant("close.answers-200")
class CloseAnswers201(TriggerReference):
    """A close answers 201."""

    def closed_reply(self, row: Row) -> Reply:
        return replace(super().closed_reply(row), status=201)


@mutant("close.sets-closed-at")
class CloseIsNotStored(TriggerReference):
    """The reply of a close shows closedAt, but nothing is stored."""

    def close_first(self, db: Connection, change: Change) -> Row:
        return self.touched(self.closed_row(change))


@mutant("close.sets-closed-at")
class CloseReplyIsTheOldRow(TriggerReference):
    """The first close answers with the row as it was before."""

    def close_first(self, db: Connection, change: Change) -> Row:
        super().close_first(db, change)
        return change.row


@mutant("close.sets-closed-at")
class ClosedAtIsStoredLater(TriggerReference):
    """The closedAt that is stored is not the one that the reply showed."""

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        self.save_row(db, replace(row, closed_at=(row.closed_at or 0) + 1500))
        return row


class _ClosedAt(TriggerReference):
    """closedAt is another instant than that of the close."""

    def closed_row(self, change: Change) -> Row:
        return replace(super().closed_row(change), closed_at=self.closed_at(change.row))

    def closed_at(self, row: Row) -> int:
        """The instant that is recorded."""
        raise NotImplementedError


@mutant("close.closed-at-is-time-of-close")
class ClosedAtIsCreatedAt(_ClosedAt):
    """closedAt is when the session was made."""

    def closed_at(self, row: Row) -> int:
        return row.created_at


@mutant("close.closed-at-is-time-of-close")
class ClosedAtIsSomeSecondsLate(_ClosedAt):
    """closedAt is when the last run will have been stopped, seven seconds later."""

    def closed_at(self, row: Row) -> int:
        return self.now() + 7_000


@mutant("close.closed-at-is-time-of-close")
class ClosedAtIsLocalTime(_ClosedAt):
    """closedAt is local time with a Z behind it."""

    def closed_at(self, row: Row) -> int:
        return self.now() + HOUR


@mutant("close.closed-at-is-time-of-close")
class ClosedAtIsInSeconds(_ClosedAt):
    """closedAt takes seconds for milliseconds and lies in 1970."""

    def closed_at(self, row: Row) -> int:
        return self.now() // 1000


@mutant("close.closed-at-is-time-of-close")
class ClosedAtIsExpiresAt(_ClosedAt):
    """closedAt is the retention deadline, or an hour away."""

    def closed_at(self, row: Row) -> int:
        return row.expires_at or self.now() + HOUR


@mutant("close.records-reason")
class CloseForgetsTheReason(TriggerReference):
    """The reason is shown in the reply and not stored."""

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        self.save_row(db, replace(row, closed_reason=None))
        return row


@mutant("close.records-reason")
class CloseByExternalIdDropsTheReason(TriggerReference):
    """A close by externalId does not record its reason."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return row if self.is_id(self.address(change.call)) else replace(row, closed_reason=None)


@mutant("close.without-reason-leaves-none")
class CloseMakesUpAReason(TriggerReference):
    """A close without a reason records 'closed'."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_reason=row.closed_reason or "closed")


@mutant("close.without-reason-leaves-none")
class CloseStoresAnEmptyReason(TriggerReference):
    """A close without a reason stores an empty one, which a later retrieve shows."""

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        self.save_row(db, replace(row, closed_reason=row.closed_reason or ""))
        return row


class _AtClose(TriggerReference):
    """A close changes more than it should."""

    def closed_row(self, change: Change) -> Row:
        return self.also(super().closed_row(change))

    def also(self, row: Row) -> Row:
        """The closed row with something else changed."""
        raise NotImplementedError


@mutant("close.keeps-other-members")
class CloseClearsMetadata(_AtClose):
    """A close clears the metadata."""

    def also(self, row: Row) -> Row:
        return replace(row, metadata=None)


@mutant("close.keeps-other-members")
class CloseMakesMetadataAnObject(_AtClose):
    """A close turns metadata null into an empty object."""

    def also(self, row: Row) -> Row:
        return replace(row, metadata=row.metadata or {})


@mutant("close.keeps-other-members")
class CloseTagsTheSession(_AtClose):
    """A close adds a tag."""

    def also(self, row: Row) -> Row:
        return replace(row, tags=[*row.tags, "closed"])


@mutant("close.keeps-other-members")
class CloseDropsTriggerConfig(_AtClose):
    """A close empties triggerConfig: there will be no further run."""

    def also(self, row: Row) -> Row:
        return replace(row, trigger_config={"basePayload": {}})


@mutant("close.keeps-expires-at")
class CloseMovesExpiresAt(_AtClose):
    """A close sets expiresAt to thirty days from now."""

    def also(self, row: Row) -> Row:
        return replace(row, expires_at=self.now() + 30 * 24 * HOUR)


@mutant("close.keeps-other-members")
class CloseMovesCreatedAt(_AtClose):
    """A close writes the row anew, createdAt included."""

    def also(self, row: Row) -> Row:
        return replace(row, created_at=self.now() + 1)


@mutant("close.body-is-optional")
class CloseNeedsABody(TriggerReference):
    """A close without a body is refused as not being JSON."""

    def close_object(self, call: Call) -> dict[str, Json]:
        return self.read_object(call, self.CLOSE_BODY_BYTES)


@mutant("close.body-is-optional")
class CloseNeedsAContentType(TriggerReference):
    """A close without a content type answers 415."""

    def close_object(self, call: Call) -> dict[str, Json]:
        if "content-type" not in call.headers:
            raise Refusal(415, "Unsupported media type")
        return super().close_object(call)


@mutant("close.body-is-optional")
class CloseWithoutBodyDoesNothing(TriggerReference):
    """A close without a body answers 200 and closes nothing."""

    def close_first(self, db: Connection, change: Change) -> Row:
        return super().close_first(db, change) if change.call.body else change.row


@mutant("close.by-id")
class CloseByIdDoesNothing(TriggerReference):
    """A close by id answers 200 and closes nothing."""

    def close_first(self, db: Connection, change: Change) -> Row:
        by_id = self.is_id(self.address(change.call))
        return change.row if by_id else super().close_first(db, change)


@mutant("close.by-external-id")
class CloseKnowsIdsAlone(TriggerReference):
    """A close by externalId answers 404."""

    def close_session(self, call: Call) -> Reply:
        if not self.is_id(self.address(call)):
            raise self.not_found()
        return super().close_session(call)


@mutant("close.by-external-id")
class CloseByExternalIdIsNotStored(TriggerReference):
    """A close by externalId is shown in the reply and not stored."""

    def close_first(self, db: Connection, change: Change) -> Row:
        if self.is_id(self.address(change.call)):
            return super().close_first(db, change)
        return self.closed_row(change)
