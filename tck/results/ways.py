"""The ways in which a requirement failed: the same operation, kind of request and kind of answer; pure."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tck.recording.exchange import Exchange, header
from tck.results.document import CheckEntry, RequirementEntry, WayEntry

REDACTED = re.compile(r"\[redacted (?P<env>[A-Z][A-Z0-9_]*)\]")
TOKEN = re.compile(r"\beyJ[\w-]*\.")


@dataclass(frozen=True)
class Kind:
    """What findings are alike by: the operation, the kind of request in words, and the kind of answer."""

    operation: str
    request: str
    answer: str


@dataclass(frozen=True)
class Kinds:
    """The kinds of exchanges, by id; `usual` is the credential that most of them carry, which goes unsaid."""

    exchanges: Mapping[str, Exchange]
    usual: str

    @classmethod
    def of(cls, exchanges: Mapping[str, Exchange]) -> "Kinds":
        """The kinds of all exchanges of a run."""
        counted = Counter(_credential(one) for one in exchanges.values())
        return cls(exchanges, counted.most_common(1)[0][0] if counted else "")

    def of_check(self, check: CheckEntry) -> Kind:
        """The kind of what a check judged last; that of a check that judged no exchange is empty."""
        known = [self.exchanges[name] for name in check["judged"] if name in self.exchanges]
        return self.kind(known[-1]) if known else Kind("", "", "")

    def kind(self, one: Exchange) -> Kind:
        """The kind of one exchange."""
        credential = _credential(one)
        words = [_body(one), *([credential] if credential != self.usual else [])]
        return Kind(one.operation, ", ".join(filter(None, words)), _answer(one))


def ways_of(checks: Sequence[CheckEntry], kinds: Kinds) -> list[WayEntry]:
    """The ways in which some findings of one requirement say that it failed, the first seen first."""
    grouped: dict[Kind, list[int]] = {}
    for place, check in enumerate(checks):
        if check["outcome"] == "failed" or check["deviation"]:
            grouped.setdefault(kinds.of_check(check), []).append(place)
    return [
        {
            "operation": kind.operation,
            "request": kind.request,
            "answer": kind.answer,
            "checks": len({checks[place]["check"] for place in places}),
            "requests": requests_in(checks[place] for place in places),
            "first": places[0],
        }
        for kind, places in grouped.items()
    ]


def requests_in(checks: Iterable[CheckEntry]) -> int:
    """In how many requests some findings saw what they say; one that was judged twice counts once."""
    judged: dict[str, int] = {}
    apart = 0
    for check in checks:
        if not check["judged"]:
            apart += check["requests"]
        else:
            name = check["judged"][-1]
            judged[name] = max(judged.get(name, 0), check["requests"])
    return apart + sum(judged.values())


def broken(requirement: RequirementEntry) -> list[CheckEntry]:
    """The findings that say that a requirement failed, or held in an undocumented way."""
    return [one for one in requirement["checks"] if one["outcome"] == "failed" or one["deviation"]]


def _credential(one: Exchange) -> str:
    value = header(one.request_headers, "authorization")
    if not value:
        return "without a credential"
    named = REDACTED.search(value)
    if named:
        return f"with {named['env']}"
    return "with a token" if TOKEN.search(value) else "with another credential"


def _body(one: Exchange) -> str:
    if not one.request_body:
        return "" if one.method in ("GET", "HEAD", "OPTIONS") else "without a body"
    try:
        value = json.loads(one.request_body)
    except (ValueError, RecursionError):
        return "with a body that is not JSON"
    if isinstance(value, dict):
        return "" if value else "with an empty object"
    return "with a body that is no object"


def _answer(one: Exchange) -> str:
    return "no whole reply" if one.status is None else str(one.status)
