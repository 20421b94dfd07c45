"""What the exchanges of a run on the Everruns contract show."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from bench.doors.wire import Facts, object_of, wire_of
from tck.recording.exchange import Exchange

SESSIONS = "/v1/sessions"
OLD = 3.0
"""Seconds after which a session is old."""
ID = re.compile(r"session_[0-9a-f]{32}")
DIGITS = 32
OPERATIONS = {"PATCH": "update", "GET": "read"}


def facts_of(exchanges: Iterable[Exchange]) -> Mapping[str, Facts]:
    """What each update and read shows; the exchanges are those of a run in the order of sending."""
    known = _Known()
    found: dict[str, Facts] = {}
    for one in exchanges:
        if one.method in OPERATIONS and SESSIONS in one.url:
            members = _members(one)
            found[one.id] = {**wire_of(one, _credential), "members": members, **known.facts(one)}
        known.learn(one)
    return found


@dataclass
class _Known:
    """When each session was made, and which have been updated."""

    made_at: dict[str, float] = field(default_factory=dict)
    updated: set[str] = field(default_factory=set)

    def learn(self, one: Exchange) -> None:
        """Take note of what a reply shows."""
        row = object_of(one.response_body)
        if row is None or one.status not in range(200, 300) or not isinstance(row.get("id"), str):
            return
        self.made_at.setdefault(row["id"], one.started_at)
        if one.method == "PATCH":
            self.updated.add(row["id"])

    def facts(self, one: Exchange) -> Facts:
        """How the request names its session, and how that is."""
        path = urlsplit(one.url).path
        raw = path.rpartition(f"{SESSIONS}/")[2].strip("/")
        session_id = unquote(raw)
        plain = path.endswith(f"/{raw}") and "//" not in path
        known = {
            "operation": OPERATIONS[one.method],
            "address": self._address(raw, session_id),
            "path": "plain" if plain else "variant",
        }
        if session_id not in self.made_at:
            return known
        age = "old" if one.started_at - self.made_at[session_id] >= OLD else "young"
        return {**known, "age": age, "state": "updated" if session_id in self.updated else "fresh"}

    def _address(self, raw: str, session_id: str) -> str:
        if session_id in self.made_at:
            return "own" if raw == session_id else "escaped"
        return "unknown" if ID.fullmatch(session_id) else _spoilt(session_id)


def _spoilt(session_id: str) -> str:
    """What is wrong with an id that cannot be one."""
    prefix, _, digits = session_id.rpartition("_")
    if prefix != "session":
        return "no-prefix" if re.fullmatch("_?[0-9a-f]+", session_id) else "other-prefix"
    if not re.fullmatch("[0-9a-f]*", digits):
        return "no-hex"
    return "short" if len(digits) < DIGITS else "long"


def _members(one: Exchange) -> str:
    named = {name for name in ("title", "tags") if (object_of(one.request_body) or {}).get(name) is not None}
    return "both" if named == {"title", "tags"} else next(iter(named), "none")


def _credential(value: str) -> str:
    if not value:
        return "absent"
    return "key" if "[redacted EVERRUNS_API_KEY]" in value else "wrong"
