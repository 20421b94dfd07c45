"""Servers whose replies are not what every reply must be."""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.instants import render_instant
from reference.trigger import Row, TriggerReference


class _SuccessNotJson(TriggerReference):
    """The successes of one operation are told to be something else than JSON."""

    OPERATION = ""
    MEDIA_TYPE = "text/plain"

    def finish(self, call: Call, reply: Reply) -> Reply:
        marked = call.operation == self.OPERATION and reply.status < 300
        return replace(reply, headers={**reply.headers, "x-media-type": self.MEDIA_TYPE}) if marked else reply

    def content_type(self, reply: Reply) -> str:
        return reply.headers.get("x-media-type") or super().content_type(reply)


@mutant("create.success-is-json")
class CreateIsPlainText(_SuccessNotJson):
    """The reply to a create is told to be plain text."""

    OPERATION = "create"


@mutant("create.success-is-json")
class CachedCreateIsHtml(_SuccessNotJson):
    """The reply to a cached create is told to be HTML."""

    OPERATION, MEDIA_TYPE = "create", "text/html; charset=utf-8"

    def finish(self, call: Call, reply: Reply) -> Reply:
        return super().finish(call, reply) if reply.status == 200 else reply


@mutant("retrieve.success-is-json")
class RetrieveIsPlainText(_SuccessNotJson):
    """The reply to a retrieve is told to be plain text."""

    OPERATION = "retrieve"


@mutant("update.success-is-json")
class UpdateIsJavaScript(_SuccessNotJson):
    """The reply to an update is told to be JavaScript."""

    OPERATION, MEDIA_TYPE = "update", "text/javascript"


@mutant("close.success-is-json")
class CloseIsOctets(_SuccessNotJson):
    """The reply to a close is told to be octets."""

    OPERATION, MEDIA_TYPE = "close", "application/octet-stream"


class _OtherBody(TriggerReference):
    """The body of some replies is another one."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 300 or not isinstance(reply.body, dict):
            return reply
        return replace(reply, body=self.other(call, dict(reply.body)))

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        """The body of a success as this server tells it."""
        raise NotImplementedError


@mutant("create.success-matches-schema")
class CreateTellsCachedAsText(_OtherBody):
    """isCached is a text."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {**body, "isCached": str(body["isCached"]).lower()} if call.operation == "create" else body


@mutant("create.success-matches-schema")
class CachedCreateLacksRunId(_OtherBody):
    """A cached create leaves out the runId."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {name: value for name, value in body.items() if name != "runId" or not body["isCached"]}


@mutant("create.success-matches-schema")
class CreateIsWrapped(_OtherBody):
    """The reply to a create holds the session in a member of its own."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {"id": body["id"], "session": body} if call.operation == "create" else body


@mutant("retrieve.success-matches-schema")
class RetrieveShowsNoTagsAsNull(_OtherBody):
    """A retrieved row without tags shows null for them."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {**body, "tags": body["tags"] or None} if call.operation == "retrieve" else body


@mutant("retrieve.success-matches-schema")
class RetrieveShowsMetadataAsText(_OtherBody):
    """A retrieved row shows its metadata as JSON in a text."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        shown = body["metadata"] if body["metadata"] is None else json.dumps(body["metadata"])
        return {**body, "metadata": shown} if call.operation == "retrieve" else body


@mutant("retrieve.success-matches-schema")
class RetrieveShowsUnnamedAsFalse(_OtherBody):
    """A retrieved row without an externalId shows false for it."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {**body, "externalId": body["externalId"] or False} if call.operation == "retrieve" else body


@mutant("update.success-matches-schema")
class UpdateLacksCreatedAt(_OtherBody):
    """The reply to an update leaves out createdAt."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {
            name: value for name, value in body.items() if call.operation != "update" or name != "createdAt"
        }


@mutant("update.success-matches-schema")
class UpdateAnswersWithNothing(_OtherBody):
    """The reply to an update is null."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return None if call.operation == "update" else body


@mutant("close.success-matches-schema")
class CloseTellsMilliseconds(_OtherBody):
    """The reply to a close tells closedAt in milliseconds."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {**body, "closedAt": 1_700_000_000_000} if call.operation == "close" else body


@mutant("close.success-matches-schema")
class RepeatedCloseAnswersWithSuccess(_OtherBody):
    """A close of a closed session only says that it went well."""

    def close_again(self, db: Any, change: Any) -> Row:
        return replace(super().close_again(db, change), tags=["again"])

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        again = call.operation == "close" and body["tags"] == ["again"]
        return {"success": True} if again else body


class _OtherTimes(TriggerReference):
    """Timestamps are told in another form."""

    def shown_instant(self, instant: int | None) -> Json:
        return None if instant is None else self.told(instant)

    def told(self, instant: int) -> Json:
        """An instant as this server tells it."""
        raise NotImplementedError


@mutant("replies.timestamps-are-rfc3339")
class TimesHaveASpace(_OtherTimes):
    """Timestamps have a space and no zone."""

    def told(self, instant: int) -> Json:
        return render_instant(instant).replace("T", " ").removesuffix("Z")


@mutant("replies.timestamps-are-rfc3339")
class TimesLackTheZone(_OtherTimes):
    """Timestamps have no zone."""

    def told(self, instant: int) -> Json:
        return render_instant(instant).removesuffix("Z")


@mutant("replies.timestamps-are-rfc3339")
class ClosedAtIsInMilliseconds(TriggerReference):
    """closedAt is a number of milliseconds."""

    def shown_closed_at(self, row: Row) -> Json:
        return row.closed_at


@mutant("replies.closed-fields-only-on-closed")
class OpenRowHasEmptyReason(TriggerReference):
    """An open row shows an empty reason."""

    def shown_closed_reason(self, row: Row) -> Json:
        return row.closed_reason if self.is_closed(row) else ""


@mutant("replies.closed-fields-only-on-closed")
class UpdatedRowShowsClosedAt(_OtherBody):
    """The reply to an update shows updatedAt as closedAt."""

    def other(self, call: Call, body: dict[str, Json]) -> Json:
        return {**body, "closedAt": body["updatedAt"]} if call.operation == "update" else body


@mutant("replies.created-before-updated")
class UpdatedAtBeginsAtZero(TriggerReference):
    """A row that was never updated shows the beginning of time as updatedAt."""

    def shown_updated_at(self, row: Row) -> Json:
        return self.shown_instant(row.updated_at if row.updated_at != row.created_at else 0)


@mutant("replies.created-before-updated")
class CreatedAtMovesAlong(TriggerReference):
    """A row shows a createdAt an hour ahead, a second later each time."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self.showings = count(3_600)

    def shown_created_at(self, row: Row) -> Json:
        return self.shown_instant(self.now() + 1000 * next(self.showings))


@mutant("replies.write-seen-within-wait")
class RetrieveKeepsWhatItFirstRead(TriggerReference):
    """A retrieve shows for good what it first read of a session."""

    def retrieved_reply(self, row: Row) -> Reply:
        kept = self.__dict__.setdefault("kept", {})
        return Reply(200, kept.setdefault(row.id, self.session_body(row)))


@mutant("replies.write-seen-within-wait")
class RetrieveByExternalIdIsStale(TriggerReference):
    """A retrieve by externalId shows for good what it first read of a session."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        kept = self.__dict__.setdefault("kept", {})
        return reply if self.is_id(self.address(call)) else kept.setdefault(call.address, reply)
