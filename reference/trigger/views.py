"""How a session row is shown: one method a member."""

from collections.abc import Callable, Mapping

from reference.application import Json, Reply
from reference.instants import render_instant
from reference.trigger.access import Access, Environment
from reference.trigger.store import Row


class Views(Access):
    """The replies of the four operations."""

    def created_reply(self, environment: Environment, row: Row) -> Reply:
        """A new session."""
        return Reply(201, self.create_body(environment, row, cached=False))

    def cached_reply(self, environment: Environment, row: Row) -> Reply:
        """An open session that was there before."""
        return Reply(200, self.create_body(environment, row, cached=True))

    def retrieved_reply(self, row: Row) -> Reply:
        """A session as it stands."""
        return Reply(200, self.session_body(row))

    def updated_reply(self, row: Row) -> Reply:
        """A session after an update."""
        return Reply(200, self.session_body(row))

    def closed_reply(self, row: Row) -> Reply:
        """A session after a close, the first or a later one."""
        return Reply(200, self.session_body(row))

    def create_body(self, environment: Environment, row: Row, *, cached: bool) -> dict[str, Json]:
        """The row, and what only a create tells."""
        return {
            **self.session_body(row),
            "runId": self.shown_run_id(row),
            "publicAccessToken": self.issue_token(environment, row),
            "isCached": cached,
        }

    def session_body(self, row: Row) -> dict[str, Json]:
        """The row with all its members; null where there is nothing."""
        return {name: show(row) for name, show in self.session_members().items()}

    def session_members(self) -> Mapping[str, Callable[[Row], Json]]:
        """How each member of a session is shown, in the order shown."""
        return {
            "id": self.shown_id,
            "externalId": self.shown_external_id,
            "type": self.shown_type,
            "taskIdentifier": self.shown_task_identifier,
            "triggerConfig": self.shown_trigger_config,
            "currentRunId": self.shown_current_run_id,
            "tags": self.shown_tags,
            "metadata": self.shown_metadata,
            "closedAt": self.shown_closed_at,
            "closedReason": self.shown_closed_reason,
            "expiresAt": self.shown_expires_at,
            "createdAt": self.shown_created_at,
            "updatedAt": self.shown_updated_at,
        }

    def shown_id(self, row: Row) -> Json:
        """The server's own name for the session."""
        return row.id

    def shown_external_id(self, row: Row) -> Json:
        """The caller's name for it, or null."""
        return row.external_id

    def shown_type(self, row: Row) -> Json:
        """The type as sent."""
        return row.type

    def shown_task_identifier(self, row: Row) -> Json:
        """The task as sent."""
        return row.task_identifier

    def shown_trigger_config(self, row: Row) -> Json:
        """The trigger options as sent."""
        return row.trigger_config

    def shown_run_id(self, row: Row) -> Json:
        """The first run."""
        return row.run_id

    def shown_current_run_id(self, row: Row) -> Json:
        """The live run."""
        return row.current_run_id

    def shown_tags(self, row: Row) -> Json:
        """The tags; an empty list where there are none."""
        return row.tags

    def shown_metadata(self, row: Row) -> Json:
        """The metadata, or null."""
        return row.metadata

    def shown_closed_at(self, row: Row) -> Json:
        """When it was closed, or null."""
        return self.shown_instant(row.closed_at)

    def shown_closed_reason(self, row: Row) -> Json:
        """Why it was closed, or null."""
        return row.closed_reason

    def shown_expires_at(self, row: Row) -> Json:
        """The retention deadline, or null."""
        return self.shown_instant(row.expires_at)

    def shown_created_at(self, row: Row) -> Json:
        """When it was made."""
        return self.shown_instant(row.created_at)

    def shown_updated_at(self, row: Row) -> Json:
        """When it last changed."""
        return self.shown_instant(row.updated_at)

    def shown_instant(self, instant: int | None) -> Json:
        """An instant as RFC 3339 in UTC, or null."""
        return None if instant is None else render_instant(instant)
