"""The way from this machine to a target: proxy, certificates, and the headers of a gateway."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tck.recording.redaction import Redactor
from tck.transport.certificates import Certificates
from tck.transport.gateway_headers import gateway_headers
from tck.transport.proxies import Proxy, proxy_to

HEADER = "a gateway's header"
"""What takes the place of the value of such a header."""


@dataclass(frozen=True)
class Way:
    """How requests reach a target; `headers` go with each of them, and their values are secrets."""

    context: ssl.SSLContext | None = None
    proxy: Proxy | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def for_http(self) -> dict[str, Any]:
        """The arguments of an HTTP client that takes this way."""
        verified = self.context or True
        if self.proxy is None:
            return {"trust_env": False, "verify": verified}
        inside = self.context if self.proxy.url.startswith("https:") else None
        proxy = httpx.Proxy(self.proxy.url, ssl_context=inside)
        return {"trust_env": False, "verify": verified, "proxy": proxy}

    def for_one_target(self) -> dict[str, Any]:
        """The same for one that goes nowhere else: TLS needs a context then, which is slow to make."""
        return {**self.for_http(), "verify": self.context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}

    def keep_secret(self, redactor: Redactor) -> None:
        """Have what is secret of the way taken out of all that is kept."""
        for value in self.headers.values():
            redactor.register(value, HEADER)
        for password in self.proxy.secrets if self.proxy else ():
            redactor.register(password, "a proxy's password")

    def without_values(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Headers as they were sent, without the values of the gateway's."""
        own = {name.lower(): value for name, value in self.headers.items()}
        return tuple(
            (name, f"[redacted {HEADER}]" if own.get(name.lower()) == value else value)
            for name, value in headers
        )


def way_to(base_url: str, certificates: Certificates, environment: Mapping[str, str]) -> Way:
    """The way to a URL as options and environment describe it; raises KitError for what cannot be used."""
    proxy = proxy_to(base_url, environment)
    secure = any(url.startswith("https:") for url in (base_url, proxy.url if proxy else ""))
    context = certificates.context(environment) if secure or certificates.flags else None
    return Way(context, proxy, gateway_headers(environment))
