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
from reference.refusals import Problem
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Reader

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


@mutant("close.is-terminal")
class EmptyingAClosedRowTakesItsReason(TriggerReference):
    """An update that empties tags and metadata of a closed session takes its closedReason away, too."""

    def updated_row(self, change: Change) -> Row:
        row = super().updated_row(change)
        emptied = self.is_closed(row) and not row.tags and row.metadata is None
        return replace(row, closed_reason=None) if emptied else row


@mutant("close.records-reason")
class NamelessCloseForgetsItsReason(TriggerReference):
    """A close of a session without an externalId records no reason."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_reason=None) if row.external_id is None else row


@mutant("close.reason-max-length-accepted")
class CloseByNameCutsItsReason(TriggerReference):
    """A close by externalId cuts its reason to 191 characters."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        by_name = not self.is_id(self.address(change.call))
        return replace(row, closed_reason=row.closed_reason[:191]) if by_name and row.closed_reason else row


@mutant("close.values-keep-reason")
class BlankReasonIsNone(TriggerReference):
    """A reason of white space alone is recorded as none."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        blank = row.closed_reason is not None and row.closed_reason.isspace()
        return replace(row, closed_reason=None) if blank else row


@mutant("tokens.other-session-not-retrievable")
class TokensReadWhatIsClosed(TriggerReference):
    """A token reads every closed session of its environment."""

    def may_read_row(self, reader: Reader, row: Row) -> bool:
        return super().may_read_row(reader, row) or self.is_closed(row)


@mutant("isolation.retrieve-crosses-no-environment")
class ClosedRowsAreSeenEverywhere(TriggerReference):
    """A closed session is found by its id from every environment."""

    def row_by_id(self, db: Connection, environment: str, session_id: str) -> Row | None:
        own = super().row_by_id(db, environment, session_id)
        for other in self.environments if own is None else ():
            row = super().row_by_id(db, other.id, session_id)
            if row is not None and self.is_closed(row):
                return row
        return own


@mutant("update.different-external-id-answers-422")
class ClosedNamesAreNotCompared(TriggerReference):
    """An update of a closed session does not look at the externalId that it names, and applies the rest."""

    def check_external_id_kept(self, change: Change) -> None:
        if not self.is_closed(change.row):
            super().check_external_id_kept(change)


@mutant("update.eleven-tags-refused")
class ClosedUpdatesMayHaveManyTags(TriggerReference):
    """An update of a closed session takes more than ten tags."""

    def check_updated_tags(self, value: Json, path: Place) -> Json:
        return self.check_list(value, path, self.FREE_LENGTH[1], self.check_tag)

    def apply_update(self, db: Connection, change: Change) -> Row:
        if not self.is_closed(change.row) and len(change.fields.get("tags", [])) > self.TAG_COUNT:
            raise self.invalid(Problem("too_big", "There are too many.", ("tags",)))
        return super().apply_update(db, change)
