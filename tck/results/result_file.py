"""result.json: all that a run found, from which every other report can be made again."""

import hashlib
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tck import paths
from tck.atomic_write import whole_file
from tck.contract.contract import Page
from tck.contract.releases import Release
from tck.contract.requirements import Explained
from tck.contract.waivers import Waiver
from tck.errors import KitError
from tck.recording.curl import curl_line
from tck.recording.exchange import Exchange
from tck.results.causes import NAME, causes_of
from tck.results.document import (
    CheckEntry,
    ContractEntry,
    DifferenceEntry,
    GroupState,
    KitEntry,
    LatencyEntry,
    LoadEntry,
    RepeatsEntry,
    RequirementEntry,
    Result,
    SloEntry,
    SourceEntry,
    TargetEntry,
    WaiverEntry,
)
from tck.results.gateway_replies import foreign_pages
from tck.results.groups import group_of
from tck.results.kit_identity import Kit
from tck.results.latency import Times, entry_of, latency_by_operation, latency_of
from tck.results.leading import Leading
from tck.results.outcomes import Finding, Settled, counts, verdict
from tck.results.slo import Objective, judged, judged_by
from tck.results.version_1 import from_version_1
from tck.results.ways import Kinds, ways_of
from tck.values.texts import in_all_texts, whole
from tck.vocabulary import CORE, Outcome

SCHEMA_VERSION = 2
SCHEMAS = {1: "result-1", 2: "result"}
"""The schema of each version that can be read."""
LONGEST_TEXT = 4000
"""Characters of a reason, an expected or a seen value that are kept."""


@dataclass(frozen=True)
class Facts:
    """All that a result is made of; `started_at` is in seconds since 1970.

    What checks say is clean already. `exchanges_digest` is that of exchanges.har; `rerun` holds the options
    with which one check alone is run again; `generated` is what generated checks say of their own work;
    `explained` names the requirements that may fail because another one is broken.
    """

    kit: Kit
    contract: str
    revision: str
    contract_digest: str
    pages: Mapping[str, Page]
    base_url: str
    capabilities: Mapping[str, bool]
    started_at: float
    duration_seconds: float
    seed: int | str | None
    options: Mapping[str, Any]
    partial: bool
    fail_on_deviations: bool
    settled: tuple[Settled, ...]
    exchanges: Mapping[str, Exchange]
    exchanges_digest: str
    requests: int
    sessions_created: int
    sessions_left_open: int
    rerun: tuple[str, ...] = ()
    program: str = paths.PROGRAM
    """The program that was called, as words for a shell."""
    generated: Mapping[str, Any] = field(default_factory=dict)
    explained: Mapping[str, Explained] = field(default_factory=dict)
    differences: Sequence[DifferenceEntry] = ()
    release: Release | None = None
    embedded: bool = False
    declared_lacks: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, GroupState] = field(default_factory=dict)
    repeats: Mapping[tuple[str, str], RepeatsEntry] = field(default_factory=dict)
    """By check and requirement, what judging a failure again showed."""
    pages_seen: str = ""
    """The day on which the vendor's pages were last seen unchanged."""
    not_there: Sequence[str] = ()
    """The operations that the target does not have."""
    objectives: Sequence[Objective] = ()
    fail_on_slo: bool = False
    load: LoadEntry | None = None
    """Under which load it was observed, if it was."""
    times: Mapping[str, Times] = field(default_factory=dict)
    """By operation how often calls took how long, where not all exchanges were kept."""

    def rerun_of(self, what: str) -> str:
        """The command that runs a part of the checks again; under load, all of it."""
        if self.load is not None:
            return f"{self.program} {shlex.join(self.rerun)}"
        return f"{self.program} {shlex.join([what, *self.rerun])}"

    @property
    def started(self) -> datetime:
        """When the run began."""
        return datetime.fromtimestamp(self.started_at, UTC)


