"""Servers that answer one way to send an update otherwise than the next."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from mutants.catalogue import mutant
from reference.application import Call, Json, Reply
from reference.everruns import EverrunsReference
from reference.refusals import Refusal


class _Typed(EverrunsReference):
    """Some replies are told to be of another media type."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        named = self.media_type(call) if call.operation == "update" else None
        if named is None or reply.status == 204:
            return reply
        return Reply(reply.status, reply.body, {**reply.headers, "content-type": named})

    def content_type(self, reply: Reply) -> str:
        return reply.headers.get("content-type", "application/json")

    def media_type(self, call: Call) -> str | None:
        """The media type of this reply, None for JSON."""
        raise NotImplementedError


@mutant("update.success-is-json")
class HtmlUnlessJsonIsNamed(_Typed):
    """The reply to an update is told to be HTML unless Accept names JSON."""

    def media_type(self, call: Call) -> str | None:
        return None if "application/json" in call.headers.get("accept", "") else "text/html"


@mutant("update.success-is-json")
class PackedRepliesAreOctets(_Typed):
    """The reply to an update is told to be octets when gzip is offered."""

    def media_type(self, call: Call) -> str | None:
        return "application/octet-stream" if "gzip" in call.headers.get("accept-encoding", "") else None


@mutant("update.unknown-id-carries-error")
class BrowsersGetAPage(EverrunsReference):
    """A refusal is a text when Accept names HTML."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if reply.status == 404 and "text/html" in call.headers.get("accept", ""):
            return Reply(404, "<h1>Not found</h1>", reply.headers)
        return reply


@mutant("update.answers-200")
class ListsAreNotAcceptable(EverrunsReference):
    """An update whose Accept is a list is answered with 406."""

    def check_access_to_update(self, call: Call) -> None:
        super().check_access_to_update(call)
        if "," in call.headers.get("accept", ""):
            raise Refusal(406, "Not acceptable")


@mutant("update.media-type-variants-accepted")
class CharsetsAreRefused(EverrunsReference):
    """A body whose media type names a charset is refused."""

    def check_content_type(self, call: Call) -> None:
        if ";" in call.headers.get("content-type", ""):
            raise self.not_json()
        super().check_content_type(call)


@mutant("update.media-type-variants-accepted")
class MediaTypesInCapitalsAreRefused(EverrunsReference):
    """A body is refused unless its media type is in small letters."""

    def check_content_type(self, call: Call) -> None:
        if not call.headers.get("content-type", "").startswith("application/json"):
            raise self.not_json()


@mutant("update.sets-title")
class ChunkedBodiesAreEmpty(EverrunsReference):
    """A body without a Content-Length is taken for an empty object."""

    def update_object(self, call: Call) -> dict[str, Json]:
        return super().update_object(call) if "content-length" in call.headers else {}


@mutant("update.sets-title")
class EscapedPairsAreLost(EverrunsReference):
    """A character that is written as two escapes becomes a question mark."""

    def parse_json(self, raw: bytes) -> Json:
        value = super().parse_json(raw)
        return _without_pairs(value) if b"\\ud83d" in raw else value


def _without_pairs(value: Json) -> Json:
    text = "".join(one if one <= "\uffff" else "?" for one in json.dumps(value, ensure_ascii=False))
    return json.loads(text)


@mutant("update.answers-200")
class BlanksAreRefused(EverrunsReference):
    """A body that begins with white space is refused."""

    def parse_json(self, raw: bytes) -> Json:
        if raw[:1].isspace():
            raise self.unparsable("The body must begin with a brace")
        return super().parse_json(raw)


@mutant("replies.no-server-error")
class NotANumberBreaks(EverrunsReference):
    """A body with NaN in it breaks the server."""

    def parse_json(self, raw: bytes) -> Json:
        if b":NaN" in raw:
            raise RuntimeError("NaN cannot be stored")
        return super().parse_json(raw)


@mutant("update.unparsable-body-refused")
class WhatFollowsIsIgnored(EverrunsReference):
    """Only the first value of a body is read."""

    def parse_json(self, raw: bytes) -> Json:
        try:
            return json.JSONDecoder().raw_decode(raw.decode().lstrip())[0]
        except (ValueError, RecursionError):
            return super().parse_json(raw)


@mutant("replies.no-secret-in-headers")
class HeadersTellTheKey(EverrunsReference):
    """A refusal repeats the credential in a header."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if reply.status != 404:
            return reply
        return Reply(404, reply.body, {**reply.headers, "x-caller": call.headers.get("authorization", "")})


@mutant("update.refusals-of-ids-are-json")
class RefusalsOfIdsAreTexts(_Typed):
    """The refusal of an id is told to be plain text."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        return super().finish(call, reply) if reply.status in {400, 404} else reply

    def media_type(self, call: Call) -> str | None:
        return "text/plain"


class _Tagged(EverrunsReference):
    """Reads have an ETag, and a client that has it is not shown the row again."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self.issued: dict[str, str] = {}

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.operation != "read" or reply.status != 200:
            return reply
        tag = f'"{self.tag_of(reply.body)}"'
        if self.is_current(call.headers.get("if-none-match", ""), tag):
            return Reply(304, None, {"etag": tag})
        return Reply(200, reply.body, {**reply.headers, "etag": tag})

    def render_json(self, value: Json) -> bytes:
        return b"" if value is None else super().render_json(value)

    def is_current(self, given: str, tag: str) -> bool:
        """Whether the client has the row."""
        return given == tag

    def tag_of(self, row: Mapping[str, Any]) -> str:
        """The validator of a row."""
        return f"{row['id']}-{row['updated_at']}"


@mutant("update.seen-by-conditional-read")
class ValidatorsOutliveUpdates(_Tagged):
    """The ETag of a row is that of its id, and stays the same when the row changes."""

    def tag_of(self, row: Mapping[str, Any]) -> str:
        return str(row["id"])


@mutant("update.seen-by-conditional-read")
class AnyValidatorIsCurrent(_Tagged):
    """Whatever validator a read carries, it is told that nothing has changed."""

    def is_current(self, given: str, tag: str) -> bool:
        return bool(given)


@mutant("update.seen-by-conditional-read")
class ValidatorsLeaveTheTagsOut(_Tagged):
    """The ETag of a row is made of its title alone."""

    def tag_of(self, row: Mapping[str, Any]) -> str:
        return str(row.get("title", "")).encode().hex()


@mutant("update.seen-by-conditional-read")
class RowsAreAsOldAsTheirSession(EverrunsReference):
    """The Last-Modified of a row is when its session was made, and who has that is not shown the row."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.operation != "read" or reply.status != 200:
            return reply
        made = format_datetime(datetime.fromisoformat(reply.body["created_at"]).astimezone(UTC), usegmt=True)
        if call.headers.get("if-modified-since") == made:
            return Reply(304, None, {"last-modified": made})
        return Reply(200, reply.body, {**reply.headers, "last-modified": made})

    def render_json(self, value: Json) -> bytes:
        return b"" if value is None else super().render_json(value)
