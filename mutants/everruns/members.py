"""Updates that change other members, or other sessions."""

from collections.abc import Mapping
from dataclasses import replace
from sqlite3 import Connection

from mutants.catalogue import mutant
from reference.application import Json
from reference.everruns import Change, EverrunsReference, Row


@mutant("update.other-members-stay")
class UpdateActivates(EverrunsReference):
    """An update moves created_at along with updated_at."""

    def touched(self, row: Row, change: Change) -> Row:
        row = super().touched(row, change)
        return replace(row, created_at=row.updated_at)


@mutant("update.other-members-stay")
class RetaggingChangesTheHarness(EverrunsReference):
    """An update of the tags puts the session on another harness."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        return replace(row, harness_id=f"harness_{7:032x}") if "tags" in change.fields else row


class _Assigning(EverrunsReference):
    """An update writes some members that it should not."""

    ASSIGNED: tuple[str, ...] = ()

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        named = {name: body[name] for name in self.ASSIGNED if isinstance(body.get(name), str)}
        return {**super().check_update(body), **named}

    def updated_row(self, change: Change) -> Row:
        named: Mapping[str, Json] = {
            name: change.fields[name] for name in self.ASSIGNED if name in change.fields
        }
        return replace(super().updated_row(change), **named)


@mutant("update.unlisted-members-never-change")
class StatusCanBeSet(_Assigning):
    """An update may set the status."""

    ASSIGNED = ("status",)


@mutant("update.unlisted-members-never-change")
class HarnessCanBeSet(_Assigning):
    """An update may name another harness."""

    ASSIGNED = ("harness_id",)


@mutant("update.unlisted-members-never-change")
class OrganizationCanBeSet(_Assigning):
    """An update may give the session to another organization."""

    ASSIGNED = ("organization_id",)


@mutant("update.unlisted-members-never-change")
class AgentAndModelCanBeSet(_Assigning):
    """An update may name another agent and another model."""

    ASSIGNED = ("agent_id", "model_id")


@mutant("bystanders.update-leaves-others")
class TagsAreSharedByAll(EverrunsReference):
    """An update of the tags writes them to every session."""

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        db.execute("UPDATE sessions SET tags = ?", (self.column("tags", row.tags),))


@mutant("bystanders.update-leaves-others")
class TitleGoesToTheNewest(EverrunsReference):
    """A title goes to the session that was made last, too."""

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        super().save_row(db, replace(self.rows(db)[0], title=row.title))
