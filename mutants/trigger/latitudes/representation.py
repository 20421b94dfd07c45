"""Latitudes: how a row may be shown, its ids and its times."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jwt

from mutants.catalogue import latitude
from reference.application import Json, Reply
from reference.trigger import Row, TriggerReference
from reference.trigger.access import Environment

NULLABLE = ("externalId", "currentRunId", "metadata", "closedAt", "closedReason", "expiresAt")


@latitude
class ExtraMembers(TriggerReference):
    """Replies carry members that no page names."""

    def session_body(self, row: Row) -> dict[str, Json]:
        return {**super().session_body(row), "organization": "acme", "links": {"self": row.id}, "revision": 7}


@latitude
class NullsLeftOut(TriggerReference):
    """Members without a value are left out instead of null."""

    def session_body(self, row: Row) -> dict[str, Json]:
        body = super().session_body(row)
        return {name: value for name, value in body.items() if name not in NULLABLE or value is not None}


@latitude
class MembersReversed(TriggerReference):
    """The members of a reply, and of what is stored as JSON, stand in another order."""

    def render_json(self, value: Json) -> bytes:
        return super().render_json(_reversed(value))


def _reversed(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


@latitude
class EscapedJson(TriggerReference):
    """Replies are indented and escape everything beyond ASCII, as JSON allows."""

    def render_json(self, value: Json) -> bytes:
        return json.dumps(value, ensure_ascii=True, indent=2).encode() + b"\n"


@latitude
class Microseconds(TriggerReference):
    """Timestamps show six fractional digits."""

    def shown_instant(self, instant: int | None) -> Json:
        return None if instant is None else _moment(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@latitude
class WholeSeconds(TriggerReference):
    """Timestamps are cut to whole seconds."""

    ALONE = "clocks"

    def shown_instant(self, instant: int | None) -> Json:
        return None if instant is None else _moment(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


@latitude
class Offsets(TriggerReference):
    """Timestamps carry a zone offset."""

    def shown_instant(self, instant: int | None) -> Json:
        zone = timezone(timedelta(hours=5, minutes=30))
        return (
            None if instant is None else _moment(instant).astimezone(zone).isoformat(timespec="milliseconds")
        )


@latitude
class LowerCaseTimestamps(TriggerReference):
    """Timestamps are written with a small t and z, as RFC 3339 allows."""

    def shown_instant(self, instant: int | None) -> Json:
        shown = super().shown_instant(instant)
        return shown.lower() if isinstance(shown, str) else shown


def _moment(instant: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)


@latitude
class ClockAhead(TriggerReference):
    """The server's clock runs an hour ahead of everybody else's."""

    def now(self) -> int:
        return super().now() + 3_600_000

    def tokens_expire(self) -> bool:
        return False

    def decode_token(self, environment: Environment, token: str) -> Mapping[str, Any]:
        claims = super().decode_token(environment, token)
        if claims["exp"] * 1000 <= self.now():
            raise jwt.ExpiredSignatureError("It has expired.")
        return claims


@latitude
class LongIds(TriggerReference):
    """Ids are long and hold capitals, digits, hyphens and underscores."""

    def new_session_id(self) -> str:
        return f"session_{secrets.token_urlsafe(60)}"

    def new_run_id(self) -> str:
        return f"run_{secrets.token_urlsafe(40)}"


@latitude
class IdsWithFixedTails(TriggerReference):
    """Ids are long and end all alike, in a part that reads the same both ways."""

    def new_session_id(self) -> str:
        return f"session_{secrets.token_hex(16)}zzzz0zzzz"

    def new_run_id(self) -> str:
        return f"run_{secrets.token_hex(8)}zzzz0zzzz"


@latitude
class ShortIds(TriggerReference):
    """Ids are short."""

    def new_session_id(self) -> str:
        return f"session_{secrets.token_hex(4)}"

    def new_run_id(self) -> str:
        return f"run_{secrets.token_hex(4)}"


@latitude
class TriggerConfigOnlyOnRetrieve(TriggerReference):
    """triggerConfig is shown by retrieve alone."""

    def create_body(self, environment: Environment, row: Row, *, cached: bool) -> dict[str, Json]:
        return _without_config(super().create_body(environment, row, cached=cached))

    def updated_reply(self, row: Row) -> Reply:
        return _reply_without_config(super().updated_reply(row))

    def closed_reply(self, row: Row) -> Reply:
        return _reply_without_config(super().closed_reply(row))


def _without_config(body: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in body.items() if name != "triggerConfig"}


def _reply_without_config(reply: Reply) -> Reply:
    return replace(reply, body=_without_config(reply.body))


@latitude
class TriggerConfigWithDefaults(TriggerReference):
    """triggerConfig shows defaults beside what was sent."""

    def shown_trigger_config(self, row: Row) -> Json:
        return {"machine": "small-1x", "maxAttempts": 3, "idleTimeoutInSeconds": 1800, **row.trigger_config}


@latitude
class SortedTags(TriggerReference):
    """Tags are shown sorted and without duplicates."""

    def shown_tags(self, row: Row) -> Json:
        return sorted(set(row.tags))


@latitude
class StoredAsBinaryJson(TriggerReference):
    """Stored JSON comes back with its keys in another order and 1.0 as 1."""

    def json_text(self, value: Json) -> str:
        return json.dumps(_normal(value), ensure_ascii=False, sort_keys=True)


def _normal(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@latitude
class Nanoseconds(TriggerReference):
    """Timestamps show nine fractional digits."""

    def shown_instant(self, instant: int | None) -> Json:
        text = super().shown_instant(instant)
        return None if text is None else f"{text[:-1]}000000Z"


@latitude
class IdsWithPunctuation(TriggerReference):
    """Ids hold a tilde, a dot and a hyphen."""

    def new_session_id(self) -> str:
        return f"{super().new_session_id()}~v1.0-0"
