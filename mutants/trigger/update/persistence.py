"""Updates that are not stored, or half stored, or that set the wrong instant or member."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.instants import parse_instant
from reference.refusals import Refusal
from reference.trigger import Change, Row, TriggerReference

DAY = 86_400_000


def named(change: Change, member: str, otherwise: Json) -> Json:
    """What an update sends for a member that it does not document."""
    return json.loads(change.call.body).get(member, otherwise)


class _Forgetful(TriggerReference):
    """Updates whose reply shows the change, but that are not always stored."""

    def forgets(self, call: Call) -> bool:
        return True

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        if self.forgets(change.call):
            self.save_row(db, change.row)
        return row


@mutant("update.by-id")
class UpdateByIdIsForgotten(_Forgetful):
    """An update by id is shown in its reply but not stored."""

    def forgets(self, call: Call) -> bool:
        return call.address.startswith("session_")


@mutant("update.by-external-id")
class UpdateByExternalIdIsForgotten(_Forgetful):
    """An update by externalId is shown in its reply but not stored."""

    def forgets(self, call: Call) -> bool:
        return not call.address.startswith("session_")


@mutant("update.by-external-id")
class UpdateKnowsIdsOnly(TriggerReference):
    """An update by externalId finds nothing."""

    def update(self, call: Call) -> Reply:
        if not self.is_id(call.address):
            raise self.not_found()
        return super().update(call)


@mutant("update.seen-by-retrieve")
class UpdateIsForgotten(_Forgetful):
    """An update is shown in its reply but not stored."""


@mutant("update.seen-by-retrieve")
class RetrieveByExternalIdIsCached(TriggerReference):
    """A retrieve by externalId shows for ever what the first one showed."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.replies: dict[tuple[Any, str], Reply] = {}

    def retrieve(self, call: Call) -> Reply:
        if self.is_id(call.address):
            return super().retrieve(call)
        key = (call.headers.get("authorization"), call.address)
        if key not in self.replies:
            self.replies[key] = super().retrieve(call)
        return self.replies[key]


class _AppliesWhatIsGood(TriggerReference):
    """Updates that are refused, but leave something behind."""

    LEFT: tuple[str, ...] = ("tags", "metadata")

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.problems:
                self.apply_left(call)
            raise

    def apply_left(self, call: Call) -> None:
        body = json.loads(call.body)
        rules = self.update_rules()
        for name in self.LEFT:
            try:
                good = {name: rules[name](body[name], (name,))}
                self.write(call, good)
            except Exception:  # noqa: BLE001, S112 - whatever cannot be applied is left out
                continue

    def write(self, call: Call, good: dict[str, Json]) -> None:
        environment = self.environment_to_update(call)
        with self.writing() as db:
            row = self.find_to_change(db, environment, call)
            self.apply_update(db, Change(call, environment, row, good))


@mutant("update.refused-update-applies-nothing")
class RefusedUpdateKeepsTheTags(_AppliesWhatIsGood):
    """An update that is refused has applied its tags already."""

    LEFT = ("tags",)


@mutant("update.refused-update-applies-nothing")
class RefusedUpdateKeepsTheMetadata(_AppliesWhatIsGood):
    """An update that is refused for its tags has applied its metadata already."""

    LEFT = ("metadata",)


@mutant("update.refused-update-applies-nothing")
class RefusedUpdateByExternalIdIsApplied(_AppliesWhatIsGood):
    """An update by externalId that is refused has applied what was good of it."""

    def write(self, call: Call, good: dict[str, Json]) -> None:
        if not self.is_id(call.address):
            super().write(call, good)


