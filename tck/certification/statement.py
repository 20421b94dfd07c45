"""What a certificate says: an in-toto Statement v1 with the test-result v0.1 predicate; pure."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NotRequired, TypedDict

from tck.certification.implementation import Implementation
from tck.certification.validity import ended_at, expires, told
from tck.results.document import OutcomeName, ReleaseEntry, RequirementEntry, Result, TargetEntry, VerdictName
from tck.results.groups import Coverage, coverage, scored_entries

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
OURS: Final = "sessions-tck"
"""The member of the predicate that holds what the predicate's own members cannot say."""
VERSION, VERSION_WITH_CLAIMS, VERSION_WITH_GROUPS = 1, 2, 3
"""Of a statement, of one that names what the vendor declares the target to lack, and of one with groups."""


class CertifiedKit(TypedDict):
    """The kit that judged."""

    name: str
    version: str


class CertifiedContract(TypedDict):
    """The contract; the digest is over its requirements, and the release is a name."""

    name: str
    revision: str
    digest: str
    release: str


class Ours(TypedDict):
    """The kit's own member of the predicate. Its texts by requirement id say why."""

    certificate_version: int
    implementation: Mapping[str, str]
    verdict: VerdictName
    kit: CertifiedKit
    contract: CertifiedContract
    target: TargetEntry
    options: Mapping[str, object]
    seed: int | str | None
    started_at: str
    ended_at: str
    expires_on: str
    deviations: Mapping[str, str]
    not_tested: Mapping[str, str]
    not_applicable: Mapping[str, str]
    added_after_release: Mapping[str, OutcomeName]
    outcomes_digest: str
    groups: NotRequired[Mapping[str, Coverage]]
    """What the certificate covers; absent for a contract without optional groups."""


class Digest(TypedDict):
    """A SHA-256 in hex."""

    sha256: str


class Digested(TypedDict):
    """Something named, with its digest."""

    name: str
    digest: Digest


Predicate = TypedDict(
    "Predicate",
    {
        "result": str,
        "configuration": Sequence[Digested],
        "passedTests": Sequence[str],
        "warnedTests": Sequence[str],
        "failedTests": Sequence[str],
        "sessions-tck": Ours,
    },
)
"""The test-result predicate with our member in it."""


class Statement(TypedDict):
    """An in-toto statement about one result."""

    _type: str
    subject: Sequence[Digested]
    predicateType: str
    predicate: Predicate


def statement(result: Result, result_digest: str, implementation: Implementation) -> Statement:
    """The statement; `result_digest` is that of the bytes of result.json."""
    scored = scored_entries(result)
    warned = [one["id"] for one in scored if _warns(one)]
    passed = [one["id"] for one in scored if one["outcome"] == "passed" and not _warns(one)]
    return {
        "_type": STATEMENT,
        "subject": [{"name": "result.json", "digest": {"sha256": result_digest}}],
        "predicateType": PREDICATE,
        "predicate": {
            "result": "WARNED" if warned else "PASSED",
            "configuration": _configuration(result),
            "passedTests": passed,
            "warnedTests": warned,
            "failedTests": [],
            OURS: _ours(result, scored, implementation),
        },
    }


def options_digest(result: Result) -> str:
    """SHA-256 over the canonical JSON of a run's options and seed."""
    text = json.dumps([result["options"], result["seed"]], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _release(result: Result) -> ReleaseEntry:
    """The frozen set; a certificate is written for a result that names one alone."""
    release = result["contract"]["release"]
    if release is None:
        raise ValueError("the result names no release")
    return release


def _configuration(result: Result) -> list[Digested]:
    kit, release = result["kit"], _release(result)
    digests = {
        f"{kit['name']} {kit['version']}": kit["digest"],
        f"requirements of {result['contract']['name']} {release['name']}": release["digest"],
        "options": options_digest(result),
    }
    return [{"name": name, "digest": {"sha256": digest}} for name, digest in digests.items()]


def _ours(result: Result, scored: list[RequirementEntry], implementation: Implementation) -> Ours:
    kit, contract = result["kit"], result["contract"]
    ours: Ours = {
        "certificate_version": _version(result),
        "implementation": dict(vars(implementation)),
        "verdict": result["verdict"],
        "kit": {"name": kit["name"], "version": kit["version"]},
        "contract": {
            "name": contract["name"],
            "revision": contract["revision"],
            "digest": contract["digest"],
            "release": _release(result)["name"],
        },
        "target": result["target"],
        "options": result["options"],
        "seed": result["seed"],
        "started_at": result["started_at"],
        "ended_at": told(ended_at(result)),
        "expires_on": expires(result).isoformat(),
        "deviations": _told(scored, _warns),
        "not_tested": _told(scored, lambda one: one["outcome"] in ("not_tested", "indeterminate", "error")),
        "not_applicable": _told(scored, lambda one: one["outcome"] == "not_applicable"),
        "added_after_release": {
            one["id"]: one["outcome"] for one in result["requirements"] if one["added_after_release"]
        },
        "outcomes_digest": result["outcomes_digest"],
    }
    if result["groups"]:
        ours["groups"] = coverage(result)
    return ours


def _version(result: Result) -> int:
    """The version of the statement: the first that can say what it says."""
    if result["groups"]:
        return VERSION_WITH_GROUPS
    return VERSION_WITH_CLAIMS if "declared_lacks" in result["target"] else VERSION


def _warns(one: RequirementEntry) -> bool:
    """Whether it is a deviation: a SHOULD that failed, or a rule that held in an undocumented way."""
    return one["outcome"] in ("failed", "waived") or bool(one["deviations"])


def _told(scored: list[RequirementEntry], which: Callable[[RequirementEntry], bool]) -> dict[str, str]:
    return {one["id"]: "; ".join(one["deviations"]) or one["reason"] for one in scored if which(one)}
