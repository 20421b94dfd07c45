"""Closes that go wrong for what nobody thought of."""

from dataclasses import replace
from sqlite3 import Connection
from typing import Any

from mutants.catalogue import mutant
from mutants.trigger.randomized.fuzz_retrieve_update import TRACE, with_body
from reference.application import Call, Json, Reply
from reference.refusals import Path
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment


@mutant("close.fuzz-documented-status")
class CloseStoresHalfPairs(TriggerReference):
    """A close does not look whether its reason can be stored, and breaks on half of a surrogate pair."""

    def close_object(self, call: Call) -> dict[str, Json]:
        self.check_size(call, self.CLOSE_BODY_BYTES)
        return self.check_object_body(self.parse_json(call.body)) if call.body else {}


@mutant("close.fuzz-documented-status")
class ReasonlessClosesAnswer202(TriggerReference):
    """A close that names no reason answers 202."""

    def close_session(self, call: Call) -> Reply:
        reply = super().close_session(call)
        return replace(reply, status=200 if b"reason" in call.body else 202)


@mutant("close.fuzz-content-type")
class ReasonlessClosesAreText(TriggerReference):
    """The reply that shows a session closed without a reason is text/plain."""

    def content_type(self, reply: Reply) -> str:
        shown = isinstance(reply.body, dict) and reply.body.get("closedAt")
        return "text/plain" if shown and not reply.body["closedReason"] else super().content_type(reply)


@mutant("close.fuzz-response-schema")
class NoReasonIsFalse(TriggerReference):
    """A close without a reason shows false in its place."""

    def closed_reply(self, row: Row) -> Reply:
        return with_body(super().closed_reply(row), closedReason=row.closed_reason or False)


@mutant("close.fuzz-invalid-data-refused")
class ListedReasonsAreJoined(TriggerReference):
    """A reason may be an array, whose items are joined."""

    def check_reason(self, value: Json, path: Path) -> Json:
        return super().check_reason("".join(map(str, value)) if isinstance(value, list) else value, path)


@mutant("close.fuzz-invalid-data-refused")
class RefusedReasonsClose(TriggerReference):
    """A close whose reason is of a wrong type is refused, but its session is closed."""

    def close_session(self, call: Call) -> Reply:
        environment = self.environment_to_close(call)
        if not isinstance(self.close_object(call).get("reason", ""), str):
            with self.writing() as db:
                row = self.find_to_change(db, environment, call)
                self.save_row(db, replace(row, closed_at=row.closed_at or self.now()))
        return super().close_session(call)


@mutant("close.fuzz-valid-data-accepted")
class AbsentBodiesAreRefused(TriggerReference):
    """A close of a closed session needs a body."""

    def close_again(self, db: Connection, change: Change) -> Row:
        if not change.call.body:
            raise self.unparsable("There is no body.")
        return super().close_again(db, change)


@mutant("close.fuzz-shows-what-was-sent")
class LongReasonsAreCut(TriggerReference):
    """A reason is cut after 250 characters."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_reason=row.closed_reason and row.closed_reason[:250])


@mutant("close.fuzz-auth-not-ignored")
class AnybodyClosesAgain(TriggerReference):
    """A close without a credential closes in the first environment."""

    def environment_to_close(self, call: Call) -> Environment:
        if "authorization" not in call.headers:
            return self.environments[0]
        return super().environment_to_close(call)


@mutant("close.fuzz-undocumented-method-refused")
class PatchCloses(TriggerReference):
    """PATCH on the close path closes, too."""

    def operations(self) -> Any:
        every = list(super().operations())
        at = next(place for place, one in enumerate(every) if one.name == "close")
        return (*every[: at + 1], replace(every[at], name="patch", method="PATCH"), *every[at + 1 :])


@mutant("close.fuzz-no-secret")
class CloseRefusalsShowTheCredential(TriggerReference):
    """A close whose reason is too long tells the credential that it came with."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        refused = call.operation == "close" and "too_big" in str(reply.body)
        return with_body(reply, request=dict(call.headers)) if refused else reply


@mutant("close.fuzz-holds-no-stack-trace")
class UnreadableClosesShowTheTrace(TriggerReference):
    """A close that cannot be parsed is refused with the trace of the parser."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        unread = call.operation == "close" and "invalid_json" in str(reply.body)
        return with_body(reply, error=TRACE) if unread else reply


@mutant("close.fuzz-invariants")
class LaterReasonsAreKept(TriggerReference):
    """A close of a closed session records its reason when that is longer than the one before."""

    def close_again(self, db: Connection, change: Change) -> Row:
        later = change.fields.get("reason", "")
        if len(later) <= len(change.row.closed_reason or ""):
            return super().close_again(db, change)
        row = replace(change.row, closed_reason=later)
        self.save_row(db, row)
        return row
