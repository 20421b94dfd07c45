"""Replies and a client as the machinery's tests need them, with no server behind them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tck.recording.exchange import Exchange
from tck.recording.redaction import Redactor
from tck.transport.client import Client
from tck.transport.limits import Budget, Counter
from tck.transport.messages import Call, Reply
from tck.transport.rate_limiter import Pacer
from tck.transport.way import Way
from tck.values.json_equality import Kind
from tck.values.row import RowShape

SHAPE = RowShape({"id": Kind.PLAIN, "tags": Kind.UNORDERED})


def reply(status: int = 200, body: Any = None, exchange: str = "main-1", **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    named = {
        "content-type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Reply(Call("createSession", "POST", "/x"), exchange, status, tuple(named.items()), raw, SHAPE)


class Kept(list[Exchange]):
    """Takes exchanges in memory."""


def client(url: str, tmp_path: Path, wait: Callable[[float], None], **changes: Any) -> tuple[Client, Kept]:
    kept, traced, way = Kept(), changes.pop("traced", True), changes.pop("way", Way())
    made = Client(
        base_url=url, timeout=changes.pop("timeout", 10.0), shape=SHAPE, redactor=Redactor(), recorder=kept,
        budget=Budget(Counter(tmp_path / "requests"), Counter(tmp_path / "sessions"), **changes),
        pacer=Pacer(None), wait=wait, traced=traced, way=way,
    )  # fmt: skip
    return made, kept
