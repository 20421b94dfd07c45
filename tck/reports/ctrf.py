"""ctrf.json: the result in the Common Test Report Format, one test for each requirement."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tck.recording.exchange import Exchange
from tck.reports.labels import failing_checks, operation, verdict_sentence
from tck.results.document import CheckEntry, RequirementEntry, Result

SPEC_VERSION = "0.0.0"
STATUS = {
    "passed": "passed",
    "failed": "failed",
    "indeterminate": "other",
    "error": "other",
    "not_tested": "skipped",
    "not_applicable": "skipped",
    "waived": "skipped",
}
"""What CTRF calls each outcome; its own name stands in `rawStatus`."""
STATUSES = ("passed", "failed", "skipped", "pending", "other")
MOST_TOLD = 20
"""Failing checks of one requirement that are told."""


def ctrf(result: Result, exchanges: Mapping[str, Exchange] | None) -> dict[str, Any]:
    """The document; without the exchanges no test has a duration."""
    kit, contract = result["kit"], result["contract"]
    tests = [_test(one, contract["name"], exchanges or {}) for one in result["requirements"]]
    return {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "timestamp": result["started_at"],
        "generatedBy": f"{kit['name']} {kit['version']}",
        "results": {
            "tool": {"name": kit["name"], "version": kit["version"], "extra": {"digest": kit["digest"]}},
            "summary": _summary(result, tests),
            "tests": tests,
            "environment": {
                "appName": result["target"]["base_url"],
                "extra": {"contract": dict(contract), "capabilities": dict(result["target"]["capabilities"])},
            },
            "extra": _extra(result, exchanges),
        },
    }


def _summary(result: Result, tests: list[dict[str, Any]]) -> dict[str, Any]:
    counted = Counter(test["status"] for test in tests)
    start = round(datetime.fromisoformat(result["started_at"]).timestamp() * 1000)
    took = round(result["duration_seconds"] * 1000)
    return {
        "tests": len(tests),
        **{status: counted[status] for status in STATUSES},
        "suites": len({test["suite"][-1] for test in tests}),
        "start": start,
        "stop": start + took,
        "duration": took,
    }


def _extra(result: Result, exchanges: Mapping[str, Exchange] | None) -> dict[str, Any]:
    missing = {} if exchanges is not None else {"missing": "exchanges.har, so no test has a duration"}
    return {
        "verdict": result["verdict"],
        "partial": result["partial"],
        "requests": result["requests"],
        "sessions_created": result["sessions_created"],
        "sessions_left_open": result["sessions_left_open"],
        "outcomes_digest": result["outcomes_digest"],
        "sentence": verdict_sentence(result),
        **missing,
    }


def _test(one: RequirementEntry, contract: str, exchanges: Mapping[str, Exchange]) -> dict[str, Any]:
    told = [_told(check) for check in failing_checks(one)[:MOST_TOLD]]
    sent = dict.fromkeys(name for check in one["checks"] for name in check["exchanges"])
    return {
        "testId": one["id"],
        "name": f"{one['id']}: {one['statement']}",
        "status": _status(one),
        "rawStatus": one["outcome"],
        "duration": round(1000 * sum(exchanges[name].duration for name in sent if name in exchanges)),
        "suite": [contract, operation(one)],
        "tags": [one["level"], operation(one)],
        "labels": {"requirement": one["id"], "level": one["level"], "page": one["source"]["page"]},
        **({"message": one["reason"]} if one["reason"] else {}),
        **({"trace": "\n\n".join(told)} if told else {}),
        "extra": {
            "url": one["source"]["url"],
            "at": one["source"]["at"],
            "checks": sorted({check["check"] for check in one["checks"]}),
            "deviations": list(one["deviations"]),
            "added_after_release": one["added_after_release"],
        },
    }


def _status(one: RequirementEntry) -> str:
    """A failure that counts for nothing in the verdict shall fail nobody's build."""
    unscored = one["added_after_release"] and one["outcome"] == "failed"
    return "other" if unscored else STATUS[one["outcome"]]


def _told(check: CheckEntry) -> str:
    lines = {"": check["reason"], "expected: ": check["expected"], "seen: ": check["seen"]}
    commands = {"curl: ": check.get("curl", ""), "rerun: ": check.get("rerun", "")}
    told = "\n".join(f"{label}{text}" for label, text in {**lines, **commands}.items() if text)
    return "\n".join([check["check"], told, *check.get("story", ())])
