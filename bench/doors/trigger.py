"""What the exchanges of a run on the Trigger contract show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from bench.doors.wire import Facts, object_of, wire_of
from tck.recording.exchange import Exchange, header

SESSIONS = "/api/v1/sessions"
LARGE = {"closeSession": (900, 1_024)}
"""Bytes from which a body is near its limit, and up to which it may be inside it."""
LARGEST = (30_000, 32_768)
HOME = "home"


def facts_of(exchanges: Iterable[Exchange]) -> Mapping[str, Facts]:
    """What each exchange of an operation shows; the exchanges are those of a run in the order of sending."""
    known = _Known()
    found: dict[str, Facts] = {}
    for one in exchanges:
        if one.operation:
            found[one.id] = {**_wire(one), **known.facts(one)}
        known.learn(one)
    return found


@dataclass
class _Known:
    """The sessions that were made so far: environment and whether closed, and their ids by name."""

    environments: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, one: Exchange) -> None:
        """Take note of what a reply shows."""
        row = object_of(one.response_body)
        if row is None or one.status not in range(200, 300) or not isinstance(row.get("id"), str):
            return
        if one.operation == "createSession":
            environment = _environment(one)
            self.environments.setdefault(row["id"], environment)
            if isinstance(row.get("externalId"), str):
                self.names[environment, row["externalId"]] = row["id"]
        if row.get("closedAt") is not None:
            self.closed.add(row["id"])

    def facts(self, one: Exchange) -> Facts:
        """How the request names its session, and in which state that is."""
        if one.operation == "createSession":
            name = (object_of(one.request_body) or {}).get("externalId")
            if not isinstance(name, str):
                return {"address": "left-out", "state": "new"}
            session = self.names.get((_environment(one), name))
            return {"address": "external-id", "state": self._state(session, "new")}
        address = unquote(urlsplit(one.url).path.removeprefix(SESSIONS).strip("/").removesuffix("/close"))
        if address.startswith("session_"):
            environment = self.environments.get(address)
            foreign = environment is not None and environment != _environment(one)
            state = "foreign" if foreign else self._state(address if environment else None, "unknown")
            return {"address": "id", "state": state}
        own = self.names.get((_environment(one), address))
        abroad = any(name == address for _, name in self.names) and own is None
        return {"address": "external-id", "state": "foreign" if abroad else self._state(own, "unknown")}

    def _state(self, session: str | None, otherwise: str) -> str:
        if session is None:
            return otherwise
        return "closed" if session in self.closed else "open"


def _environment(one: Exchange) -> str:
    return "other" if "OTHER" in header(one.request_headers, "authorization") else HOME


def _wire(one: Exchange) -> Facts:
    return {**wire_of(one, _credential), "operation": one.operation, "size": _size(one)}


def _credential(value: str) -> str:
    if not value:
        return "absent"
    if value.startswith("Bearer [redacted TRIGGER_SECRET_KEY]"):
        return "key"
    if value.startswith("Bearer [redacted TRIGGER_OTHER_SECRET_KEY]"):
        return "other-key"
    return "token" if value.startswith("Bearer eyJ") else "wrong"


def _size(one: Exchange) -> str:
    large, largest = LARGE.get(one.operation, LARGEST)
    size = len(one.request_body)
    return "beyond" if size > largest else "near" if size >= large else "small"
