"""What a certificate says: an in-toto Statement v1 with the test-result v0.1 predicate; pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tck.certification.implementation import Implementation
from tck.certification.validity import ended_at, expires, told

Entry = Mapping[str, Any]
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
OURS = "sessions-tck"
"""The member of the predicate that holds what the predicate's own members cannot say."""
VERSION = 1


def statement(result: Entry, result_digest: str, implementation: Implementation) -> dict[str, Any]:
    """The statement; `result_digest` is that of the bytes of result.json."""
    scored = [one for one in result["requirements"] if not one["added_after_release"]]
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


def options_digest(result: Entry) -> str:
    """SHA-256 over the canonical JSON of a run's options and seed."""
    text = json.dumps([result["options"], result["seed"]], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _configuration(result: Entry) -> list[dict[str, Any]]:
    kit, contract = result["kit"], result["contract"]
    digests = {
        f"{kit['name']} {kit['version']}": kit["digest"],
        f"requirements of {contract['name']} {contract['release']['name']}": contract["release"]["digest"],
        "options": options_digest(result),
    }
    return [{"name": name, "digest": {"sha256": digest}} for name, digest in digests.items()]


def _ours(result: Entry, scored: list[Entry], implementation: Implementation) -> dict[str, Any]:
    kit, contract = result["kit"], result["contract"]
    return {
        "certificate_version": VERSION,
        "implementation": dict(vars(implementation)),
        "verdict": result["verdict"],
        "kit": {"name": kit["name"], "version": kit["version"]},
        "contract": {**contract, "release": contract["release"]["name"]},
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


def _warns(one: Entry) -> bool:
    """Whether it is a deviation: a SHOULD that failed, or a rule that held in an undocumented way."""
    return one["outcome"] in ("failed", "waived") or bool(one["deviations"])


def _told(scored: list[Entry], which: Any) -> dict[str, str]:
    return {one["id"]: "; ".join(one["deviations"]) or one["reason"] for one in scored if which(one)}
