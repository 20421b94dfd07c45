"""From ASGI to rules and back: routing by the raw path, bodies, JSON replies, refusals."""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeAlias

from anyio.to_thread import current_default_thread_limiter
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference.refusals import Problem, Refusal

Json: TypeAlias = Any


@dataclass(frozen=True)
class Call:
    """One request: path and address still percent-encoded, header names in any case, the body as sent."""

    operation: str
    method: str
    path: str
    query: str
    address: str
    headers: Mapping[str, str]
    body: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What else the path names beside the address."""


@dataclass(frozen=True)
class Reply:
    """One answer before it is rendered: as JSON or, where there are `events`, as a stream of these."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    events: AsyncIterable[Any] | None = None


@dataclass(frozen=True)
class Operation:
    """One operation: its name, method, path template (the address is `{session}`) and rule."""

    name: str
    method: str
    path: str
    rule: Callable[[Call], Reply]


class Application(ABC):
    """What every contract's server shares. Rules run in worker threads, one call each."""

    THREADS = 64
    KEPT_BYTES = 1 << 20  # of a longer body only the beginning is kept; the rest is read and dropped

    @abstractmethod
    def operations(self) -> Sequence[Operation]:
        """All operations, those of one path side by side."""

    def close(self) -> None:  # noqa: B027 - a server may hold nothing
        """Let go of what the server holds, once it has stopped; it may be started again."""

    def app(self) -> ASGIApp:
        """The ASGI application; lives as long as the server that runs it."""
        starlette = Starlette(
            routes=self._routes(),
            lifespan=self._lifespan,
            exception_handlers={HTTPException: self._no_route, Exception: self._broken},
        )
        starlette.router.redirect_slashes = False

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await self.serve(starlette, scope, receive, send)

        return application

    def base_path(self) -> str:
        """What stands before every path; nothing."""
        return ""

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one ASGI exchange. The raw path is what is routed, so that %2F is no slash."""
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def transmit(message: Message) -> None:
            await self.transmit(scope, message, send)

        await app({**scope, "path": self.routed_path(scope)}, receive, transmit)

    def routed_path(self, scope: Scope) -> str:
        """The path as it was sent, percent-encoded, without the query."""
        return str(scope["raw_path"].decode("latin-1"))

    async def transmit(self, scope: Scope, message: Message, send: Send) -> None:  # noqa: ARG002 - for subclasses
        """Send one ASGI message of a reply: its start, or a piece of its body."""
        await send(message)

    def answer(self, operation: Operation, call: Call) -> Reply:
        """Apply the operation's rule; whatever goes wrong, there is a reply."""
        try:
            return self.finish(call, self.obey(operation, call))
        except Exception:
            logging.getLogger("reference").exception("%s %s broke", call.method, call.path)
            return self.broken()

    def obey(self, operation: Operation, call: Call) -> Reply:
        """Apply the operation's rule, a refusal included."""
        try:
            return operation.rule(call)
        except Refusal as refusal:
            return self.refused(refusal)

    def finish(self, call: Call, reply: Reply) -> Reply:  # noqa: ARG002 - for subclasses
        """The last look at a reply; nothing is changed."""
        return reply

    def refused(self, refusal: Refusal) -> Reply:
        """The reply to a refused request."""
        return Reply(refusal.status, self.error_body(refusal), refusal.headers)

    def broken(self) -> Reply:
        """The reply when the server itself is at fault: it tells nothing of why."""
        return Reply(500, {"error": "Internal server error"})

    def error_body(self, refusal: Refusal) -> Json:
        """The body of a refusal: `error`, and `details` where there are any."""
        details = [self.error_detail(problem) for problem in refusal.problems]
        return {"error": refusal.error, **({"details": details} if details else {})}

    def error_detail(self, problem: Problem) -> Json:
        """One of the details: `code`, `message`, and `path` where the fault has a place."""
        path = {"path": self.error_path(problem)} if problem.path else {}
        return {"code": problem.code, "message": problem.message, **path}

    def error_path(self, problem: Problem) -> Json:
        """The path of a detail: strings, list positions included."""
        return list(problem.path)

    def render_json(self, value: Json) -> bytes:
        """The bytes of a reply's body."""
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def content_type(self, reply: Reply) -> str:  # noqa: ARG002 - for subclasses
        """The media type of every reply."""
        return "application/json"

    def respond(self, reply: Reply) -> Response:
        """The rendered reply."""
        headers = {**reply.headers, "content-type": self.content_type(reply)}
        return Response(self.render_json(reply.body), status_code=reply.status, headers=headers)

    def _routes(self) -> list[Route]:
        grouped = groupby(self.operations(), lambda operation: operation.path)
        return [self._route(path, list(operations)) for path, operations in grouped]

    def _route(self, path: str, operations: list[Operation]) -> Route:
        by_method = {operation.method: operation for operation in operations}
        if "GET" in by_method:
            by_method["HEAD"] = by_method["GET"]

        async def endpoint(request: Request) -> Response:
            return await self._exchange(by_method[request.method], request)

        return Route(self.base_path() + path, endpoint, methods=list(by_method))

    async def _exchange(self, operation: Operation, request: Request) -> Response:
        try:
            call = await self._call(operation, request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        answered = await run_in_threadpool(lambda: self._answered(operation, call))
        return answered if isinstance(answered, Response) else self.stream(answered)

    def _answered(self, operation: Operation, call: Call) -> Response | Reply:
        """What a rule answers, rendered in the thread that runs it; a stream is not."""
        reply = self.answer(operation, call)
        return self.respond(reply) if reply.events is None else reply

    def stream(self, reply: Reply) -> Response:
        """The response that sends events until there are no more."""
        assert reply.events is not None
        return EventSourceResponse(
            reply.events, status_code=reply.status, headers=reply.headers, ping=0, sep="\n"
        )

    async def _call(self, operation: Operation, request: Request) -> Call:
        body = bytearray()
        async for piece in request.stream():
            body += piece[: self.KEPT_BYTES - len(body)]
        return Call(
            operation=operation.name,
            method=request.method,
            path=request.scope["path"],
            query=request.url.query,
            address=request.path_params.get("session", ""),
            headers=request.headers,
            body=bytes(body),
            parameters={name: text for name, text in request.path_params.items() if name != "session"},
        )

    async def _no_route(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        assert isinstance(error, HTTPException)
        return self.respond(self.refused(Refusal(error.status_code, error.detail, headers=error.headers)))

    async def _broken(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        return self.respond(self.broken())

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:  # noqa: ARG002
        current_default_thread_limiter().total_tokens = self.THREADS
        yield
        await run_in_threadpool(self.close)