def build_result(facts: Facts) -> Result:
    """The whole document, footer included."""
    kinds, leading = Kinds.of(facts.exchanges), Leading(facts.exchanges)
    requirements = [_requirement(one, facts, kinds, leading) for one in facts.settled]
    asked = facts.objectives
    slo = {"slo": _slo(facts)} if asked else {}
    load = {} if facts.load is None else {"load": facts.load}
    document: Result = {
        "schema_version": SCHEMA_VERSION,
        "kit": _kit(facts.kit),
        "contract": _contract(facts),
        "target": _target(facts),
        "started_at": facts.started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "duration_seconds": round(facts.duration_seconds, 3),
        "seed": facts.seed,
        "options": dict(facts.options),
        "verdict": verdict(facts.settled, facts.partial, facts.fail_on_deviations).value,
        "partial": facts.partial,
        "fail_on_deviations": facts.fail_on_deviations,
        "requirements": requirements,
        "causes": causes_of(
            requirements,
            facts.explained,
            facts.rerun_of(f"--requirement={NAME}") if facts.rerun else "",
            foreign_pages(facts.exchanges.values()),
            facts.not_there,
        ),
        "allowed_differences": list(facts.differences),
        "groups": dict(facts.groups),
        "outcomes_digest": outcomes_digest(requirements, facts.groups),
        "counts": counts(facts.settled),
        "requests": facts.requests,
        "retries": sum(one.retries > 0 for one in facts.exchanges.values()),
        "requests_per_second": round(facts.requests / max(facts.duration_seconds, 0.001), 1),
        "sessions_created": facts.sessions_created,
        "sessions_left_open": facts.sessions_left_open,
        "generated": dict(facts.generated),
        "latency": _latency(facts),
        **slo,  # type: ignore[typeddict-item]
        **load,  # type: ignore[typeddict-item,unused-ignore]
        "footer": {
            "requirements": len(requirements),
            "checks": _checks_in(requirements),
            "exchanges": len(facts.exchanges),
            "exchanges_digest": facts.exchanges_digest,
            "digest": "",
        },
    }
    return sealed(in_all_texts(document, whole))


def sealed(document: Result) -> Result:
    """The document with the digest in its footer that fits what it says."""
    return {**document, "footer": {**document["footer"], "digest": _sealing(document)}}


def write_result(path: Path, document: Result) -> None:
    """Write a document of `build_result`, whole or not at all."""
    with whole_file(path) as file:
        file.write(_rendered(document))


