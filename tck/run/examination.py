"""Everything between this machine and a verdict, looked at once: `sessions-tck doctor`."""

import os
import socket
import ssl
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from tck.contract.contract import Contract
from tck.contract.credentials import credentials_from
from tck.costs.cost_table import load_costs
from tck.costs.estimate import Spending
from tck.costs.generated_share import Allowance
from tck.recording.correlation import is_correlation
from tck.recording.exchange import Exchange, header
from tck.recording.redaction import Redactor
from tck.run.looks import Look, Looker
from tck.run.options import CAREFUL_SESSIONS
from tck.run.target import run_prefix
from tck.transport.base_url import is_loopback
from tck.transport.certificates import Certificates
from tck.transport.client import Client
from tck.transport.limits import Budget, Counter
from tck.transport.proxies import variables
from tck.transport.rate_limiter import Pacer
from tck.transport.way import Way, way_to
from tck.values.row import RowShape
from tck.values.texts import printable

PURPOSE = "doctor"
OF_GATEWAYS = ("server", "via", "x-served-by", "x-cache")
"""Headers by which something in front of an API shows itself."""
RATE_LIMITS = ("ratelimit", "retry-after")
MILLISECONDS = 1000
EXACT = 2.0
"""Seconds: a Date has whole ones, and servers write the same one for a while."""
CERTIFICATE_WAIT = 5.0
"""Seconds for a look at the server's certificate."""


class Kept(list[Exchange]):
    """Keeps the exchanges in memory."""


@dataclass(frozen=True)
class Examination:
    """A target, and how it is reached; `own` are the contract's own options."""

    contract: Contract
    base_url: str
    own: Mapping[str, str]
    certificates: Certificates = field(default_factory=Certificates)
    timeout: float = 10.0
    traced: bool = True
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def looks(self) -> Iterator[Look]:
        """One look after the other, up to the first with which no run can begin; raises KitError."""
        credentials = credentials_from(self.environment, self.contract)
        way = way_to(self.base_url, self.certificates, self.environment)
        parts = urlsplit(self.base_url)
        yield from _on_the_way(parts, way, self.environment)
        kept, redactor = Kept(), Redactor()
        for item in self.contract.credentials:
            redactor.register(credentials.get(item.name, ""), item.env)
        way.keep_secret(redactor)
        refused = False
        with tempfile.TemporaryDirectory(prefix="sessions-tck-") as folder:
            budget = Budget(Counter(Path(folder, "requests")), Counter(Path(folder, "sessions")))
            client = Client(
                base_url=self.base_url, timeout=self.timeout, shape=RowShape({}), redactor=redactor,
                recorder=kept, budget=budget, pacer=Pacer(None), name=PURPOSE, way=way, traced=self.traced,
            )  # fmt: skip
            for look in self._looker(client, credentials, way).looks():
                yield _clean(look, redactor)
                refused = refused or bool(look.refusal)
                if refused:
                    break
            client.close()
        yield from _by_exchanges(kept)
        if not refused:
            yield self._cost()

    def _looker(self, client: Client, credentials: Mapping[str, str], way: Way) -> Looker:
        prefix = run_prefix()

        def authorization(name: str) -> str | None:
            secret = credentials.get(name)
            sent_as = self.contract.credential(name).authorization
            return sent_as.header(secret, self.own) if secret else None

        return Looker(
            self.contract, self.base_url, self.own, authorization,
            lambda call: client.send(call, PURPOSE), (f"{prefix}{PURPOSE}", prefix.rstrip("-")), way.proxy,
            shows_groups=True,
        )  # fmt: skip

    def _cost(self) -> Look:
        """What a whole run in one process costs at most."""
        costs = load_costs(self.contract.name, self.contract.root)
        if not costs.checks:
            return Look("cost", "no table of costs is kept for this contract")
        groups = self.contract.groups
        beside = sum(one.sessions for one in groups.values())
        limit = None if is_loopback(self.base_url) else CAREFUL_SESSIONS + beside
        allowance = Allowance(costs, None, limit, beside=beside, groups=frozenset(groups))
        spending = Spending(costs, dict.fromkeys(costs.checks, 1), 1, allowance)
        whole = spending.total()
        return Look(
            "cost", f"a whole run sends at most {whole.requests} requests and makes {whole.sessions} sessions"
        )


