"""Replies that nobody sent, to show to the monitors."""

import json
from typing import Any

from suites.trigger.support.replies.monitors import ReplyMonitor
from tck.contract.openapi import load_api
from tck.paths import spec_dir
from tck.transport.messages import Call, Reply
from tck.values.row import RowShape

KEY = "tr_dev_0123456789abcdef"
OTHER = "tr_dev_fedcba9876543210"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSIsInB1YiI6dHJ1ZX0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
ROW: dict[str, Any] = {
    "id": "session_1",
    "externalId": "chat-1",
    "type": "chat.agent",
    "taskIdentifier": "my-chat",
    "triggerConfig": {"basePayload": {"chatId": "chat-1"}},
    "currentRunId": "run_1",
    "tags": ["one"],
    "metadata": {"some": {"thing": [1, None]}},
    "closedAt": None,
    "closedReason": None,
    "expiresAt": "2098-01-01T00:00:00Z",
    "createdAt": "2026-11-21T10:00:00.000Z",
    "updatedAt": "2026-11-21T10:00:00.000Z",
}
MADE = {**ROW, "runId": "run_1", "publicAccessToken": TOKEN, "isCached": False}
CLOSED = {**ROW, "closedAt": "2026-11-21T11:00:00Z", "closedReason": "done"}
INVALID = {"error": "no", "details": [{"code": "custom", "message": "no", "path": ["tags", "1"]}]}
METHODS = {
    "createSession": "POST",
    "retrieveSession": "GET",
    "updateSession": "PATCH",
    "closeSession": "POST",
}
MONITOR = ReplyMonitor(load_api(spec_dir("trigger") / "openapi.yaml"), {"key": KEY, "other": OTHER})


def reply(
    operation: str,
    status: int,
    body: Any,
    *,
    media_type: str | None = "application/json",
    sent: Any = None,
    path: str = "/api/v1/sessions",
    key: str = KEY,
) -> Reply:
    """A reply with this body as JSON, or with a text as it stands when the media type is not JSON's."""
    text = body if isinstance(body, str) and media_type != "application/json" else json.dumps(body)
    headers = () if media_type is None else (("content-type", media_type),)
    call = Call(
        operation, METHODS.get(operation, "PUT"), path, f"Bearer {key}", body=json.dumps(sent).encode()
    )
    return Reply(call, "main-1", status, headers, text.encode(), RowShape({}))


def problem(requirement: str, seen: Reply) -> str | None:
    """What the monitors say of a requirement; raises KeyError when they say nothing."""
    return dict(MONITOR.judged(seen))[requirement]
