"""Servers whose writes reach other sessions, and servers with methods that no page has."""

import json
from collections.abc import Sequence
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Call, Operation, Reply
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment


@mutant("bystanders.create-leaves-others")
class CreateClosesTheLastOne(TriggerReference):
    """A new session closes the newest open one of the same task: a user has one chat at a time."""

    def insert_row(self, db: Connection, row: Row) -> None:
        db.execute(
            "UPDATE sessions SET closed_at = ?1 WHERE id = (SELECT id FROM sessions WHERE closed_at IS NULL "
            "AND environment = ?2 AND task_identifier = ?3 ORDER BY created_at DESC LIMIT 1)",
            (row.created_at, row.environment, row.task_identifier),
        )
        super().insert_row(db, row)


@mutant("bystanders.create-leaves-others")
class CachedCreateRetagsNeighbours(TriggerReference):
    """A create that finds its session writes the tags to all whose externalId begins alike."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        name = change.row.external_id or ""
        db.execute(
            "UPDATE sessions SET tags = ? WHERE environment = ? AND substr(external_id, 1, ?) = ? "
            "AND id <> ?",
            (self.json_text(["again"]), change.environment.id, len(name), name, change.row.id),
        )
        return super().reuse_row(db, change)


@mutant("bystanders.update-leaves-others")
class UpdateReachesAllWithoutName(TriggerReference):
    """An update of a session without an externalId reaches all that have none."""

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        if row.external_id is None and row.closed_at is None:
            db.execute(
                "UPDATE sessions SET tags = ? WHERE external_id IS NULL AND environment = ?",
                (self.json_text(row.tags), row.environment),
            )


@mutant("bystanders.update-leaves-others")
class UpdateReachesTheWholeTask(TriggerReference):
    """The metadata of an update is written to every session of the task."""

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        db.execute(
            "UPDATE sessions SET metadata = ? WHERE task_identifier = ? AND environment = ?",
            (row.metadata and self.json_text(row.metadata), row.task_identifier, row.environment),
        )


@mutant("bystanders.update-leaves-others")
class UpdateTouchesClosedOnes(TriggerReference):
    """An update moves the updatedAt of every closed session of the type."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        db.execute(
            "UPDATE sessions SET updated_at = updated_at + 1 WHERE closed_at IS NOT NULL AND type = ?",
            (change.row.type,),
        )
        return super().apply_update(db, change)


@mutant("bystanders.close-leaves-others")
class CloseEndsTheWholeTask(TriggerReference):
    """A close ends every open session of the same type and task."""

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        db.execute(
            "UPDATE sessions SET closed_at = ? WHERE closed_at IS NULL AND environment = ? AND type = ? "
            "AND task_identifier = ?",
            (row.closed_at, row.environment, row.type, row.task_identifier),
        )
        return row


@mutant("bystanders.close-leaves-others")
class CloseEndsThoseThatBeginAlike(TriggerReference):
    """A close ends every session whose externalId begins with the one closed."""

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        name = row.external_id or "\0"
        db.execute(
            "UPDATE sessions SET closed_at = ? WHERE closed_at IS NULL AND environment = ? "
            "AND substr(external_id, 1, ?) = ?",
            (row.closed_at, row.environment, len(name), name),
        )
        return row


@mutant("bystanders.close-leaves-others")
class CloseRenewsOtherReasons(TriggerReference):
    """A close writes its reason to every closed session of the environment."""

    def close_first(self, db: Connection, change: Change) -> Row:
        row = super().close_first(db, change)
        db.execute(
            "UPDATE sessions SET closed_reason = ? WHERE closed_at IS NOT NULL AND environment = ?",
            (row.closed_reason, row.environment),
        )
        return row


class _OneMore(TriggerReference):
    """A further method on one of the paths."""

    SESSION, CLOSE = "/api/v1/sessions/{session}", "/api/v1/sessions/{session}/close"

    def operations(self) -> Sequence[Operation]:
        return sorted([*super().operations(), self.one_more()], key=lambda operation: operation.path)

    def one_more(self) -> Operation:
        """The operation that no page has."""
        raise NotImplementedError


@mutant("methods.put-does-not-succeed")
class PutUpdates(_OneMore):
    """PUT on a session is an update."""

    def one_more(self) -> Operation:
        return Operation("update", "PUT", self.SESSION, self.update)


@mutant("methods.undocumented-post-does-not-succeed")
class PostUpdates(_OneMore):
    """POST on a session is an update."""

    def one_more(self) -> Operation:
        return Operation("update", "POST", self.SESSION, self.update)


@mutant("methods.delete-does-not-succeed")
class DeleteCloses(_OneMore):
    """DELETE on a session closes it."""

    def one_more(self) -> Operation:
        return Operation("close", "DELETE", self.SESSION, self.close_session)


@mutant("methods.delete-does-not-succeed")
class DeleteRemoves(_OneMore):
    """DELETE on a session removes it and answers 204."""

    def one_more(self) -> Operation:
        return Operation("delete", "DELETE", self.SESSION, self.delete)

    def delete(self, call: Call) -> Reply:
        """Remove the session."""
        with self.writing() as db:
            row = self.find_to_change(db, self.environment_to_close(call), call)
            db.execute("DELETE FROM sessions WHERE id = ?", (row.id,))
        return Reply(204, None)


@mutant("methods.undocumented-patch-does-not-succeed")
class PatchOnTheClosePathCloses(_OneMore):
    """PATCH on the close path closes."""

    def one_more(self) -> Operation:
        return Operation("close", "PATCH", self.CLOSE, self.close_session)


@mutant("methods.get-does-not-close")
class GetCloses(_OneMore):
    """GET on the close path closes: a link is enough."""

    def one_more(self) -> Operation:
        return Operation("close", "GET", self.CLOSE, self.close_session)


@mutant("methods.get-does-not-close")
class GetShowsTheSession(_OneMore):
    """GET on the close path shows the session."""

    def one_more(self) -> Operation:
        return Operation("retrieve", "GET", self.CLOSE, self.retrieve)


class _GoesByItsBody(TriggerReference):
    """A write goes by the id that its body names, where that is the id of a session."""

    OPERATION = ""

    def find_to_change(self, db: Connection, environment: Environment, call: Call) -> Row:
        row = super().find_to_change(db, environment, call)
        if call.operation != self.OPERATION or not call.body:
            return row
        named = json.loads(call.body).get("id")
        other = self.row_by_id(db, environment.id, named) if isinstance(named, str) else None
        return other or row


@mutant("bystanders.update-leaves-others")
class UpdateGoesByTheIdOfItsBody(_GoesByItsBody):
    """An update whose body names the id of another session changes that one."""

    OPERATION = "update"


@mutant("bystanders.close-leaves-others")
class CloseGoesByTheIdOfItsBody(_GoesByItsBody):
    """A close whose body names the id of another session closes that one."""

    OPERATION = "close"
