"""Latitudes: what a row may be like, and what the pages leave to the server."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from sqlite3 import Connection
from threading import Lock
from typing import Any

import jwt

from mutants.catalogue import latitude
from reference.application import Call, Json, Reply
from reference.refusals import Invalid, Problem
from reference.refusals import Path as Place
from reference.trigger import Change, Row, TriggerReference
from reference.trigger.access import Environment

NULLABLE = ("externalId", "currentRunId", "metadata", "closedAt", "closedReason", "expiresAt")
KNOWN_NAMES = {"small-1x", "20240523.1"}


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
class OpenRowMoves(TriggerReference):
    """The updatedAt of an open session moves by itself whenever its run reports."""

    def retrieve(self, call: Call) -> Reply:
        with self.writing() as db:
            row = self.find(db, self.environments[0], self.address(call))
            if row is not None and not self.is_closed(row):
                self.save_row(db, self.touched(row))
        return super().retrieve(call)


@latitude
class RunEndsEarly(TriggerReference):
    """The first run has ended as soon as the session is read: there is no live run."""

    def retrieved_reply(self, row: Row) -> Reply:
        return super().retrieved_reply(replace(row, current_run_id=None))


@latitude
class CloseEndsTheRun(TriggerReference):
    """A close ends the live run."""

    def closed_row(self, change: Change) -> Row:
        return replace(super().closed_row(change), current_run_id=None)


@latitude
class LaggingReads(TriggerReference):
    """A retrieve shows what was written a moment ago and before."""

    ALONE = True
    LAG = 0.04

    def __init__(self, database: Path, keys: Mapping[str, str]) -> None:
        super().__init__(database, keys)
        self._written: dict[str, list[tuple[float, Row]]] = {}
        self._lock = Lock()

    def insert_row(self, db: Connection, row: Row) -> None:
        super().insert_row(db, row)
        self._remember(row)

    def save_row(self, db: Connection, row: Row) -> None:
        super().save_row(db, row)
        self._remember(row)

    def _remember(self, row: Row) -> None:
        with self._lock:
            self._written.setdefault(row.id, []).append((time.monotonic(), row))

    def retrieved_reply(self, row: Row) -> Reply:
        seen = [old for at, old in self._written.get(row.id, []) if at <= time.monotonic() - self.LAG]
        if not seen:
            raise self.not_found()
        return super().retrieved_reply(seen[-1])


@latitude
class CachedRefreshesTriggerConfig(TriggerReference):
    """A create that finds an open session takes over the new triggerConfig."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        row = replace(change.row, trigger_config=change.fields["triggerConfig"])
        self.save_row(db, row)
        return row


@latitude
class CachedStartsAnotherRun(TriggerReference):
    """A create that finds an open session starts another run, which is then the live one."""

    def reuse_row(self, db: Connection, change: Change) -> Row:
        run = self.new_run_id()
        row = self.touched(replace(change.row, run_id=run, current_run_id=run))
        self.save_row(db, row)
        return row


@latitude
class NoOpMovesUpdatedAt(TriggerReference):
    """An update that changes nothing moves updatedAt all the same."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        row = super().apply_update(db, change)
        if row == change.row:
            row = self.touched(row)
            self.save_row(db, row)
        return row


@latitude
class ClosedIsNotUpdated(TriggerReference):
    """An update of a closed session is refused with 409."""

    def apply_update(self, db: Connection, change: Change) -> Row:
        if self.is_closed(change.row):
            raise self.closed_conflict()
        return super().apply_update(db, change)


@latitude
class TrimmedExternalIds(TriggerReference):
    """White space around an externalId is taken off, wherever it stands."""

    def check_new_external_id(self, value: Json, path: Place) -> Json:
        return super().check_new_external_id(value.strip() if isinstance(value, str) else value, path)

    def check_repeated_external_id(self, value: Json, path: Place) -> Json:
        return super().check_repeated_external_id(value.strip() if isinstance(value, str) else value, path)

    def decode_address(self, raw: str) -> str:
        return super().decode_address(raw).strip()


@latitude
class UnknownMembersRefused(TriggerReference):
    """A body with a member that no page names is refused."""

    def check_body(
        self, body: dict[str, Json], rules: Mapping[str, Callable[..., Json]], required: tuple[str, ...]
    ) -> dict[str, Json]:
        for name in body.keys() - rules.keys():
            raise self.invalid(Problem("unrecognized_keys", "It is not known.", (name,)))
        return super().check_body(body, rules, required)


@latitude
class TargetNamesMustExist(TriggerReference):
    """A machine, queue, region, version or task that the environment lacks is refused."""

    def check_task_identifier(self, value: Json, path: Place) -> Json:
        return self._existing(super().check_task_identifier(value, path), path, {"my-chat"})

    def trigger_rules(self) -> Mapping[str, Callable[[Json, Place], Json]]:
        rules = dict(super().trigger_rules())
        for name in ("machine", "queue", "region", "lockToVersion"):
            rules[name] = self._checked(rules[name])
        return rules

    def _checked(self, rule: Callable[[Json, Place], Json]) -> Callable[[Json, Place], Json]:
        return lambda value, path: self._existing(rule(value, path), path, KNOWN_NAMES)

    def _existing(self, value: Json, path: Place, known: set[str]) -> Json:
        if value not in known:
            raise Invalid(Problem("custom", "There is no such thing in this environment.", path))
        return value


@latitude
class NullMeansLeftOut(TriggerReference):
    """A create takes null for an optional member as if it were left out."""

    def check_create(self, body: dict[str, Json]) -> dict[str, Json]:
        return super().check_create({name: value for name, value in body.items() if value is not None})


@latitude
class CodeUnitLengths(TriggerReference):
    """Lengths count UTF-16 code units, so that a character beyond the BMP counts twice."""

    def text_length(self, text: str) -> int:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2


@latitude
class DecimalKilobytes(TriggerReference):
    """A kilobyte has 1,000 bytes."""

    BODY_BYTES = 32_000
    CLOSE_BODY_BYTES = 1_000


@latitude
class EmptyReasonIsNone(TriggerReference):
    """An empty reason is recorded as none."""

    def closed_row(self, change: Change) -> Row:
        row = super().closed_row(change)
        return replace(row, closed_reason=row.closed_reason or None)


@latitude
class PastExpiryRefused(TriggerReference):
    """A create whose expiresAt has passed is refused as invalid."""

    def check_expires_at(self, value: Json, path: Place) -> Json:
        instant = super().check_expires_at(value, path)
        if instant is not None and instant <= self.now():
            raise Invalid(Problem("custom", "It has passed.", path))
        return instant
