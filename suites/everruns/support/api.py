"""The update of the contract, what is needed around it, and a session that checks work on."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from suites.everruns.support.rows import tags_of, title_of
from tck.checking.check import Check
from tck.checking.eventual_read import Look
from tck.run.context import Run
from tck.transport.messages import Call, Reply
from tck.unjudged import NotTested
from tck.values.row import Row

COLLECTION = "/v1/sessions"
OPERATION = "updateSession"
Body = dict[str, Any]


@dataclass(frozen=True)
class Sessions:
    """The update and its preconditions, asked for with one Authorization header; None sends none."""

    run: Run
    check: Check
    authorization: str | None

    def create(self) -> Reply:
        """POST a new session, which carries the run's tag; a precondition that nobody judges."""
        harness = self.run.options.own["harness_id"]
        request = self.run.contract.ownership.request.filled(**self.run.options.own, tag=self.run.tag)
        reply = self._send("", request.method, request.path, request.body)
        if not reply.succeeded or not reply.is_object or not isinstance(reply["id"].value, str):
            named = (
                " on the harness that --harness-id names" if harness else "; name a harness with --harness-id"
            )
            raise NotTested(f"{request.method} {request.path} answered {reply.status}{named}")
        return reply

    def read(self, session_id: str) -> Reply:
        """GET a session; nobody judges it."""
        return self._send("", "GET", path_of(session_id), None)

    def update(self, session_id: str, body: Any = None, *, raw: bytes | None = None, **sending: Any) -> Reply:
        """PATCH a session with a body, or with these bytes."""
        content = encoded(body) if raw is None else raw
        return self._send(OPERATION, "PATCH", path_of(session_id), content, **sending)

    def using(self, authorization: str | None) -> "Sessions":
        """The same with this whole Authorization header, or none."""
        return replace(self, authorization=authorization)

    def _send(self, operation: str, method: str, path: str, body: bytes | None, **sending: Any) -> Reply:
        call = Call(operation, method, path, self.authorization, "key", body, **sending)
        return self.run.send(call, self.check)


@dataclass
class LiveSession:
    """A session that checks may update: one that the run made, or the one that the operator lent."""

    id: str
    sessions: Sessions = field(repr=False)

    def update(self, body: Any = None, **sending: Any) -> Reply:
        """PATCH it."""
        return self.sessions.update(self.id, body, **sending)

    @cached_property
    def _look(self) -> Look:
        judged_by = "is a precondition that the kit cannot do without"
        read = partial(self.sessions.read, self.id)
        return Look(read, self.sessions.check, judged_by, "update.seen-at-once", self.sessions.run.patience)

    def look(self) -> Row:
        """The row as a read shows it now; raises NotTested when it never could be read, else Broken."""
        return self._look.now()

    def shows(self, holds: Callable[[Row], bool]) -> Row:
        """The row once a read shows that it holds, within the kit's wait; else the last row seen."""
        return self._look.until(holds)

    def shows_written(self, reply: Reply) -> Row:
        """The row once a read shows the title and the tags that an update replied; else the last row seen."""
        told = reply.row
        return self.shows(lambda row: title_of(row) == title_of(told) and tags_of(row) == tags_of(told))


def path_of(session_id: str) -> str:
    """The path of a session, its id percent-encoded whole."""
    return f"{COLLECTION}/{quote(session_id, safe='')}"


def encoded(body: Any) -> bytes:
    """A body as UTF-8 JSON, as short as it gets."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