def read_result(path: Path) -> Result:
    """A result that is as it was written; raises KitError for anything else.

    One of version 1 gets the members that it does not have; it keeps its `schema_version`.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        document = json.loads(text)
    except OSError as error:
        raise KitError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise KitError(f"{path} is not a whole result: it is not JSON; it may have been cut.") from None
    fault = _fault(document, text)
    if fault:
        raise KitError(f"{path} {fault}")
    whole: Result = document
    return whole if whole["schema_version"] == SCHEMA_VERSION else from_version_1(document)


def outcomes_digest(
    requirements: Iterable[RequirementEntry], groups: Mapping[str, GroupState] = MappingProxyType({})
) -> str:
    """SHA-256 over id, level and outcome alone: equal for runs that came out the same.

    Requirements of a group that was not judged are not in it.
    """
    judged = (one for one in requirements if groups.get(group_of(one), "judged") == "judged")
    return _digest(sorted([one["id"], one["level"], one["outcome"]] for one in judged))


def _latency(facts: Facts) -> dict[str, LatencyEntry]:
    if facts.load is None:
        return latency_by_operation(facts.exchanges.values())
    return {name: entry_of(latency_of(name, times)) for name, times in sorted(facts.times.items())}


def _slo(facts: Facts) -> SloEntry:
    if facts.load is None:
        return judged(facts.objectives, facts.exchanges.values(), facts.fail_on_slo)
    shares = tuple(one.share for one in facts.objectives)
    rows = {name: latency_of(name, times, shares) for name, times in facts.times.items()}
    return judged_by(rows, facts.objectives, facts.fail_on_slo)


def _kit(kit: Kit) -> KitEntry:
    return {
        "name": kit.name,
        "version": kit.version,
        "digest": kit.digest,
        "state": kit.state.value,
    }


def _target(facts: Facts) -> TargetEntry:
    target: TargetEntry = {
        "base_url": facts.base_url,
        "embedded": facts.embedded,
        "capabilities": dict(facts.capabilities),
    }
    if facts.declared_lacks:
        target["declared_lacks"] = dict(facts.declared_lacks)
    return target


def _contract(facts: Facts) -> ContractEntry:
    release = facts.release
    entry: ContractEntry = {
        "name": facts.contract,
        "revision": facts.revision,
        "digest": facts.contract_digest,
        "release": {"name": release.name, "digest": release.digest} if release else None,
    }
    if facts.pages_seen:
        entry["pages_seen"] = facts.pages_seen
    return entry


def _requirement(one: Settled, facts: Facts, kinds: Kinds, leading: Leading) -> RequirementEntry:
    requirement = one.requirement
    checks = [_check(found, facts, leading) for found in one.findings]
    page = facts.pages[requirement.source.page]
    grouped: dict[str, str] = {} if requirement.group == CORE else {"group": requirement.group}
    source: SourceEntry = {"page": page.id, "at": requirement.source.at, "title": page.title, "url": page.url}
    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "statement": requirement.statement,
        "source": source,
        "outcome": one.outcome.value,
        "reason": _told(one.reason),
        "capability": one.capability,
        "waiver": _waiver(one.waiver, facts.started.date()) if one.waiver else None,
        "checks": checks,
        "deviations": list(one.deviations),
        "ways": ways_of(checks, kinds),
        "added_after_release": one.added_after_release,
        **grouped,  # type: ignore[typeddict-item]
    }


def _waiver(waiver: Waiver, today: date) -> WaiverEntry:
    return {
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "expires": waiver.expires.isoformat(),
        "days_left": waiver.days_left(today),
    }


def _check(found: Finding, facts: Facts, leading: Leading) -> CheckEntry:
    judged = found.judged or found.exchanges[-1:]
    told = found.outcome is Outcome.FAILED and not found.story
    entry: CheckEntry = {
        "check": found.check,
        "outcome": found.outcome.value,
        "reason": _told(found.reason),
        "expected": _told(found.expected),
        "seen": _told(found.seen),
        "exchanges": leading.to(judged, found.exchanges) if told else list(found.exchanges),
        "judged": list(judged),
        "requests": 1,
        "deviation": _told(found.deviation),
    }
    if found.story:
        entry["story"] = [_told(line) for line in found.story]
    if found.outcome is not Outcome.PASSED or found.deviation:
        telling = facts.exchanges.get(entry["judged"][-1]) if entry["judged"] else None
        entry["curl"] = curl_line(telling) if telling else ""
        entry["rerun"] = facts.rerun_of(found.check)
    repeats = facts.repeats.get((found.check, found.requirement))
    if found.outcome is Outcome.FAILED and repeats is not None:
        entry["repeats"] = {**repeats, "why": _told(repeats["why"])}
    return entry


def _told(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text)} characters)"


def _checks_in(requirements: Iterable[RequirementEntry]) -> int:
    return sum(len(one["checks"]) for one in requirements)


def _sealing(document: Result) -> str:
    """The digest that belongs in the footer: over all else, the rest of the footer included."""
    footer = {name: value for name, value in document["footer"].items() if name != "digest"}
    return _digest({**document, "footer": footer})


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _rendered(document: Result) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _fault(document: Any, text: str) -> str:
    """What is wrong with a result that was read, as the rest of a sentence; empty when nothing is."""
    if not isinstance(document, dict) or "schema_version" not in document:
        return "is not a result of this kit."
    version = document["schema_version"]
    if type(version) is not int or version not in SCHEMAS:
        known = " and ".join(map(str, sorted(SCHEMAS)))
        return f"has schema_version {version!r}; this kit reads {known}."
    schema, fast = _schema(version)
    error = (
        None if fast.is_valid(document) else best_match(Draft202012Validator(schema).iter_errors(document))
    )
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "the top"
        return f"does not match the schema of results: at {place}, {error.message[:200]}."
    whole: Result = document  # type: ignore[assignment]
    return _damage(whole, text)


@cache
def _schema(version: int) -> tuple[Mapping[str, Any], jsonschema_rs.Draft202012Validator]:
    """The schema of a version, and what says in milliseconds whether a document fits it, and not why."""
    schema = json.loads(paths.schema_path(SCHEMAS[version]).read_text(encoding="utf-8"))
    return schema, jsonschema_rs.Draft202012Validator(schema)


def _damage(document: Result, text: str) -> str:
    """What was lost or changed in a document that has the form of a result."""
    footer, requirements = document["footer"], document["requirements"]
    held = {"requirements": (len(requirements), footer["requirements"])}
    held["checks"] = (_checks_in(requirements), footer["checks"])
    for name, (number, told) in held.items():
        if number != told:
            return f"has lost entries: it holds {number} {name}, and its footer says {told}."
    try:
        same = _sealing(document) == footer["digest"] and _rendered(document) == text
    except ValueError:
        same = False
    return "" if same else "was changed after it was written: its digest does not match what it says."
