"""Which proxy leads to a target, by the environment variables that most programs obey."""

import importlib.util
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from tck.errors import KitError
from tck.transport.base_url import is_loopback

SCHEMES = ("http", "https", "socks5", "socks5h")
SOCKS = ("socks5", "socks5h")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Proxy:
    """A proxy's whole URL, which may hold a password, and the variable that names it."""

    url: str
    variable: str

    @property
    def shown(self) -> str:
        """The proxy as a message names it, without its password."""
        parts = urlsplit(self.url)
        return f"the proxy {parts.scheme}://{parts.netloc.rpartition('@')[2]} ({self.variable})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password, as it stands in the URL and as it is sent."""
        password = urlsplit(self.url).password or ""
        return tuple(dict.fromkeys(filter(None, (password, unquote(password)))))


def proxy_to(base_url: str, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy that requests to a URL go through, None for none; raises KitError for an unusable one.

    None leads to this machine.
    """
    parts = urlsplit(base_url)
    if is_loopback(base_url):
        return None
    found = _named(environment, f"{parts.scheme}_proxy") or _named(environment, "all_proxy")
    if found is None or _excepted(parts, environment):
        return None
    variable, value = found
    return _usable(Proxy(value if "://" in value else f"http://{value}", variable))


def _named(environment: Mapping[str, str], name: str) -> tuple[str, str] | None:
    for variable in (name, name.upper()):
        value = environment.get(variable, "").strip()
        if value:
            return variable, value
    return None


def _usable(proxy: Proxy) -> Proxy:
    try:
        parts = urlsplit(proxy.url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise KitError(f"{proxy.variable} is not a URL; give one such as http://proxy:3128.") from None
    if parts.scheme not in SCHEMES or not host:
        known = ", ".join(SCHEMES)
        raise KitError(
            f"{proxy.variable} is not the URL of a proxy that the kit can use; it can use {known}."
        )
    if parts.scheme in SOCKS and importlib.util.find_spec("socksio") is None:
        raise KitError(
            f"{proxy.shown} is a SOCKS proxy, which needs a further package; pip install socksio adds it."
        )
    return proxy


def _excepted(target: SplitResult, environment: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names the target; raises KitError for a network in it that is none."""
    found = _named(environment, "no_proxy")
    if found is None:
        return False
    variable, value = found
    named = [_names(entry, target, variable) for entry in re.split(r"[,\s]+", value) if entry]
    return any(named)


def _names(entry: str, target: SplitResult, variable: str) -> bool:
    """Whether an entry stands for the target: *, a host or domain, with or without a port, or a network."""
    host, port = (target.hostname or "").rstrip("."), target.port or PORTS.get(target.scheme)
    if entry == "*":
        return True
    if "/" in entry and "://" not in entry:
        return _in_network(entry, host, variable)
    named, named_port = _host_and_port(entry.partition("://")[2] or entry)
    if named_port is not None and named_port != port:
        return False
    if _address(named) is not None:
        return _address(named) == _address(host)
    domain = named.lstrip("*").strip(".").lower()
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _in_network(entry: str, host: str, variable: str) -> bool:
    before, _, size = entry.rpartition("/")
    try:
        network = ipaddress.ip_network(f"{before.strip('[]')}/{size}", strict=False)
    except ValueError:
        raise KitError(f"{variable} holds {entry!r}, which is not a network such as 10.0.0.0/8.") from None
    address = _address(host)
    return address is not None and address in network


def _host_and_port(text: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(\d+))?", text)
    if bracketed:
        return bracketed[1], int(bracketed[2]) if bracketed[2] else None
    if _address(text) is not None:
        return text, None
    host, colon, port = text.rpartition(":")
    return (host, int(port)) if colon and port.isdecimal() else (text, None)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def variables(environment: Mapping[str, str]) -> Iterator[str]:
    """The names of the variables about proxies that are set."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        found = _named(environment, name)
        if found is not None:
            yield found[0]
