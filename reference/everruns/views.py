"""How a session row is shown: one method a member."""

from collections.abc import Callable, Mapping, Sequence

from reference.application import Json, Reply
from reference.everruns.fields import Fields
from reference.everruns.store import Row
from reference.instants import render_instant


class Views(Fields):
    """The replies of all operations."""

    def created_reply(self, row: Row) -> Reply:
        """A new session."""
        return Reply(201, self.read_body(row))

    def read_reply(self, row: Row) -> Reply:
        """A session as it stands."""
        return Reply(200, self.read_body(row))

    def updated_reply(self, row: Row) -> Reply:
        """A session after an update: the stored members alone."""
        return Reply(200, self.session_body(row))

    def deleted_reply(self) -> Reply:
        """Nothing to show."""
        return Reply(204, None)

    def list_reply(self, rows: Sequence[Row], offset: int, limit: int) -> Reply:
        """One page of sessions."""
        page = [self.read_body(row) for row in rows[offset : offset + limit]]
        return Reply(200, {"data": page, "total": len(rows), "offset": offset, "limit": limit})

    def read_body(self, row: Row) -> dict[str, Json]:
        """The row, and what is looked up when it is read."""
        return {**self.session_body(row), **self.looked_up(row)}

    def looked_up(self, row: Row) -> dict[str, Json]:  # noqa: ARG002 - for subclasses
        """Members that are not stored."""
        return {"features": ["file_system"], "active_schedule_count": 0}

    def session_body(self, row: Row) -> dict[str, Json]:
        """The row with its members; what has no value is left out."""
        shown = {name: show(row) for name, show in self.session_members().items()}
        return {name: value for name, value in shown.items() if self.is_shown(name, value)}

    def is_shown(self, name: str, value: Json) -> bool:
        """Whether a member is shown at all: null is not, nor an empty list but for the tags."""
        return value is not None and (value != [] or name == "tags")

    def session_members(self) -> Mapping[str, Callable[[Row], Json]]:
        """How each member of a session is shown, in the order shown."""
        return {
            "id": self.shown_id,
            "organization_id": self.shown_organization_id,
            "harness_id": self.shown_harness_id,
            "agent_id": self.shown_agent_id,
            "model_id": self.shown_model_id,
            "title": self.shown_title,
            "tags": self.shown_tags,
            "status": self.shown_status,
            "capabilities": self.shown_capabilities,
            "tools": self.shown_tools,
            "created_at": self.shown_created_at,
            "updated_at": self.shown_updated_at,
        }

    def shown_id(self, row: Row) -> Json:
        """The session's id."""
        return row.id

    def shown_organization_id(self, row: Row) -> Json:
        """Whose it is."""
        return row.organization_id

    def shown_harness_id(self, row: Row) -> Json:
        """What it runs on."""
        return row.harness_id

    def shown_agent_id(self, row: Row) -> Json:
        """Who works in it, or null."""
        return row.agent_id

    def shown_model_id(self, row: Row) -> Json:
        """Its own model, or null."""
        return row.model_id

    def shown_title(self, row: Row) -> Json:
        """Its title, or null."""
        return row.title

    def shown_tags(self, row: Row) -> Json:
        """Its tags."""
        return row.tags

    def shown_status(self, row: Row) -> Json:
        """What it is doing."""
        return row.status

    def shown_capabilities(self, row: Row) -> Json:
        """Its own capabilities."""
        return row.capabilities

    def shown_tools(self, row: Row) -> Json:
        """Its own tools."""
        return row.tools

    def shown_created_at(self, row: Row) -> Json:
        """When it was made."""
        return self.shown_instant(row.created_at)

    def shown_updated_at(self, row: Row) -> Json:
        """When it last changed."""
        return self.shown_instant(row.updated_at)

    def shown_instant(self, instant: int) -> Json:
        """An instant as RFC 3339 in UTC."""
        return render_instant(instant)
