"""The update of the contract, what is needed around it, and a session that checks work on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from suites.everruns.support.rows import tags_of, title_of, without_volatile
from tck import checking
from tck.checking import NotTested, Operations, Reply, Row, encoded
from tck.run import Run

COLLECTION = "/v1/sessions"
OPERATION = "updateSession"
Body = dict[str, Any]
CAPABLE: Body = {"capabilities": [{"ref": "web_fetch", "config": {"limits": [1, 2.5, {"deep": None}]}}]}
EQUIPPED: Body = {
    "tools": [
        {
            "type": "client_side",
            "name": "look",
            "display_name": "Look \u00e9",
            "description": "Looks at it.",
            "parameters": {
                "type": "object",
                "properties": {"at": {"enum": ["a", 1, None]}},
                "required": ["at"],
            },
        }
    ]
}
"""What a session may have of its own when it is made."""


@dataclass(frozen=True)
class Sessions(Operations):
    """The update and its preconditions."""

    run: Run

    def create(self) -> Reply:
        """POST a new session, which carries the run's tag; a precondition that nobody judges."""
        harness = self.run.options.own["harness_id"]
        request = self.run.contract.ownership.request.filled(**self.run.options.own, tag=self.run.tag)
        reply = self.send("", request.method, request.path, request.body)
        if not reply.succeeded or not reply.is_object or not isinstance(reply["id"].value, str):
            named = (
                " on the harness that --harness-id names" if harness else "; name a harness with --harness-id"
            )
            raise NotTested(f"{request.method} {request.path} answered {reply.status}{named}")
        return reply

    def create_full(self) -> Reply:
        """The same with capabilities and tools of its own, as far as the target takes them."""
        request = self.run.contract.ownership.request.filled(**self.run.options.own, tag=self.run.tag)
        request = self.run.contract.ownership.request.filled(**self.run.options.own, tag=self.run.tag)
        for more in ({**CAPABLE, **EQUIPPED}, EQUIPPED, CAPABLE):
            reply = self.send("", request.method, request.path, encoded({**request.json, **more}))
            if reply.succeeded and reply.is_object and isinstance(reply["id"].value, str):
                return reply
        return self.create()

    def read(self, session_id: str, **sending: Any) -> Reply:
        """GET a session; nobody judges it."""
        return self.send("", "GET", path_of(session_id), None, **sending)

    def delete(self, session_id: str) -> Reply:
        """DELETE a session; nobody judges it."""
        return self.send("", "DELETE", path_of(session_id), None)

    def update(self, session_id: str, body: Any = None, *, raw: bytes | None = None, **sending: Any) -> Reply:
        """PATCH a session with a body, or with these bytes."""
        content = encoded(body) if raw is None else raw
        return self.send(OPERATION, "PATCH", path_of(session_id), content, **sending)


@dataclass
class LiveSession(checking.LiveSession[Sessions]):
    """A session that checks may update: one that the run made, or the one that the operator lent."""

    reads_judged_by = ""
    seen_at_once = "update.seen-at-once"
    reads_go_on = "update.reads-do-not-go-back"

    id: str
    sessions: Sessions = field(repr=False)

    def update(self, body: Any = None, **sending: Any) -> Reply:
        """PATCH it."""
        return self.sessions.update(self.id, body, **sending)

    def by_each_address(self) -> Sequence[Callable[[], Reply]]:
        """A read by its id."""
        return [partial(self.sessions.read, self.id)]

    def comparable(self, row: Row) -> Row:
        """The row without what may move by itself; an empty list is as good as none."""
        return without_volatile(row)

    def read_if(self, headers: Mapping[str, str]) -> Reply:
        """Read it once, with headers beside those that every request has; empty ones are left out."""
        return self.sessions.read(self.id, headers=headers)

    def is_shown(self, replied: Row, row: Row) -> bool:
        """Whether a read shows the title and the tags that an update replied."""
        return title_of(row) == title_of(replied) and tags_of(row) == tags_of(replied)


def path_of(session_id: str) -> str:
    """The path of a session, its id percent-encoded whole."""
    return f"{COLLECTION}/{quote(session_id, safe='')}"
