"""Retrieves, updates and closes that go wrong for what nobody thought of."""

from dataclasses import replace
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Invalid, Path, Problem
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment, Reader

TRACE = "Error: no row\n    at find (/srv/app/sessions.js:42:13)\n"


def with_body(reply: Reply, **members: Json) -> Reply:
    """The reply with further or other members."""
    return replace(reply, body={**reply.body, **members})


@mutant("retrieve.fuzz-no-server-error")
class RetrieveBreaksOnForeignBytes(TriggerReference):
    """A retrieve whose address is not UTF-8 breaks."""

    def address(self, call: Call) -> str:
        return self.decode_address(call.address)


@mutant("retrieve.fuzz-documented-status")
class RetrieveBreaksOnNul(TriggerReference):
    """A retrieve whose address holds NUL breaks, as the database takes no such text."""

    def row_by_external_id(self, db: Connection, environment: str, external_id: str) -> Row | None:
        if "\0" in external_id:
            raise ValueError("a NUL in a text")
        return super().row_by_external_id(db, environment, external_id)


@mutant("retrieve.fuzz-documented-status")
class ClosedSessionsAnswer203(TriggerReference):
    """A retrieve of a closed session by its externalId answers 203."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        by_name = not call.address.startswith("session_")
        return replace(reply, status=203 if reply.body["closedAt"] and by_name else 200)


@mutant("retrieve.fuzz-content-type")
class ClosedSessionsAreText(TriggerReference):
    """A closed session is shown as text/html."""

    def content_type(self, reply: Reply) -> str:
        closed = isinstance(reply.body, dict) and reply.body.get("closedAt")
        return "text/html" if closed else super().content_type(reply)


@mutant("retrieve.fuzz-response-schema")
class ClosedSessionsShowNoTags(TriggerReference):
    """A closed session is retrieved without its tags."""

    def retrieved_reply(self, row: Row) -> Reply:
        reply = super().retrieved_reply(row)
        return with_body(reply, tags=None) if self.is_closed(row) else reply


@mutant("retrieve.fuzz-valid-data-accepted")
class ClosedSessionsLoseTheirName(TriggerReference):
    """A closed session is found by its id alone."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        if reply.body["closedAt"] and not call.address.startswith("session_"):
            raise self.not_found()
        return reply


@mutant("retrieve.fuzz-auth-not-ignored")
class RetrieveByNameNeedsNoGoodKey(TriggerReference):
    """A retrieve with a key that is unknown reads the first environment."""

    def reader(self, call: Call) -> Reader:
        known = self.environment_with_key(self.credential(call)) or self.token_reader(self.credential(call))
        if self.credential(call) and not known:
            return Reader(self.environments[0], None)
        return super().reader(call)


@mutant("retrieve.fuzz-undocumented-method-refused")
class PutReads(TriggerReference):
    """PUT on a session reads it."""

    def operations(self) -> Any:
        every = super().operations()
        retrieve = next(one for one in every if one.name == "retrieve")
        return (*every, replace(retrieve, name="put", method="PUT"))


@mutant("retrieve.fuzz-no-secret")
class UnknownAddressesShowTheCredential(TriggerReference):
    """A retrieve of a very long unknown address tells the credential that it came with."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        long = call.operation == "retrieve" and len(call.address) > 1000
        return with_body(reply, request=dict(call.headers)) if long else reply


@mutant("retrieve.fuzz-holds-no-stack-trace")
class UnknownAddressesShowATrace(TriggerReference):
    """A retrieve of an address with a percent sign that is unknown shows where it was looked for."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        odd = call.operation == "retrieve" and "%" in call.address and reply.status == 404
        return with_body(reply, stack=TRACE) if odd else reply


@mutant("retrieve.fuzz-invariants")
class ClosedSessionsAreYounger(TriggerReference):
    """A closed session shows the instant of its close as createdAt."""

    def shown_created_at(self, row: Row) -> Json:
        return self.shown_instant(row.closed_at or row.created_at)


@mutant("update.fuzz-documented-status")
class UpdateStoresHalfPairs(TriggerReference):
    """An update does not look whether its texts can be stored, and breaks on half of a surrogate pair."""

    def update_object(self, call: Call) -> dict[str, Json]:
        self.check_size(call, self.BODY_BYTES)
        return self.check_object_body(self.parse_json(call.body))


