"""Replies and a client as the machinery's tests need them, with no server behind them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tck.budget import Budget, Counter, Pacer
from tck.client import Client
from tck.exchange import Exchange
from tck.json_values import Kind
from tck.redaction import Redactor
from tck.reply import Call, Reply
from tck.row import RowShape

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
    kept = Kept()
    made = Client(
        base_url=url, timeout=changes.pop("timeout", 10.0), shape=SHAPE, redactor=Redactor(), recorder=kept,
        budget=Budget(Counter(tmp_path / "requests"), Counter(tmp_path / "sessions"), **changes),
        pacer=Pacer(None), wait=wait,
    )  # fmt: skip
    return made, kept
