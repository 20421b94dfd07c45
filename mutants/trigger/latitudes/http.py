"""Latitudes: how a conforming server may speak HTTP, refuse, and sign its tokens."""

import asyncio
import base64
import itertools
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.refusals import Problem, Refusal
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment, Reader

NOT_MODIFIED = 304


@latitude
class OtherWords(TriggerReference):
    """Refusals say other things in other codes, with more members."""

    def error_body(self, refusal: Refusal) -> Json:
        return {
            **super().error_body(refusal),
            "error": "Nope.",
            "requestId": "req-1",
            "status": refusal.status,
        }

    def error_detail(self, problem: Problem) -> Json:
        return {"code": "E42", "message": "Nein.", "hint": None}


@latitude
class EmptyRefusals(TriggerReference):
    """401 and 404, whose body the pages do not document, have none."""

    def respond(self, reply: Reply) -> Response:
        if reply.status in {401, 404, 405}:
            return Response(status_code=reply.status)
        return super().respond(reply)


@latitude
class PlainTextRefusals(TriggerReference):
    """401 and 404 are plain text."""

    def respond(self, reply: Reply) -> Response:
        if reply.status in {401, 404, 405}:
            return Response("not here", status_code=reply.status, media_type="text/plain")
        return super().respond(reply)


@latitude
class AsDeployed(TriggerReference):
    """400 for invalid and unparsable bodies, 413 for large ones, 403 for tokens where a key is needed."""

    ALONE = "refusals"

    def invalid(self, *problems: Problem) -> Refusal:
        return Refusal(400, "Invalid body", problems)

    def unparsable(self, sentence: str) -> Refusal:
        return Refusal(400, "Invalid JSON")

    def too_large(self, limit: int) -> Refusal:
        return Refusal(413, "Body too large")

    def token_not_allowed(self) -> Refusal:
        return Refusal(403, "Secret key needed")


@latitude
class ForbiddenReads(TriggerReference):
    """A good public token for another session is answered with 403."""

    def scope_lacking(self) -> Refusal:
        return Refusal(403, "Forbidden")


@latitude
class HiddenFromForeignTokens(TriggerReference):
    """A good public token for another session is answered with 404."""

    def scope_lacking(self) -> Refusal:
        return self.not_found()


@latitude
class CharsetNamed(TriggerReference):
    """The media type of replies carries a charset."""

    def content_type(self, reply: Reply) -> str:
        return "Application/JSON; charset=UTF-8"


@latitude
class OddHeaders(TriggerReference):
    """Header names are in odd case, and there are more of them."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            odd = [(name.upper(), value) for name, value in message["headers"]]
            more = [(b"x-request-id", b"1"), (b"set-cookie", b"visitor=1; Path=/"), (b"server", b"cloud")]
            message = {**message, "headers": [*odd, *more]}
        await send(message)


@latitude
class CookiesInsteadOfKeys(TriggerReference):
    """A reply to a good key sets a cookie, which is taken in place of a key afterwards."""

    COOKIE = "visit"

    def credential(self, call: Call) -> str:
        given = super().credential(call)
        _, found, visit = call.headers.get("cookie", "").partition(f"{self.COOKIE}=")
        return given or (visit.partition(";")[0] if found else "")

    def finish(self, call: Call, reply: Reply) -> Reply:
        key = self.credential(call)
        known = self.environment_with_key(key) is not None
        set_cookie = {"set-cookie": f"{self.COOKIE}={key}; Path=/; HttpOnly"} if known else {}
        return super().finish(call, replace(reply, headers={**reply.headers, **set_cookie}))


@latitude
class WrongDateHeader(TriggerReference):
    """A proxy in front of the server says another date."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            message = {
                **message,
                "headers": [*message["headers"], (b"date", b"Thu, 01 Jan 1998 00:00:00 GMT")],
            }
        await send(message)


@latitude
class ClosesConnections(TriggerReference):
    """The connection is closed after each reply."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)


@latitude
class ChunkedReplies(TriggerReference):
    """Replies come in chunks, without a length."""

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message["headers"] if name != b"content-length"]
            await send({**message, "headers": kept})
            return
        body = message.get("body", b"")
        for start in range(0, len(body), 7_000):
            await send({"type": "http.response.body", "body": body[start : start + 7_000], "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)})


@latitude
class ChunksNeedALength(TriggerReference):
    """A body in chunks, without a length, is refused with 411."""

    def obey(self, operation: Any, call: Call) -> Reply:
        if "chunked" in call.headers.get("transfer-encoding", ""):
            return Reply(411, {"error": "Length required"})
        return super().obey(operation, call)


@latitude
class SlowReplies(TriggerReference):
    """Every reply takes its time."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(0.005)
        await super().serve(app, scope, receive, send)


@latitude
class RateLimited(TriggerReference):
    """Every four hundredth request is answered with 429 and when to try again."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._count = itertools.count(1)

    def obey(self, operation: Any, call: Call) -> Reply:
        if next(self._count) % 400 == 0:
            return Reply(429, {"error": "Too many requests"}, {"retry-after": "1"})
        return super().obey(operation, call)


@latitude
class BasePath(TriggerReference):
    """The API stands below a path of its own."""

    def base_path(self) -> str:
        return "/deployments/blue"


@latitude
class TrailingSlashRedirects(TriggerReference):
    """A path with a trailing slash is redirected to the one without."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("raw_path", b"").decode("latin-1")
        if scope["type"] == "http" and path.endswith("/"):
            await RedirectResponse(path.rstrip("/") or "/api", status_code=308)(scope, receive, send)
            return
        await super().serve(app, scope, receive, send)


