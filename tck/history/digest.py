"""What a history keeps of one result: a few kilobytes beside the file, remade whenever they do not fit it."""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tck.reports.html.figures import kind_of
from tck.reports.labels import verdict_sentence
from tck.results.document import LatencyEntry, Result
from tck.results.repeats import is_flaky, told_repeats

VERSION = 1


@dataclass(frozen=True)
class Digest:
    """One result in brief; `sha256` is that of its file.

    `kinds` maps requirements to what a reader is shown of their outcome, such as `deviating`; `repeats` says
    of those that were judged again how often they failed. Times are in seconds, latencies in ms.
    """

    sha256: str
    started_at: str
    duration: float
    verdict: str
    sentence: str
    partial: bool
    target: str
    embedded: bool
    contract: str
    revision: str
    requirements_digest: str
    kit: str
    kit_digest: str
    requests: int
    retries: int
    sessions: int
    left_open: int
    counts: Mapping[str, Mapping[str, int]]
    kinds: Mapping[str, str]
    should: frozenset[str]
    causes: tuple[str, ...]
    repeats: Mapping[str, str]
    flaky: frozenset[str]
    latency: Mapping[str, LatencyEntry]

    def rendered(self) -> str:
        """The text of its file: by kind the requirements, as many have the same, and a seal over all."""
        grouped: dict[str, list[str]] = {}
        for name, kind in self.kinds.items():
            grouped.setdefault(kind, []).append(name)
        lists = {name: sorted(getattr(self, name)) for name in ("should", "flaky")}
        said = {"schema_version": VERSION, **asdict(self), **lists, "kinds": grouped}
        return json.dumps({**said, "seal": _seal(said)}, separators=(",", ":"))


def digest_of(result: Result, sha256: str) -> Digest:
    """What a history keeps of a result whose file has this digest."""
    requirements = result["requirements"]
    judged_again = {one["id"]: told_repeats(one) for one in requirements}
    return Digest(
        sha256=sha256,
        started_at=result["started_at"],
        duration=result["duration_seconds"],
        verdict=result["verdict"],
        sentence=verdict_sentence(result),
        partial=result["partial"],
        target=result["target"]["base_url"],
        embedded=result["target"]["embedded"],
        contract=result["contract"]["name"],
        revision=result["contract"]["revision"],
        requirements_digest=result["contract"]["digest"],
        kit=result["kit"]["version"],
        kit_digest=result["kit"]["digest"],
        requests=result["requests"],
        retries=result["retries"],
        sessions=result["sessions_created"],
        left_open=result["sessions_left_open"],
        counts={level: {**found} for level, found in _counts(result).items()},
        kinds={one["id"]: kind_of(one) for one in requirements},
        should=frozenset(one["id"] for one in requirements if one["level"] == "should"),
        causes=tuple(cause["requirement"] for cause in result["causes"]),
        repeats={name: told for name, told in judged_again.items() if told},
        flaky=frozenset(one["id"] for one in requirements if is_flaky(one)),
        latency=dict(result.get("latency", {})),
    )


def _counts(result: Result) -> Mapping[str, Mapping[str, int]]:
    return {
        "must": {str(name): number for name, number in result["counts"]["must"].items()},
        "should": {str(name): number for name, number in result["counts"]["should"].items()},
    }


def read_digest(text: str) -> Digest | None:
    """The digest that a text holds; None for one that is damaged, edited or of another version."""
    try:
        said: dict[str, Any] = json.loads(text)
        seal = said.pop("seal")
        if seal != _seal(said) or said.pop("schema_version") != VERSION:
            return None
        kinds = {
            sys.intern(name): sys.intern(kind) for kind, names in said["kinds"].items() for name in names
        }
        lists = {name: frozenset(map(sys.intern, said[name])) for name in ("should", "flaky")}
        return Digest(**{**said, **lists, "kinds": kinds, "causes": tuple(said["causes"])})
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _seal(said: Mapping[str, Any]) -> str:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
