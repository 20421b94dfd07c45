"""ctrf.json: the result in the Common Test Report Format, one test for each requirement."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tck.recording.exchange import Exchange
from tck.reports.cause_view import cause_by_requirement, count, first_finding, told_way
from tck.reports.exchange_view import in_logs
from tck.reports.labels import operation, verdict_sentence
from tck.results.document import CheckEntry, RequirementEntry, Result, WayEntry
from tck.results.repeats import is_flaky, repeats_of

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
"""Ways in which one requirement failed that are told."""


def ctrf(result: Result, exchanges: Mapping[str, Exchange] | None) -> dict[str, Any]:
    """The document; without the exchanges no test has a duration."""
    kit, contract = result["kit"], result["contract"]
    causes = cause_by_requirement(result)
    tests = [
        _test(one, contract["name"], exchanges or {}, causes.get(one["id"], ""), result["fail_on_deviations"])
        for one in result["requirements"]
    ]
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
                "extra": {
                    "contract": dict(contract),
                    "capabilities": dict(result["target"]["capabilities"]),
                    **_claims(result),
                    **({"groups": dict(result["groups"])} if result["groups"] else {}),
                },
            },
            "extra": _extra(result, exchanges),
        },
    }


def _claims(result: Result) -> dict[str, Any]:
    """What the vendor declares the target to lack, where that is anything."""
    declared = result["target"].get("declared_lacks")
    return {"declared_lacks": dict(declared)} if declared else {}


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
        "causes": [dict(cause) for cause in result["causes"]],
        "allowed_differences": [dict(one) for one in result["allowed_differences"]],
        **missing,
    }


def _test(
    one: RequirementEntry, contract: str, exchanges: Mapping[str, Exchange], cause: str, counts: bool
) -> dict[str, Any]:
    """One requirement; `counts` says whether a failed SHOULD fails the run."""
    told = [
        _told(first_finding(one, way), way, exchanges)
        for way in one["ways"][:MOST_TOLD]
        if one["outcome"] == "failed"
    ]
    found = repeats_of(one)
    sent = dict.fromkeys(name for check in one["checks"] for name in check["exchanges"])
    return {
        "testId": one["id"],
        "name": f"{one['id']}: {one['statement']}",
        "status": _status(one, counts),
        "rawStatus": one["outcome"],
        "duration": round(1000 * sum(exchanges[name].duration for name in sent if name in exchanges)),
        "suite": [contract, operation(one)],
        "tags": [one["level"], operation(one)],
        "labels": {"requirement": one["id"], "level": one["level"], "page": one["source"]["page"]},
        **_again(one),
        **({"message": one["reason"]} if one["reason"] else {}),
        **({"trace": "\n\n".join(told)} if told else {}),
        "extra": {
            "url": one["source"]["url"],
            "at": one["source"]["at"],
            "checks": sorted({check["check"] for check in one["checks"]}),
            "deviations": list(one["deviations"]),
            **({"cause": cause} if cause else {}),
            **({"repeats": dict(found)} if found else {}),
            "added_after_release": one["added_after_release"],
        },
    }


def _again(one: RequirementEntry) -> dict[str, Any]:
    """How often its failure was judged again, and whether it did not fail each time; it stays a failure."""
    found = repeats_of(one)
    if found is None:
        return {}
    return {"retries": found["runs"] - 1 + found["undecided"], "flaky": is_flaky(one)}


def _status(one: RequirementEntry, counts: bool) -> str:
    """A failure that counts for nothing in the verdict fails nobody's build."""
    unscored = one["added_after_release"] or (one["level"] == "should" and not counts)
    return "other" if unscored and one["outcome"] == "failed" else STATUS[one["outcome"]]


def _told(check: CheckEntry, way: WayEntry, exchanges: Mapping[str, Exchange]) -> str:
    """A way in which a requirement failed, with the first finding of it."""
    lines = {"": check["reason"], "expected: ": check["expected"], "seen: ": check["seen"]}
    lines["in logs: "] = in_logs(check, exchanges)
    commands = {"curl: ": check.get("curl", ""), "rerun: ": check.get("rerun", "")}
    told = "\n".join(f"{label}{text}" for label, text in {**lines, **commands}.items() if text)
    head = f"{told_way(way)} ({count(way['requests'], 'request')}), first in {check['check']}"
    return "\n".join([head, told, *check.get("story", ())])
