"""A running everruns reference and a small client of it, for the tests beside this file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from reference.everruns import EverrunsReference
from reference.serving import Server

KEY = "evr_" + "0123456789abcdef" * 4


@dataclass(frozen=True)
class Client:
    """Sends requests with one Authorization header; any id is percent-encoded whole."""

    http: httpx.Client
    authorization: str | None = KEY

    def send(self, method: str, path: str = "", **content: Any) -> httpx.Response:
        headers = dict(content.pop("headers", {}))
        if self.authorization is not None:
            headers["authorization"] = self.authorization
        return self.http.request(method, f"/v1/sessions{path}", headers=headers, **content)

    def made(self, **members: Any) -> dict[str, Any]:
        reply = self.send("POST", json=members)
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    def row(self, session_id: str) -> dict[str, Any]:
        reply = self.send("GET", at(session_id))
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def update(self, session_id: str, **members: Any) -> httpx.Response:
        return self.send("PATCH", at(session_id), json=members)


def at(session_id: str) -> str:
    return "/" + quote(session_id, safe="")


@contextmanager
def running(application: EverrunsReference, authorization: str | None = KEY) -> Iterator[Client]:
    with Server(application.app()) as url:
        base = url + application.base_path()
        with httpx.Client(base_url=base, timeout=10, trust_env=False) as http:
            yield Client(http, authorization)