def _on_the_way(parts: SplitResult, way: Way, environment: Mapping[str, str]) -> Iterator[Look]:
    host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
    yield Look("target", f"{host}, port {port}, {'with' if parts.scheme == 'https' else 'without'} TLS")
    named = ", ".join(variables(environment))
    if way.proxy:
        yield Look("proxy", way.proxy.shown)
    else:
        yield Look("proxy", f"none; the target is excepted from {named}" if named else "none")
        yield Look("DNS", _addresses(host, port))
    if way.context and not way.proxy:
        yield Look("TLS", _certificate(host, port, way.context))
    names = ", ".join(way.headers)
    yield Look("headers", f"{names} are sent for a gateway" if names else "none are sent for a gateway")


def _addresses(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return f"{host} has no address: {error.strerror}"
    return ", ".join(dict.fromkeys(str(entry[4][0]) for entry in found))


def _certificate(host: str, port: int, context: ssl.SSLContext) -> str:
    """The protocol, and whose certificate the server shows; why not, where the handshake fails."""
    try:
        with (
            socket.create_connection((host, port), CERTIFICATE_WAIT) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert() or {}
            version = secured.version()
    except OSError as error:
        return printable(f"no handshake: {error}")
    issuer = dict(pair for group in shown.get("issuer", ()) for pair in group)  # type: ignore[misc]
    by = issuer.get("organizationName") or issuer.get("commonName") or "an unnamed authority"
    return printable(f"{version}, a certificate by {by}, valid until {shown.get('notAfter')}")


def _by_exchanges(kept: list[Exchange]) -> Iterator[Look]:
    """What the replies show beside what they say."""
    answered = [one for one in kept if one.status is not None]
    if not answered:
        return
    yield Look("gateway", _shown(answered, OF_GATEWAYS) or "no header shows one")
    yield Look("clock", _clock(answered))
    times = [one.duration * MILLISECONDS for one in answered if not one.is_stream]
    yield Look("latency", f"{statistics.median(times):.0f} ms in the middle, {max(times):.0f} ms at most")
    yield Look("rate limit", _shown(answered, RATE_LIMITS) or "no header names one")
    names = (name.lower() for one in answered for name, _ in one.response_headers if is_correlation(name))
    traces = ", ".join(dict.fromkeys(names))
    yield Look("trace", f"replies carry {traces}" if traces else "no header to find a request in logs by")


def _shown(exchanges: list[Exchange], parts: tuple[str, ...]) -> str:
    """The last value of each response header whose name holds one of these."""
    found = {
        name.lower(): value
        for one in exchanges
        for name, value in one.response_headers
        if any(part in name.lower() for part in parts)
    }
    return printable(", ".join(f"{name}: {value}" for name, value in sorted(found.items())))


def _clock(exchanges: list[Exchange]) -> str:
    """By how much the Date of the last reply that has one differs from this machine's clock."""
    for one in reversed(exchanges):
        try:
            there = parsedate_to_datetime(header(one.response_headers, "date")).timestamp()
        except (ValueError, TypeError):
            continue
        ahead = there - (one.started_at + one.duration)
        if abs(ahead) <= EXACT:
            return "that of the replies' Date is right to two seconds"
        return f"that of the replies' Date is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}"
    return "the replies have no Date"


def _clean(look: Look, redactor: Redactor) -> Look:
    texts = {name: redactor.text(value) for name, value in vars(look).items()}
    return Look(**texts)
