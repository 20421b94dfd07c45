"""Servers that know of a close in one place, and not in another."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection

from starlette.responses import Response

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.refusals import Path as Place
from reference.trigger import Row, TriggerReference

NOT_MODIFIED = 304


@mutant("update.seen-by-retrieve")
class ClosedUpdatesArePretended(TriggerReference):
    """An update of a closed session shows what was sent, and stores nothing."""

    def save_row(self, db: Connection, row: Row) -> None:
        stored = self.row_by_id(db, row.environment, row.id)
        if stored is None or stored.closed_at is None:
            super().save_row(db, row)


@mutant("replies.every-reader-sees-the-same-row")
class UpdateShowsClosedAsOpen(TriggerReference):
    """The reply to an update of a closed session shows it as open."""

    def updated_reply(self, row: Row) -> Reply:
        return super().updated_reply(replace(row, closed_at=None, closed_reason=None))


@mutant("close.without-reason-leaves-none")
class NullReasonBecomesText(TriggerReference):
    """A close with a reason of null records the word null."""

    def check_reason(self, value: Json, path: Place) -> Json:
        return "null" if value is None else super().check_reason(value, path)


@mutant("retrieve.conditional-shows-current-row")
class EtagsForgetTheClose(TriggerReference):
    """The ETag of a row is made of its tags and metadata alone, so that a close does not change it."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        shown = f"{reply.body['id']} {reply.body['tags']} {reply.body['metadata']}"
        tag = f'"{sha256(shown.encode()).hexdigest()[:16]}"'
        if call.headers.get("if-none-match") == tag:
            return Reply(NOT_MODIFIED, None, {"etag": tag})
        return replace(reply, headers={**reply.headers, "etag": tag})

    def respond(self, reply: Reply) -> Response:
        if reply.status == NOT_MODIFIED:
            return Response(status_code=NOT_MODIFIED, headers=dict(reply.headers))
        return super().respond(reply)


@mutant("replies.every-reader-sees-the-same-row")
class TokenReadsForgetTheClose(TriggerReference):
    """What a token has read is kept for it until the next update, also when the session is closed."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._kept: dict[tuple[str, str], Reply] = {}

    def retrieve(self, call: Call) -> Reply:
        credential = self.credential(call)
        if self.environment_with_key(credential) is not None:
            return super().retrieve(call)
        asked = credential, call.address
        if asked not in self._kept:
            self._kept[asked] = super().retrieve(call)
        return self._kept[asked]

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        finally:
            self._kept.clear()
