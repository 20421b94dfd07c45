"""Latitudes: servers that speak HTTP, tell the time and are loaded as the contract allows."""

import asyncio
import gzip
import hashlib
import itertools
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from sqlite3 import Connection

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mutants.catalogue import latitude
from reference.application import Call, Json, Operation, Reply
from reference.everruns import Change, EverrunsReference, Row
from reference.refusals import Refusal

OK, NO_CONTENT, NOT_MODIFIED = 200, 204, 304
ODD = {"error": "odd"}


@latitude
class BasePath(EverrunsReference):
    """The API stands below /api."""

    def base_path(self) -> str:
        return "/api"


@latitude
class Microseconds(EverrunsReference):
    """Timestamps show six fractional digits."""

    def shown_instant(self, instant: int) -> Json:
        return _moment(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@latitude
class WholeSeconds(EverrunsReference):
    """Timestamps are cut to whole seconds, as the clock is."""

    def now(self) -> int:
        return super().now() // 1000 * 1000

    def touched(self, row: Row, change: Change) -> Row:
        return replace(row, updated_at=max(self.now(), row.updated_at))

    def shown_instant(self, instant: int) -> Json:
        return _moment(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


@latitude
class Offsets(EverrunsReference):
    """Timestamps carry a zone offset."""

    def shown_instant(self, instant: int) -> Json:
        return _moment(instant).astimezone(timezone(timedelta(hours=-3, minutes=-30))).isoformat()


def _moment(instant: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)


@latitude
class ClockBehind(EverrunsReference):
    """The server's clock runs a day behind everybody else's."""

    def now(self) -> int:
        return super().now() - 86_400_000


@latitude
class EscapedJson(EverrunsReference):
    """Replies are indented and escape everything beyond ASCII, as JSON allows."""

    def render_json(self, value: Json) -> bytes:
        return json.dumps(value, ensure_ascii=True, indent=2).encode() + b"\n"


@latitude
class WithCharset(EverrunsReference):
    """The media type names a charset, in capitals."""

    def content_type(self, reply: Reply) -> str:
        return "Application/JSON; charset=UTF-8"


@latitude
class ClosesConnections(EverrunsReference):
    """The connection is closed after each reply."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)


@latitude
class SlowReplies(EverrunsReference):
    """Every reply takes its time."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(0.01)
        await super().serve(app, scope, receive, send)


@latitude
class RateLimited(EverrunsReference):
    """Every two-hundredth request is answered with 429 and when to try again."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._count = itertools.count(1)

    def obey(self, operation: Operation, call: Call) -> Reply:
        if next(self._count) % 200 == 0:
            return Reply(429, {"error": "Too many requests"}, {"retry-after": "1"})
        return super().obey(operation, call)


@latitude
class AgentsAtWork(EverrunsReference):
    """While a session is read its agent works: status, usage and updated_at move by themselves."""

    def read(self, call: Call) -> Reply:
        with self.writing() as db:
            row = self.find(db, self.address(call))
            status = "active" if row.status != "active" else "idle"
            self.save_row(db, replace(row, status=status, updated_at=max(self.now(), row.updated_at + 1)))
        return super().read(call)

    def looked_up(self, row: Row) -> dict[str, Json]:
        used = {"input_tokens": row.updated_at % 1_000_000, "output_tokens": 0}
        return {
            **super().looked_up(row),
            "usage": used,
            "preview": "Hello",
            "output_preview": f"{row.status}…",
        }


@latitude
class NothingIsDeleted(EverrunsReference):
    """Sessions cannot be deleted."""

    def delete(self, call: Call) -> Reply:
        raise Refusal(405, "Method not allowed")


@latitude
class PackedReplies(EverrunsReference):
    """Replies are packed with gzip when the client offers it."""

    def respond(self, reply: Reply) -> Response:
        response = super().respond(reply)
        if reply.headers.get("content-encoding") == "gzip":
            response.body = gzip.compress(response.body)
            response.headers["content-length"] = str(len(response.body))
        return response

    def finish(self, call: Call, reply: Reply) -> Reply:
        packed = "gzip" in call.headers.get("accept-encoding", "") and reply.status != NO_CONTENT
        return replace(reply, headers={**reply.headers, "content-encoding": "gzip"}) if packed else reply


@latitude
class ValidatorsAreHonoured(EverrunsReference):
    """Reads have an ETag, and a client that has the row as it is now is answered with 304."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        if call.operation != "read" or reply.status != OK:
            return reply
        tag = f'W/"{hashlib.sha256(self.render_json(reply.body)).hexdigest()[:16]}"'
        if call.headers.get("if-none-match") == tag:
            return Reply(NOT_MODIFIED, None, {"etag": tag})
        return replace(reply, headers={**reply.headers, "etag": tag})

    def respond(self, reply: Reply) -> Response:
        if reply.status == NOT_MODIFIED:
            return Response(status_code=NOT_MODIFIED, headers=dict(reply.headers))
        return super().respond(reply)


@latitude
class NoChunkedBodies(EverrunsReference):
    """A body without a Content-Length is refused."""

    def update_object(self, call: Call) -> dict[str, Json]:
        if "content-length" not in call.headers:
            raise Refusal(411, "Length required")
        return super().update_object(call)


@latitude
class DeletedSessionsAreKept(EverrunsReference):
    """A session that is deleted stays, and can be read and updated."""

    def delete_row(self, db: Connection, session_id: str) -> None:
        pass


@latitude
class ProxyRefusesOddPaths(EverrunsReference):
    """A path with an escaped control character or a letter beyond ASCII is refused with a page of HTML."""

    def respond(self, reply: Reply) -> Response:
        if reply.body == ODD:
            return Response("<h1>Bad request</h1>", status_code=400, media_type="text/html")
        return super().respond(reply)

    def obey(self, operation: Operation, call: Call) -> Reply:
        odd = re.search(r"%(0|1|7F|[89A-F])", call.address, re.IGNORECASE)
        return Reply(400, ODD) if odd else super().obey(operation, call)


@latitude
class HeadAndOptionsNeedNoKey(EverrunsReference):
    """HEAD is answered with 200 without a body, and OPTIONS with 204 as in CORS, whoever asks."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        status = {"HEAD": 200, "OPTIONS": 204}.get(scope.get("method", ""))
        if scope["type"] != "http" or status is None:
            await super().serve(app, scope, receive, send)
            return
        allowed = {"allow": "GET, HEAD, OPTIONS, PATCH, POST", "access-control-allow-origin": "*"}
        await Response(status_code=status, headers=allowed)(scope, receive, send)


@latitude
class BusyNowAndThen(EverrunsReference):
    """Of a hundred and fifty requests two in a row are answered with 503 and when to try again."""

    def __init__(self, database: Path, key: str | None) -> None:
        super().__init__(database, key)
        self._busy = itertools.count(1)

    def obey(self, operation: Operation, call: Call) -> Reply:
        if next(self._busy) % 150 in {0, 1}:
            return Reply(503, {"error": "Busy"}, {"retry-after": "1"})
        return super().obey(operation, call)


@latitude
class HtmlForWhoPrefersIt(EverrunsReference):
    """Who would rather have HTML than JSON is shown HTML, as by frameworks whose APIs can be browsed."""

    def finish(self, call: Call, reply: Reply) -> Reply:
        given = super().finish(call, reply)
        wants = call.headers.get("accept", "").strip().startswith("text/html")
        return replace(given, headers={**given.headers, "x-page": "1"}) if wants else given

    def respond(self, reply: Reply) -> Response:
        response = super().respond(reply)
        if "x-page" not in reply.headers:
            return response
        return Response(b"<pre>%b</pre>" % bytes(response.body), reply.status, media_type="text/html")
