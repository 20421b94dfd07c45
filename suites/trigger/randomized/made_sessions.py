"""What creates must return under load: an id and a run of the session's own, and a token for it alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from suites.trigger.support.access.public_tokens import scopes_beyond, scopes_lacking
from suites.trigger.support.api import LiveSession, Sessions
from tck.checking import Broken, Check, JsonValue, Judgement, Mismatch, Reply, compared, read_token
from tck.run import Run

MOST_KEPT = 10_000
"""Sessions that are remembered; the oldest is forgotten first."""


@dataclass
class Given:
    """What was given to whom, the latest of it."""

    owners: dict[str, str] = field(default_factory=dict)

    def also_to(self, value: str, owner: str) -> str | None:
        """The other owner that the value was given to before; None where there is none."""
        known = self.owners.setdefault(value, owner)
        if len(self.owners) > MOST_KEPT:
            del self.owners[next(iter(self.owners))]
        return None if known == owner else known


@dataclass
class MadeMonitor:
    """Judges every success of create by those before it."""

    run: Run
    ids: Given = field(default_factory=Given)
    runs: Given = field(default_factory=Given)

    def __call__(self, check: Check, reply: Reply) -> None:
        """Tell the check what the reply shows of each requirement."""
        if reply.call.operation == "createSession" and reply.succeeded and reply.is_object:
            for requirement, problem in self._judged(check, reply):
                check.observe_reply(requirement, problem, reply)

    def _judged(self, check: Check, reply: Reply) -> Iterator[Judgement]:
        session = LiveSession(reply, Sessions(self.run, check, reply.call.authorization))
        name, shown = json.loads(reply.call.body or b"{}").get("externalId"), reply.parsed
        own, first_run, issued = (shown.get(member) for member in ("id", "runId", "publicAccessToken"))
        if isinstance(own, str) and isinstance(name, str):
            yield "create.session-ids-are-unique", _shared("id", own, self.ids.also_to(own, name))
        if isinstance(own, str) and isinstance(first_run, str) and shown.get("isCached") is False:
            yield "create.run-ids-are-unique", _shared("runId", first_run, self.runs.also_to(first_run, own))
        if isinstance(issued, str) and issued:
            try:
                token = read_token(reply["publicAccessToken"])
            except Broken as broken:
                yield "tokens.is-jwt", Mismatch(str(broken), broken.expected, broken.seen)
                return
            yield "tokens.carries-session-scopes", _nothing(scopes_lacking(token, session))
            yield "tokens.scopes-reach-no-further", _nothing(scopes_beyond(token, session))


def _shared(member: str, value: str, other: str | None) -> Mismatch | None:
    if other is None:
        return None
    said = f"the {member} {value!r} is that of another session, {other!r}"
    return Mismatch(said, f"a {member} that no other session has", f"{value!r}, which another session has")


def _nothing(found: JsonValue) -> Mismatch | None:
    return compared("==", found, []) if found.value else None
