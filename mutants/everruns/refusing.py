"""Replies that are not as documented, and refusals that come too late."""

from dataclasses import replace

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.everruns import EverrunsReference, Row
from reference.refusals import Refusal


@mutant("update.success-is-json")
class SuccessIsPlainText(EverrunsReference):
    """A success says that it is plain text."""

    def content_type(self, reply: Reply) -> str:
        return "text/plain" if reply.status == 200 else super().content_type(reply)


@mutant("update.success-matches-schema")
class StatusInOtherWords(EverrunsReference):
    """The status of a session has underscores."""

    def shown_status(self, row: Row) -> Json:
        return "waiting_for_tool_results"


@mutant("update.success-matches-schema")
class NoHarness(EverrunsReference):
    """Replies to updates lack the harness."""

    def updated_reply(self, row: Row) -> Reply:
        reply = super().updated_reply(row)
        return replace(
            reply, body={name: value for name, value in reply.body.items() if name != "harness_id"}
        )


@mutant("update.success-matches-schema")
class SecondsSinceTheEpoch(EverrunsReference):
    """Timestamps are numbers."""

    def shown_instant(self, instant: int) -> Json:
        return instant // 1000


@mutant("update.success-matches-schema")
class ShortIds(EverrunsReference):
    """The harness has 31 digits, as in the page's example."""

    HARNESS = f"harness_{2:031x}"


@mutant("update.success-matches-schema")
class ReplyIsWrapped(EverrunsReference):
    """The session stands below a member of the reply."""

    def updated_reply(self, row: Row) -> Reply:
        reply = super().updated_reply(row)
        return replace(reply, body={"session": reply.body})


@mutant("update.refused-update-changes-nothing")
class TitleIsWrittenBeforeTheTagsAreLookedAt(EverrunsReference):
    """A refused update has already written its title."""

    def check_update(self, body: dict[str, Json]) -> dict[str, Json]:
        self._pending = body.get("title")
        return super().check_update(body)

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.status == 422 and isinstance(self._pending, str):
                with self.writing() as db:
                    self.save_row(db, replace(self.find(db, self.address(call)), title=self._pending))
            raise


@mutant("update.refused-update-changes-nothing")
class TagsAreClearedBeforeTheBodyIsRead(EverrunsReference):
    """An update whose body cannot be read has already taken the tags away."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.status == 400 and self.PREFIX in call.path:
                with self.writing() as db:
                    row = self.row_by_id(db, call.path.rpartition("/")[2])
                    if row:
                        self.save_row(db, replace(row, tags=[]))
            raise


@mutant("replies.no-server-error")
class WrongTypesBreak(EverrunsReference):
    """A title of another type breaks the server."""

    def check_title(self, value: Json, path: tuple[str, ...]) -> Json:
        return "" if value is None else value + ""

    def is_left_out(self, value: Json) -> bool:
        return value is None or value == ""


@mutant("replies.no-server-error")
class InvalidUtf8Breaks(EverrunsReference):
    """A body that is not UTF-8 breaks the server."""

    def parse_json(self, raw: bytes) -> Json:
        raw.decode("utf-8")
        return super().parse_json(raw)


@mutant("replies.no-secret-in-body")
class NotFoundTellsTheKey(EverrunsReference):
    """A 404 repeats the credential."""

    def update(self, call: Call) -> Reply:
        try:
            return super().update(call)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            raise Refusal(404, f"Not found for {call.headers.get('authorization')}") from None


@mutant("replies.hold-no-stack-trace")
class UnparsableTellsWhere(EverrunsReference):
    """The refusal of a body that is not JSON holds a stack trace."""

    def unparsable(self, sentence: str) -> Refusal:
        trace = 'Traceback (most recent call last):\n  File "/srv/app/api.py", line 12, in update'
        return Refusal(400, f"{sentence}\n{trace}")