@mutant("update.fuzz-documented-status")
class UpdateReadsAnyNumber(TriggerReference):
    """An update takes a number beyond a double for infinity, which it cannot show."""

    def update_object(self, call: Call) -> dict[str, Json]:
        return super().update_object(replace(call, body=call.body.replace(b"1e400", b'"\xe2\x88\x9e"')))

    def updated_reply(self, row: Row) -> Reply:
        if "∞" in str(row.metadata):
            raise ValueError("inf is not JSON")
        return super().updated_reply(row)


@mutant("update.fuzz-documented-status")
class EmptiedTagsAnswer205(TriggerReference):
    """An update that leaves a session without tags answers 205."""

    def updated_reply(self, row: Row) -> Reply:
        return replace(super().updated_reply(row), status=200 if row.tags else 205)


@mutant("update.fuzz-content-type")
class EmptiedTagsAreText(TriggerReference):
    """The reply that shows a session without tags is text/plain."""

    def content_type(self, reply: Reply) -> str:
        empty = isinstance(reply.body, dict) and reply.body.get("tags") == []
        return "text/plain" if empty else super().content_type(reply)


@mutant("update.fuzz-response-schema")
class OneTagIsNoList(TriggerReference):
    """An update shows a single tag without its list."""

    def updated_reply(self, row: Row) -> Reply:
        reply = super().updated_reply(row)
        return with_body(reply, tags=row.tags[0]) if len(row.tags) == 1 else reply


@mutant("update.fuzz-invalid-data-refused")
class FalseMetadataIsNone(TriggerReference):
    """An update takes false for the null that clears the metadata."""

    def check_updated_metadata(self, value: Json, path: Path) -> Json:
        return None if value is False else super().check_updated_metadata(value, path)


@mutant("update.fuzz-invalid-data-refused")
class RefusedTagsClearTheMetadata(TriggerReference):
    """An update whose tags are too long is refused, but its session has lost its metadata."""

    def update(self, call: Call) -> Reply:
        environment = self.environment_to_update(call)
        tags = self.update_object(call).get("tags")
        if isinstance(tags, list) and any(len(str(tag)) > 128 for tag in tags):
            with self.writing() as db:
                self.save_row(db, replace(self.find_to_change(db, environment, call), metadata=None))
        return super().update(call)


@mutant("update.fuzz-valid-data-accepted")
class EmptyTagsAreRefused(TriggerReference):
    """An update takes no tag without a character."""

    def check_updated_tags(self, value: Json, path: Path) -> Json:
        if isinstance(value, list) and "" in value:
            raise Invalid(Problem("too_small", "A tag has a character.", path))
        return super().check_updated_tags(value, path)


@mutant("update.fuzz-shows-what-was-sent")
class LongTagsAreCut(TriggerReference):
    """An update cuts a tag after 100 characters."""

    def updated_tags(self, change: Change) -> list[str]:
        return [tag[:100] for tag in super().updated_tags(change)]


@mutant("update.fuzz-auth-not-ignored")
class UpdateTakesAnyKey(TriggerReference):
    """An update with an unknown key changes the first environment."""

    def environment_to_update(self, call: Call) -> Environment:
        known = self.environment_with_key(self.credential(call)) or self.token_reader(self.credential(call))
        return super().environment_to_update(call) if known else self.environments[0]


@mutant("update.fuzz-no-secret")
class UpdateRefusalsShowTheCredential(TriggerReference):
    """An update that is refused for its externalId tells the credential that it came with."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        refused = call.operation == "update" and reply.status == 422 and "externalId" in str(reply.body)
        return with_body(reply, request=dict(call.headers)) if refused else reply


@mutant("update.fuzz-holds-no-stack-trace")
class UnreadableUpdatesShowTheTrace(TriggerReference):
    """An update that cannot be parsed is refused with the trace of the parser."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        unread = call.operation == "update" and "invalid_json" in str(reply.body)
        return with_body(reply, error=TRACE) if unread else reply


@mutant("update.fuzz-invariants")
class ClearedMetadataMakesItNew(TriggerReference):
    """An update that clears the metadata sets createdAt anew."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        return replace(row, created_at=self.now()) if row.metadata is None else row
