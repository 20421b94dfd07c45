"""What the sentences of requirements quantify over, and what of it the exchanges of a run show."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tck.contract.combinations import Claim, Doors, Values
from tck.recording.exchange import Exchange, header
from tck.vocabulary import Outcome

Facts = Mapping[str, str]
"""What one exchange shows of each dimension."""
SESSIONS = "/api/v1/sessions"
LARGE = {"closeSession": (900, 1_024)}
"""Bytes from which a body is near its limit, and up to which it may be inside it."""
LARGEST = (30_000, 32_768)
HOME = "home"
UNJUDGED = {Outcome.NOT_TESTED.value, Outcome.NOT_APPLICABLE.value}


@dataclass(frozen=True)
class Coverage:
    """One claim of one requirement: what it wants to see, what was seen, and what is missing for a reason."""

    requirement: str
    claim: Claim
    missing: tuple[Values, ...]
    reasons: Mapping[Values, str] = field(default_factory=dict)

    @property
    def unexplained(self) -> list[Values]:
        """The combinations that are missing without a reason."""
        return [one for one in self.missing if one not in self.reasons]


def coverage(doors: Doors, result: Mapping[str, Any], exchanges: Sequence[Exchange]) -> Iterator[Coverage]:
    """What the exchanges that each tested requirement was judged by show of its claims."""
    facts = facts_of(exchanges)
    for requirement in result["requirements"]:
        name = requirement["id"]
        if requirement["outcome"] in UNJUDGED:
            continue
        judged = {one for check in requirement["checks"] for one in (*check["judged"], *check["exchanges"])}
        seen = [facts[one] for one in judged if one in facts]
        for claim in doors.claims_of(name):
            missing = tuple(one for one in claim.wanted if not any(_shows(fact, one) for fact in seen))
            yield Coverage(name, claim, missing, dict(_reasons(doors, name, missing)))


def _shows(facts: Facts, wanted: Values) -> bool:
    return all(facts.get(name) == value for name, value in wanted)


def _reasons(doors: Doors, name: str, missing: Iterable[Values]) -> Iterator[tuple[Values, str]]:
    for one in missing:
        reason = next((hole.because for hole in doors.holes if hole.explains(name, one)), "")
        if reason:
            yield one, reason


# What an exchange shows


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
        row = _object(one.response_body)
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
            name = (_object(one.request_body) or {}).get("externalId")
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
    headers = one.request_headers
    return {
        "operation": one.operation,
        "credential": _credential(header(headers, "authorization")),
        "body": _body(one),
        "size": _size(one),
        "transfer": "chunked" if header(headers, "transfer-encoding") else "length",
        "media": _media(header(headers, "content-type")),
        "accept": _accept(header(headers, "accept")),
        "coding": header(headers, "accept-encoding") or "identity",
        "condition": "validator" if _conditional(one) else "unconditional",
    }


def _credential(value: str) -> str:
    if not value:
        return "absent"
    if value.startswith("Bearer [redacted TRIGGER_SECRET_KEY]"):
        return "key"
    if value.startswith("Bearer [redacted TRIGGER_OTHER_SECRET_KEY]"):
        return "other-key"
    return "token" if value.startswith("Bearer eyJ") else "wrong"


def _body(one: Exchange) -> str:
    if not one.request_body:
        return "empty"
    try:
        value = json.loads(one.request_body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return "no-json"
    return "object" if isinstance(value, dict) else "no-object"


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _size(one: Exchange) -> str:
    large, largest = LARGE.get(one.operation, LARGEST)
    size = len(one.request_body)
    return "beyond" if size > largest else "near" if size >= large else "small"


def _media(value: str) -> str:
    if value == "application/json":
        return "plain"
    if not value:
        return "absent"
    return "parameters" if ";" in value else "capitals" if value.lower() == "application/json" else "other"


def _accept(value: str) -> str:
    if value in ("application/json", ""):
        return "json" if value else "absent"
    return "list" if "," in value else "anything" if value == "*/*" else "other"


def _conditional(one: Exchange) -> bool:
    return any(header(one.request_headers, name) for name in ("if-none-match", "if-modified-since"))


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