@latitude
class LengthRequired(TriggerReference):
    """A body without a Content-Length is refused with 411."""

    def check_size(self, call: Call, limit: int) -> None:
        if call.headers.get("transfer-encoding"):
            raise Refusal(411, "Length required")
        super().check_size(call, limit)


@latitude
class UnknownRoutesAreNotFound(TriggerReference):
    """A method that a path does not have is answered with 404 instead of 405."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        async def hiding(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                message = {**message, "status": 404}
            await send(message)

        await super().serve(app, scope, receive, hiding)


@latitude
class TokensSignedAnotherWay(TriggerReference):
    """Tokens are signed with a key and an algorithm of the server's own, so nobody else can mint them."""

    TOKEN_ALGORITHM = "HS512"  # noqa: S105

    def token_key(self, environment: Environment) -> bytes:
        return (
            f"a signing key of the server's own, which is long enough for it, for {environment.id}".encode()
        )


@latitude
class TokensKeyedById(TriggerReference):
    """The scopes of a token name the session's id, even when it has an externalId."""

    def scope_key(self, row: Row) -> str:
        return row.id


@latitude
class TokensReadOneAddress(TriggerReference):
    """A token retrieves its session by the address that its scopes name, and by no other."""

    def retrieve(self, call: Call) -> Reply:
        reader = self.reader(call)
        if not self.may_read_address(reader, self.address(call)):
            raise self.scope_lacking()
        return super().retrieve(call)


@latitude
class TokensSayMore(TriggerReference):
    """Tokens have no iat, live four minutes less, and carry claims of the server's own."""

    def token_claims(self, environment: Environment, row: Row) -> dict[str, Any]:
        claims = super().token_claims(environment, row)
        del claims["iat"]
        return {
            **claims,
            "exp": claims["exp"] - 240,
            "jti": row.id[::-1],
            "realtime": {"skipColumns": ["payload"]},
        }


@latitude
class CaseSensitiveScheme(TriggerReference):
    """The scheme must be written Bearer."""

    def is_scheme(self, scheme: str) -> bool:
        return scheme == "Bearer"


@latitude
class BareKeysAccepted(TriggerReference):
    """A secret key is taken without a scheme, too."""

    def credential(self, call: Call) -> str:
        given = call.headers.get("authorization", "")
        return given if " " not in given else super().credential(call)


@latitude
class KeysAsBasicUsers(TriggerReference):
    """A secret key is taken as a Basic user or password, and under Token, too."""

    def credential(self, call: Call) -> str:
        scheme, _, rest = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "token":
            return rest
        if scheme.lower() != "basic":
            return super().credential(call)
        try:
            user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except ValueError:
            return rest
        return password or user


@latitude
class ConflictTellsWhich(TriggerReference):
    """A 409 carries details beside its error."""

    def closed_conflict(self) -> Refusal:
        return Refusal(409, "Closed", (Problem("closed", "It was closed.", ("externalId",)),))


@latitude
class NotFoundBeforeScope(TriggerReference):
    """A token learns that an address is free, whatever its scopes."""

    def may_read_address(self, reader: Reader, address: str) -> bool:
        return True


@latitude
class HeadAndOptionsNeedNoKey(TriggerReference):
    """HEAD is answered with 200 without a body, and OPTIONS with 204 as in CORS, whoever asks."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        status = {"HEAD": 200, "OPTIONS": 204}.get(scope.get("method", ""))
        if scope["type"] != "http" or status is None:
            await super().serve(app, scope, receive, send)
            return
        allowed = {"allow": "GET, HEAD, OPTIONS, PATCH, POST", "access-control-allow-origin": "*"}
        await Response(status_code=status, headers=allowed)(scope, receive, send)


@latitude
class AnswersValidators(TriggerReference):
    """A retrieve gives a weak ETag, and answers 304 to the one that its row has."""

    def retrieve(self, call: Call) -> Reply:
        reply = super().retrieve(call)
        tag = f'W/"{sha256(self.render_json(reply.body)).hexdigest()[:16]}"'
        if tag in call.headers.get("if-none-match", ""):
            return Reply(NOT_MODIFIED, None, {"etag": tag})
        return replace(reply, headers={**reply.headers, "etag": tag})

    def respond(self, reply: Reply) -> Response:
        if reply.status == NOT_MODIFIED:
            return Response(status_code=NOT_MODIFIED, headers=dict(reply.headers))
        return super().respond(reply)


@latitude
class CompressesReplies(TriggerReference):
    """Replies are compressed for clients that take it."""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await super().serve(GZipMiddleware(app, minimum_size=10), scope, receive, send)


@latitude
class BusyNowAndThen(TriggerReference):
    """Of a hundred and fifty requests two in a row are answered with 503 and when to try again."""

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._busy = itertools.count(1)

    def obey(self, operation: Any, call: Call) -> Reply:
        if next(self._busy) % 150 in {0, 1}:
            return Reply(503, {"error": "Busy"}, {"retry-after": "1"})
        return super().obey(operation, call)


@latitude
class HtmlForWhoPrefersIt(TriggerReference):
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
