"""A running trigger reference and a small client of it, for the tests beside this file."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from reference.serving import Server
from reference.trigger import TriggerReference

KEY = "tr_dev_main_0123456789abcdef"
OTHER_KEY = "tr_dev_other_0123456789abcdef0123456789"
KEYS = {"env_main": KEY, "env_other": OTHER_KEY}


@dataclass(frozen=True)
class Client:
    """Sends requests with one credential; any address is percent-encoded whole."""

    http: httpx.Client
    authorization: str | None = field(default=f"Bearer {KEY}")

    def with_token(self, token: str) -> "Client":
        return Client(self.http, f"Bearer {token}")

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        headers = dict(content.pop("headers", {}))
        if self.authorization is not None:
            headers["authorization"] = self.authorization
        return self.http.request(method, f"/api/v1/sessions{path}", headers=headers, **content)

    def create(self, **members: Any) -> httpx.Response:
        return self.send("POST", "", json=create_body(**members))

    def made(self, **members: Any) -> dict[str, Any]:
        reply = self.create(**members)
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    def retrieve(self, address: str) -> httpx.Response:
        return self.send("GET", at(address))

    def row(self, address: str) -> dict[str, Any]:
        reply = self.retrieve(address)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def update(self, address: str, **members: Any) -> httpx.Response:
        return self.send("PATCH", at(address), json=members)

    def close(self, address: str, **members: Any) -> httpx.Response:
        return self.send("POST", at(address) + "/close", json=members)


def at(address: str) -> str:
    return "/" + quote(address, safe="")


def create_body(**members: Any) -> dict[str, Any]:
    return {
        "type": "chat.agent",
        "taskIdentifier": "my-chat",
        "triggerConfig": {"basePayload": {}},
        **members,
    }


def fresh(text: str = "chat") -> str:
    return f"{text}-{uuid.uuid4().hex}"


def row_of(created: Mapping[str, Any]) -> dict[str, Any]:
    """A create reply without what only a create tells."""
    return {
        name: value
        for name, value in created.items()
        if name not in {"runId", "publicAccessToken", "isCached"}
    }


@contextmanager
def running(application: TriggerReference) -> Iterator[Client]:
    with Server(application.app()) as url, httpx.Client(base_url=url, timeout=10, trust_env=False) as http:
        yield Client(http)
