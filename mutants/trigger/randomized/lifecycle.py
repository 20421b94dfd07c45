"""Servers that go wrong only after certain calls: nobody would write a check for just these."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Reply
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment, Reader


class Remembering(TriggerReference):
    """Counts what was done to each session, by its id."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.done: Counter[tuple[str, str]] = Counter()

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        by = "id" if self.is_id(self.address(change.call)) else "externalId"
        self.done[row.id, f"update by {by}"] += 1
        self.done[row.id, "update"] += 1
        return row


@mutant("lifecycle.model-close")
class CloseClearsMetadataAfterUpdateByExternalId(Remembering):
    """A close clears the metadata of a session that was updated by its externalId."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, metadata=None) if self.done[row.id, "update by externalId"] else row


@mutant("lifecycle.model-close")
class CloseByIdAfterTwoUpdatesLosesReason(Remembering):
    """A close by id of a session that was updated twice forgets the reason."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        twice = self.done[row.id, "update"] > 1 and self.is_id(self.address(change.call))
        return replace(row, closed_reason=None) if twice else row


@mutant("lifecycle.model-close")
class CloseAfterRefusedCreateChangesReason(Remembering):
    """A closed session whose externalId was asked for again takes the reason of the next close."""

    def check_not_ended(self, row: Row) -> None:
        self.done[row.id, "create again"] += 1
        super().check_not_ended(row)

    def close_again(self, db: Connection, change: Change) -> Row:
        row = change.row
        if self.done[row.id, "create again"] and "reason" in change.fields:
            row = replace(row, closed_reason=change.fields["reason"])
            self.save_row(db, row)
        return row


@mutant("lifecycle.model-update")
class LaterUpdatesMergeMetadata(Remembering):
    """Metadata is replaced by the first update of a session and merged by those after it."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        if self.done[row.id, "update"] and row.metadata is not None:
            return replace(row, metadata={**(change.row.metadata or {}), **row.metadata})
        return row


@mutant("lifecycle.model-update")
class UpdateAfterCachedCreateRestoresTags(Remembering):
    """The first update after a cached create brings back the tags that the create has sent."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.sent: dict[str, list[str]] = {}

    def reuse_row(self, db: Connection, change: Change) -> Row:
        self.sent[change.row.id] = change.fields.get("tags", [])
        return super().reuse_row(db, change)

    def updated_tags(self, change: Change) -> list[str]:
        restored = self.sent.pop(change.row.id, None)
        return super().updated_tags(change) if restored is None or "tags" in change.fields else restored


@mutant("lifecycle.model-update")
class OwnExternalIdIsRefusedAfterUpdate(Remembering):
    """Once a session was updated, naming its own externalId is refused."""

    def same_external_id(self, own: str | None, named: str | None) -> bool:
        return super().same_external_id(own, named) and not self.updated_once(own)

    def updated_once(self, own: str | None) -> bool:
        """Whether the session of an externalId was updated."""
        return any(name == "update by externalId" for _, name in self.done) and own is not None


@mutant("lifecycle.model-create")
class CachedCreateShowsFirstTags(Remembering):
    """A cached create shows the tags that the session was made with, whatever was written since."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.first: dict[str, list[str]] = {}

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self.first[row.id] = row.tags

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        return super().cached_reply(environment, replace(row, tags=self.first.get(row.id, row.tags)))


@mutant("lifecycle.model-create")
class CloseAfterUpdateFreesExternalId(Remembering):
    """The externalId of a session that was updated and then closed can be used again."""

    def existing_row(
        self, db: Connection, environment: Environment, fields: Mapping[str, object]
    ) -> Row | None:
        row = super().existing_row(db, environment, fields)
        freed = row is not None and self.is_closed(row) and self.done[row.id, "update"]
        return None if freed else row


@mutant("lifecycle.model-create")
class ClearedMetadataComesBack(Remembering):
    """A cached create writes its metadata when an update has cleared that of the session."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        if change.row.metadata is None and self.done[change.row.id, "update"]:
            row = replace(change.row, metadata=change.fields.get("metadata"))
            self.save_row(db, row)
            return row
        return change.row


@mutant("lifecycle.model-retrieve")
class EverySeventhUpdateIsNotStored(TriggerReference):
    """Every seventh update is answered like the others, but not stored."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.updates = 0

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        self.updates += 1
        if self.updates % 7 == 0:
            self.save_row(db, change.row)
        return row


@mutant("lifecycle.model-update")
class RefusedUpdateAppliesAfterAnUpdate(Remembering):
    """A refused update of a session that was updated before stores the metadata that was sent along."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal:
            self.store_all_the_same(call)
            raise

    def store_all_the_same(self, call: Call) -> None:
        """Write the metadata of an update that was refused."""
        fields = self.check_update(self.update_object(call))
        with self.writing() as db:
            row = self.find_to_change(db, self.environment_to_update(call), call)
            if self.done[row.id, "update"] and "metadata" in fields:
                self.save_row(db, replace(row, metadata=fields["metadata"]))


@mutant("lifecycle.model-retrieve")
class CloseByExternalIdIsSeenByIdOnly(Remembering):
    """A close by externalId of an updated session is not seen by a retrieve by externalId."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.open_rows: dict[str, Row] = {}

    def closed_row(self, change: Change) -> Row:
        if self.done[change.row.id, "update"] and not self.is_id(self.address(change.call)):
            self.open_rows[change.row.id] = change.row
        return super().closed_row(change)

    def retrieve(self, call: Call) -> Reply:
        self.by_id = self.is_id(self.address(call)) or self.reader(call).scopes is not None
        return super().retrieve(call)

    def retrieved_reply(self, row: Row) -> Reply:
        return super().retrieved_reply(row if self.by_id else self.open_rows.get(row.id, row))


@mutant("lifecycle.model-tokens")
class TokenOfCachedCreateCloses(TriggerReference):
    """The token that a cached create issues may close the session."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.trusted: dict[str, Environment] = {}

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        reply = super().cached_reply(environment, row)
        self.trusted[reply.body["publicAccessToken"]] = environment
        return reply

    def environment_to_close(self, call: Call) -> Environment:
        known = self.trusted.get(self.credential(call))
        return known or super().environment_to_close(call)


@mutant("lifecycle.model-tokens")
class TokenIsLostAfterTwoUpdates(Remembering):
    """After two updates of a session its token cannot retrieve it any more."""

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        lost = reader.scopes is not None and self.done[row.id, "update"] > 1
        return super().may_read_row(reader, row) and not lost