@mutant("update.updated-at-never-goes-back")
class UpdatedAtIsCutToItsDay(TriggerReference):
    """updatedAt is set without its time, so that it lies before createdAt."""

    def touched(self, row: Row) -> Row:
        return replace(row, updated_at=self.now() // DAY * DAY)


@mutant("update.updated-at-never-goes-back")
class TagsTakeUpdatedAtBack(TriggerReference):
    """An update of the tags sets an updatedAt that is ten seconds old."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        if row.tags != change.row.tags:
            row = replace(row, updated_at=self.now() - 10_000)
            self.save_row(db, row)
        return row


@mutant("update.updated-at-never-goes-back")
class ClearingResetsUpdatedAt(TriggerReference):
    """Clearing the metadata sets updatedAt back to createdAt."""

    def touched(self, row: Row) -> Row:
        return super().touched(row) if row.metadata is not None else replace(row, updated_at=row.created_at)


@mutant("update.updated-at-moves-on-change")
class UpdatedAtStandsStill(TriggerReference):
    """updatedAt stays as it was when the session was made."""

    def touched(self, row: Row) -> Row:
        return row


@mutant("update.updated-at-moves-on-change")
class OnlyTagsMoveUpdatedAt(TriggerReference):
    """A change of the metadata alone does not move updatedAt."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        row = row if "tags" in change.fields else replace(row, updated_at=change.row.updated_at)
        self.save_row(db, row)
        return row


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheType(TriggerReference):
    """An update that names a type changes it."""

    def updated_row(self, change: Change) -> Row:
        return replace(super().updated_row(change), type=named(change, "type", change.row.type))


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheTask(TriggerReference):
    """An update by externalId that names a taskIdentifier changes it."""

    def updated_row(self, change: Change) -> Row:
        own = change.row.task_identifier
        task = own if self.is_id(change.call.address) else named(change, "taskIdentifier", own)
        return replace(super().updated_row(change), task_identifier=task)


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheDeadline(TriggerReference):
    """An update that names an expiresAt changes it."""

    def updated_row(self, change: Change) -> Row:
        sent = named(change, "expiresAt", None)
        return replace(
            super().updated_row(change), expires_at=parse_instant(sent) if sent else change.row.expires_at
        )


@mutant("update.unlisted-members-never-change")
class UpdateClearsTheDeadline(TriggerReference):
    """An update with expiresAt null takes the deadline away."""

    def updated_row(self, change: Change) -> Row:
        cleared = named(change, "expiresAt", 0) is None
        return replace(super().updated_row(change), expires_at=None if cleared else change.row.expires_at)


@mutant("update.unlisted-members-never-change")
class UpdateCloses(TriggerReference):
    """An update that names a closedAt closes the session."""

    def updated_row(self, change: Change) -> Row:
        sent = named(change, "closedAt", None)
        return replace(super().updated_row(change), closed_at=parse_instant(sent) if sent else None)


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheReason(TriggerReference):
    """An update that names a closedReason sets it."""

    def updated_row(self, change: Change) -> Row:
        return replace(super().updated_row(change), closed_reason=named(change, "closedReason", None))


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheTriggerConfig(TriggerReference):
    """An update that names a triggerConfig replaces it, and does not show it in its reply."""

    def updated_row(self, change: Change) -> Row:
        sent = named(change, "triggerConfig", None) or change.row.trigger_config
        return replace(super().updated_row(change), trigger_config=sent)

    def updated_reply(self, row: Row) -> Reply:
        reply = super().updated_reply(row)
        return replace(reply, body={key: reply.body[key] for key in reply.body if key != "triggerConfig"})


@mutant("update.unlisted-members-never-change")
class UpdateTakesCreatedAt(TriggerReference):
    """An update that names a createdAt changes it."""

    def updated_row(self, change: Change) -> Row:
        sent = named(change, "createdAt", None)
        return replace(
            super().updated_row(change), created_at=parse_instant(sent) if sent else change.row.created_at
        )


@mutant("update.unlisted-members-never-change")
class UpdateTakesUpdatedAt(TriggerReference):
    """An update that names an updatedAt sets it."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        sent = named(change, "updatedAt", None)
        row = replace(row, updated_at=parse_instant(sent) if sent else row.updated_at)
        self.save_row(db, row)
        return row


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheRun(TriggerReference):
    """An update that names a runId or a currentRunId sets it."""

    def updated_row(self, change: Change) -> Row:
        return replace(
            super().updated_row(change),
            run_id=named(change, "runId", change.row.run_id),
            current_run_id=named(change, "currentRunId", change.row.current_run_id),
        )


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheFirstRun(TriggerReference):
    """An update that names a runId sets the first run, which only create shows."""

    def updated_row(self, change: Change) -> Row:
        return replace(super().updated_row(change), run_id=named(change, "runId", change.row.run_id))


@mutant("update.unlisted-members-never-change")
class UpdateTakesTheId(TriggerReference):
    """An update that names an id moves the session there."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        row = replace(row, id=named(change, "id", row.id))
        db.execute("DELETE FROM sessions WHERE id = ?", (change.row.id,))
        self.save_row(db, row)
        return row
