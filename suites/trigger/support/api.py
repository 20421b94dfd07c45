"""The operations of the contract, and a session that a check has made."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from suites.trigger.support.bodies import ID_PREFIX, LONGEST_NAME, Body
from tck import checking
from tck.checking import NotTested, Operations, Reply, Row, Text, encoded
from tck.run import Run

COLLECTION = "/api/v1/sessions"


@dataclass(frozen=True)
class Sessions(Operations):
    """The four operations on one session, and the list of them."""

    run: Run

    def create(self, body: Any = None, *, raw: bytes | None = None, **sending: Any) -> Reply:
        """POST a body (or raw bytes) to the collection."""
        return self.send(
            "createSession", "POST", COLLECTION, encoded(body) if raw is None else raw, **sending
        )

    def list(self, query: Mapping[str, str] | Sequence[tuple[str, str]] = (), **sending: Any) -> Reply:
        """GET the collection with a query, by its names such as `page[size]`."""
        return self.list_by(urlencode(query if isinstance(query, Mapping) else [*query]), **sending)

    def list_by(self, query: str, **sending: Any) -> Reply:
        """GET the collection with a query as it stands in the address."""
        path = f"{COLLECTION}?{query}" if query else COLLECTION
        return self.send("listSessions", "GET", path, None, **sending)

    def retrieve(self, address: str, **sending: Any) -> Reply:
        """GET the session at an address."""
        return self.send("retrieveSession", "GET", path_of(address), None, **sending)

    def update(self, address: str, body: Any = None, *, raw: bytes | None = None, **sending: Any) -> Reply:
        """PATCH the session at an address."""
        return self.send(
            "updateSession", "PATCH", path_of(address), encoded(body) if raw is None else raw, **sending
        )

    def close(self, address: str, body: Any = None, *, raw: bytes | None = None, **sending: Any) -> Reply:
        """POST to the close path of an address; without a body given, the body is {}."""
        content = encoded({} if body is None else body) if raw is None else raw
        return self.send("closeSession", "POST", f"{path_of(address)}/close", content, **sending)

    def close_without_body(self, address: str) -> Reply:
        """Close with no body and no content type at all."""
        return self.send("closeSession", "POST", f"{path_of(address)}/close", None)

    def ask(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """Any other method or path."""
        return self.send("", method, path, body)

    def bearing(self, token: str) -> "Sessions":
        """The same operations with another bearer credential."""
        return replace(self, authorization=f"Bearer {token}")


@dataclass
class LiveSession(checking.LiveSession[Sessions]):
    """A session that the run has made, as seen with the secret key of its environment."""

    reads_judged_by = "retrieve.by-id-answers-200"
    seen_at_once = "replies.write-seen-at-once"
    reads_go_on = "replies.reads-do-not-go-back"

    created: Reply
    sessions: Sessions = field(repr=False)

    def seen_by(self, sessions: Sessions) -> "LiveSession":
        """The same session in the hands of another check."""
        return LiveSession(self.created.noted_by(sessions.check.note), sessions)

    @property
    def id(self) -> str:
        """The id that the target gave."""
        return Text(str(self.created.row.values.get("id")), self.created.origin.at("id"))

    @property
    def external_id(self) -> str:
        """The externalId that the create sent; raises LookupError when it sent none."""
        return str(self.sent["externalId"])

    @property
    def sent(self) -> Mapping[str, Any]:
        """The body that the create sent."""
        sent: Mapping[str, Any] = json.loads(self.created.call.body or b"{}")
        return sent

    @property
    def addresses(self) -> tuple[str, ...]:
        """Both addresses of a session with an externalId, else its id."""
        return (self.id, self.external_id) if "externalId" in self.sent else (self.id,)

    @property
    def token(self) -> str:
        """The publicAccessToken that create issued; raises NotTested when there is none."""
        issued = self.created["publicAccessToken"]
        token = issued.value
        if not isinstance(token, str) or not token:
            raise NotTested("create issued no publicAccessToken", judged_by="create.success-matches-schema")
        return Text(token, issued.origin)

    def by_each_address(self) -> Sequence[Callable[[], Reply]]:
        """A retrieve by id and, where it has one, by externalId."""
        return [partial(self.sessions.retrieve, address) for address in self.addresses]

    def comparable(self, row: Row) -> Row:
        """The row without what may move by itself."""
        return row.without_volatile()

    def is_shown(self, replied: Row, row: Row) -> bool:
        """Whether a retrieve shows what a write replied, but for what may move by itself."""
        return row.without_volatile() == replied.without_volatile()


def path_of(address: str) -> str:
    """The path of the session at an address, percent-encoded whole."""
    return f"{COLLECTION}/{quote(address, safe='')}"


NewSession = Callable[..., LiveSession]


def made(sessions: Sessions, body: Body) -> LiveSession:
    """The session that a create made; raises NotTested unless the reply is a 2xx with an id."""
    reply = sessions.create(body)
    if not reply.succeeded or not reply.is_object or not isinstance(reply["id"].value, str):
        raise NotTested(f"create answered {reply.status}", judged_by=_taken_by(body.get("externalId")))
    return LiveSession(reply, sessions)


def _taken_by(name: Any) -> str:
    """The requirement by which a target takes a create with this externalId."""
    if isinstance(name, str) and ID_PREFIX in name:
        return "create.reserved-prefix-is-exact"
    if isinstance(name, str) and len(name) == LONGEST_NAME:
        return "create.external-id-max-length-accepted"
    return "create.new-session-answers-201"
