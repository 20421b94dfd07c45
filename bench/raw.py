"""The requests of a run sent again without judging, one after the other over one kept-alive connection."""

import json
import re
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.judging import cpu_of_children
from tck.contract.contract import Contract
from tck.contract.credentials import random_credentials
from tck.recording.exchange import Exchange, Headers
from tck.run.embedded_reference import start_reference

OWN_HEADERS = frozenset({"host", "content-length"})
"""The headers that a client writes by itself."""
MARK = re.compile(r"\[redacted (\w+)\]")
"""What stands in a recorded header for a key, with the variable that holds the key."""
SEPARATORS = re.compile(r"([/?&=])")


@dataclass
class Again:
    """Recorded exchanges as requests to another server, whose `keys` are by the variables that hold them.

    The ids that the other server gives to sessions take the place of the recorded ones.
    """

    contract: Contract
    recorded_url: str
    base_url: str
    keys: Mapping[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def request(self, one: Exchange) -> Mapping[str, Any]:
        """The arguments with which a client sends an exchange's request again."""
        parts = SEPARATORS.split(one.url.removeprefix(self.recorded_url))
        return {
            "method": one.method,
            "url": self.base_url + "".join(self.ids.get(part, part) for part in parts),
            "headers": self._headers(one.request_headers),
            "content": one.request_body or None,
        }

    def answered(self, one: Exchange, body: bytes) -> None:
        """Note the id of a session, where the other server has made one."""
        rule = self.contract.ownership
        if (one.method, one.url.removeprefix(self.recorded_url)) == (rule.method, rule.path):
            before, now = (_member(text, rule.server_id_member) for text in (one.response_body, body))
            if before and now:
                self.ids[before] = now

    def _headers(self, headers: Headers) -> Headers:
        kept = (pair for pair in headers if pair[0].lower() not in OWN_HEADERS)
        return tuple(
            (name, MARK.sub(lambda mark: self.keys.get(mark[1], mark[0]), value)) for name, value in kept
        )


@dataclass(frozen=True)
class Sent:
    """Seconds, and those of the processor, that were taken."""

    seconds: float
    cpu: float


def sent_raw(
    contract: Contract, recorded_url: str, exchanges: Sequence[Exchange], counted: Collection[str]
) -> Sent:
    """What a fresh reference and one client take for those requests whose ids are `counted`.

    The others are sent too, as the counted ones may be about their sessions.
    """
    keys, before = random_credentials(contract), cpu_of_children()
    named = {item.env: keys[item.name] for item in contract.credentials}
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        reference = start_reference(contract, keys, Path(folder))
        try:
            again = Again(contract, recorded_url, reference.base_url, named)
            took = zip(exchanges, _sent(again, exchanges), strict=True)
            all_took = [sent for one, sent in took if one.id in counted]
        finally:
            reference.stop()
    own = sum(one.cpu for one in all_took)
    return Sent(sum(one.seconds for one in all_took), own + cpu_of_children() - before)


def _sent(again: Again, exchanges: Sequence[Exchange]) -> Iterator[Sent]:
    """What each request takes, of the processor on this side alone."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    with httpx.Client(limits=limits, trust_env=False) as client:
        client.get(again.base_url)
        for one in exchanges:
            given = again.request(one)
            started, used = time.perf_counter(), time.process_time()
            reply = client.request(**given)
            yield Sent(time.perf_counter() - started, time.process_time() - used)
            again.answered(one, reply.content)


def _member(body: bytes, name: str) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return ""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
