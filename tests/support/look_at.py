"""The looks before a run, sent to a real server by this process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tck.contract.contract import load_contract
from tck.run.looks import Look, Looker
from tck.transport.messages import Call, Reply
from tck.transport.way import Way
from tests.support.transport_samples import client

PREFIX = "tck-0123456789abcdefabcd"


class Eye:
    """Looks at a URL by a contract with these secrets; `sent` is what was asked, in words."""

    def __init__(
        self, folder: Path, secrets: Mapping[str, str], contract: str = "trigger", **own: str
    ) -> None:
        self.folder, self.secrets, self.contract = folder, secrets, load_contract(contract)
        self.own = {option.name: option.default for option in self.contract.options} | own
        self.sent: list[str] = []

    def looks(self, url: str, timeout: float = 5.0, **changes: Any) -> dict[str, Look]:
        """What was looked at, by name, up to the first refusal."""
        way = changes.get("way", Way())
        http, self.kept = client(url, self.folder, lambda seconds: None, timeout=timeout, way=way)
        way.keep_secret(http.redactor)

        def send(call: Call) -> Reply:
            self.sent.append(f"{call.method} {call.path}")
            return http.send(call, "a look")

        names = changes.get("names", (f"{PREFIX}-1", PREFIX))
        found: dict[str, Look] = {}
        try:
            for look in self._looker(url, send, names, way).looks():
                found[look.name] = look
                if look.refusal:
                    break
        finally:
            http.close()
        return found

    def _looker(self, url: str, send: Any, names: tuple[str, str], way: Way) -> Looker:
        return Looker(self.contract, url, self.own, self.authorization, send, names, way.proxy)

    def refusal(self, url: str, **how: Any) -> str:
        return list(self.looks(url, **how).values())[-1].refusal

    def authorization(self, name: str) -> str | None:
        item = self.contract.credential(name)
        secret = self.secrets.get(item.env)
        return item.authorization.header(secret, self.own) if secret else None
