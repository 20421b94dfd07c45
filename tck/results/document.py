"""The members of result.json as types; spec/schemas/result.schema.json has the same for other programs."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

OutcomeName = Literal["passed", "failed", "indeterminate", "error", "not_tested", "not_applicable", "waived"]
LevelName = Literal["must", "should"]
StateName = Literal["released", "modified", "unreleased"]
GroupState = Literal["judged", "not_offered", "not_chosen"]
ShapeName = Literal["steady", "ramp", "spike"]
VerdictName = Literal["conformant", "conformant_with_waivers", "not_conformant", "inconclusive", "partial"]


class KitEntry(TypedDict):
    """The kit that judged; the digest is over the files that decide a verdict."""

    name: str
    version: str
    digest: str
    state: StateName


class ReleaseEntry(TypedDict):
    """The frozen set of requirements that the verdict is over."""

    name: str
    digest: str


class ContractEntry(TypedDict):
    """The contract; the digest is over its requirements."""

    name: str
    revision: str
    digest: str
    release: ReleaseEntry | None
    pages_seen: NotRequired[str]
    """The day on which the vendor's pages were last seen as they were when the contract was written."""


class TargetEntry(TypedDict):
    """The target, and which capabilities it was found or given to have."""

    base_url: str
    embedded: bool
    capabilities: Mapping[str, bool]
    declared_lacks: NotRequired[Mapping[str, str]]
    """What the vendor claims the target to lack, by capability; the run has not seen it."""


class SourceEntry(TypedDict):
    """The vendor's page that states a requirement, and the place on it."""

    page: str
    at: str
    title: str
    url: str


class WaiverEntry(TypedDict):
    """An accepted failure."""

    reason: str
    ticket: str
    expires: str
    days_left: int


class RepeatsEntry(TypedDict):
    """How often a failed check failed of all `runs` of it that showed anything, the first included."""

    runs: int
    failed: int
    undecided: int
    why: str


class CheckEntry(TypedDict):
    """What one check found of one requirement.

    `exchanges` and, of these, the `judged` ones are ids of entries of exchanges.har; `requests` counts those
    in which the check saw the same.
    """

    check: str
    outcome: OutcomeName
    reason: str
    expected: str
    seen: str
    exchanges: Sequence[str]
    judged: Sequence[str]
    requests: int
    deviation: str
    story: NotRequired[Sequence[str]]
    curl: NotRequired[str]
    rerun: NotRequired[str]
    repeats: NotRequired[RepeatsEntry]
    """Of a failure that was judged again at the end of the run (--confirm)."""


class WayEntry(TypedDict):
    """A way in which a requirement failed; `first` is the place of the first finding in its checks."""

    operation: str
    request: str
    answer: str
    checks: int
    requests: int
    first: int


class RequirementEntry(TypedDict):
    """One requirement with its outcome and all that its checks found."""

    id: str
    level: LevelName
    statement: str
    source: SourceEntry
    outcome: OutcomeName
    reason: str
    capability: str
    waiver: WaiverEntry | None
    checks: Sequence[CheckEntry]
    deviations: Sequence[str]
    ways: Sequence[WayEntry]
    added_after_release: bool
    group: NotRequired[str]
    """The optional group that it belongs to; absent for one of the core."""


class CauseEntry(TypedDict):
    """Failures and deviations that are one fault, by the ids of their requirements, the leading one first."""

    requirement: str
    also: Sequence[str]
    untested: Sequence[str]
    level: LevelName
    about: str
    checks: int
    requests: int
    rerun: str


class DifferenceEntry(TypedDict):
    """Something that the target does and that the pages leave open."""

    id: str
    statement: str
    seen: str
    times: int
    exchange: str


class ObjectiveEntry(TypedDict):
    """An objective for latency, in milliseconds, and what was seen; `seen_ms` is None where no reply came."""

    operation: str
    quantile: str
    limit_ms: float
    seen_ms: float | None
    replies: int
    outcome: Literal["held", "missed", "not_measured"]


class SloEntry(TypedDict):
    """The objectives that --slo named, and whether the run exits with 1 for one that was not held."""

    fails_the_run: bool
    objectives: Sequence[ObjectiveEntry]


class CountsEntry(TypedDict):
    """Scored requirements by level and outcome."""

    must: Mapping[OutcomeName, int]
    should: Mapping[OutcomeName, int]


class FooterEntry(TypedDict):
    """Shows damage: counts of entries, and a digest over the canonical JSON of all else."""

    requirements: int
    checks: int
    exchanges: int
    exchanges_digest: str
    digest: str


class LatencyEntry(TypedDict):
    """How long the whole replies to one operation took, in milliseconds."""

    replies: int
    p50: float
    p95: float
    p99: float
    longest: float


class LoadedEntry(LatencyEntry):
    """The same of the replies to one operation with one status, or of calls without a reply."""

    operation: str
    status: str


class LoadEntry(TypedDict):
    """What a result was observed under, and how much was seen; a run that is not under load has none.

    `held` and `broken` count by requirement. `saturation` counts the replies by operation and status, and the
    calls without a reply, that say that the target had too much to do. `work` counts what users did.
    """

    users: int
    seconds: float
    spawn_rate: float
    shape: ShapeName
    workers: int
    workers_lost: int
    stopped: str
    held: Mapping[str, int]
    broken: Mapping[str, int]
    saturation: Mapping[str, int]
    latency: Sequence[LoadedEntry]
    work: Mapping[str, int]


class Result(TypedDict):
    """The whole document. `options` are what the user asked for, `generated` what generated checks noted."""

    schema_version: int
    kit: KitEntry
    contract: ContractEntry
    target: TargetEntry
    started_at: str
    duration_seconds: float
    seed: int | str | None
    options: Mapping[str, Any]
    verdict: VerdictName
    partial: bool
    fail_on_deviations: bool
    requirements: Sequence[RequirementEntry]
    causes: Sequence[CauseEntry]
    allowed_differences: Sequence[DifferenceEntry]
    groups: Mapping[str, GroupState]
    outcomes_digest: str
    counts: CountsEntry
    requests: int
    retries: int
    requests_per_second: float
    sessions_created: int
    sessions_left_open: int
    generated: Mapping[str, Mapping[str, Any]]
    latency: NotRequired[Mapping[str, LatencyEntry]]
    """By operation; absent from results of kits that did not note it."""
    slo: NotRequired[SloEntry]
    """What became of the objectives for latency; absent in a run without any."""
    load: NotRequired[LoadEntry]
    """Under which load it was observed; absent from the result of a run."""
    footer: FooterEntry
