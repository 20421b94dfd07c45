"""Words that several views share."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tck.results.document import (
    CheckEntry,
    CountsEntry,
    KitEntry,
    LoadEntry,
    OutcomeName,
    RequirementEntry,
    Result,
)
from tck.results.groups import told_groups, told_missing
from tck.results.repeats import rests_on
from tck.results.selection import told_reason, why_partial
from tck.values.texts import printable
from tck.vocabulary import NEW_SESSIONS

OUTCOMES = {
    "failed": "failed",
    "error": "error of the kit",
    "indeterminate": "indeterminate",
    "not_tested": "not tested",
    "waived": "waived",
    "not_applicable": "not applicable",
    "passed": "passed",
}
"""What a reader is shown of each outcome, the most pressing first."""
DEVIATING = "deviating"
"""What a reader is shown of a failed SHOULD."""
VERDICTS = {
    "conformant": "conformant",
    "conformant_with_waivers": "conformant with waivers",
    "not_conformant": "not conformant",
    "inconclusive": "inconclusive",
    "partial": "partial",
}
ADDED = "added after release"
NOTHING_SAID = "no reason was given"


def rendered(document: Mapping[str, Any]) -> str:
    """A JSON file's text."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def operation(requirement: RequirementEntry) -> str:
    """The part of the contract that a requirement belongs to."""
    return str(requirement["id"]).partition(".")[0]


def told_level(requirement: RequirementEntry) -> str:
    """Its level as a reader sees it, with a note where it counts for nothing."""
    note = f", {ADDED}" if requirement["added_after_release"] else ""
    group = f", group {requirement['group']}" if "group" in requirement else ""
    return f"{requirement['level'].upper()}{group}{note}"


def told_outcome(requirement: RequirementEntry) -> str:
    """Its outcome as a reader sees it: a SHOULD that failed deviates."""
    deviates = requirement["level"] == "should" and requirement["outcome"] == "failed"
    return DEVIATING if deviates else OUTCOMES[requirement["outcome"]]


def failures(requirements: Iterable[RequirementEntry]) -> list[RequirementEntry]:
    """The failed requirements, MUST before SHOULD, those that are not scored last."""
    failed = (one for one in requirements if one["outcome"] == "failed")
    return sorted(failed, key=lambda one: (one["added_after_release"], str(one["level"])))


def failing_checks(requirement: RequirementEntry) -> list[CheckEntry]:
    """What the failed checks of a requirement said."""
    return [check for check in requirement["checks"] if check["outcome"] == "failed"]


def deviations(requirements: Iterable[RequirementEntry]) -> list[tuple[RequirementEntry, str]]:
    """Rules that held in an undocumented way, each with what was seen."""
    return [(one, said) for one in requirements for said in one["deviations"]]


def by_reason(requirements: Iterable[RequirementEntry], outcome: str) -> dict[str, list[RequirementEntry]]:
    """The requirements of one outcome under each reason that was given, in the order given."""
    groups: dict[str, list[RequirementEntry]] = {}
    for one in requirements:
        if one["outcome"] == outcome:
            groups.setdefault(told_reason(one) or NOTHING_SAID, []).append(one)
    return groups


def by_operation(requirements: Iterable[RequirementEntry]) -> dict[str, list[RequirementEntry]]:
    """The requirements of each operation, in the order given."""
    groups: dict[str, list[RequirementEntry]] = {}
    for one in requirements:
        groups.setdefault(operation(one), []).append(one)
    return groups


def shown(text: str) -> str:
    """The text, over several lines perhaps, with all that is not plain to see as an escape."""
    return "\n".join(map(printable, text.replace("\r\n", "\n").split("\n")))


def figures(note: Mapping[str, Any]) -> str:
    """What a generated check noted of its work."""
    pairs = ((key, value) for key, value in note.items() if key != "digest")
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in pairs)


def facts(result: Result) -> Iterator[tuple[str, str]]:
    """What was judged, by what, when and at what cost: a label and a text each."""
    kit, contract, target = result["kit"], result["contract"], result["target"]
    left = result["sessions_left_open"] or "none"
    added = sum(one["added_after_release"] for one in result["requirements"])
    yield "Target", target["base_url"]
    day = contract.get("pages_seen")
    seen = f"; its pages were last seen unchanged on {day}" if day else ""
    yield "Contract", f"{contract['name']}, revision {contract['revision']}{seen}"
    if contract["release"]:
        further = f"; {added} requirements were added after it and are not scored" if added else ""
        yield "Release", f"{contract['release']['name']}{further}"
    if result["groups"]:
        yield "Groups", told_groups(result)
    yield "Kit", kit_name(kit)
    yield "When", f"{result['started_at'][:19].replace('T', ' ')} UTC, for {duration(result)}"
    if "load" in result:
        yield from load_facts(result["load"])
    yield "Requests", f"{result['requests']:,} ({result['requests_per_second']} a second)"
    yield "Sessions", f"{result['sessions_created']:,} made, {left} left open"
    yield "Seed", "none given" if result["seed"] is None else str(result["seed"])
    if target["capabilities"]:
        yield "Target has", _capabilities(target["capabilities"])
    declared = declared_lacks(result)
    if declared:
        yield "Declared", declared
    if result["fail_on_deviations"]:
        yield "Deviations", "a failed SHOULD counts like a failed MUST"
    accepted = result["options"].get("accept_not_tested")
    if accepted:
        yield "Accepted", f"the operator accepts that what needs this is not tested: {', '.join(accepted)}"


def load_facts(load: LoadEntry) -> Iterator[tuple[str, str]]:
    """Under which load a result was observed, and how much of it was saturation: a label and a text each."""
    lost = f", {load['workers_lost']} of them lost" if load["workers_lost"] else ""
    processes = f"{load['workers']} process{'' if load['workers'] == 1 else 'es'} of users{lost}"
    course = f"{load['shape']}, {load['spawn_rate']:g} beginning in a second"
    yield "Load", f"{load['users']} users ({course}), {processes}"
    done = ", ".join(f"{number:,} {name}" for name, number in load["work"].items())
    yield "Users did", done or "nothing"
    told = ", ".join(f"{number:,} {name}" for name, number in load["saturation"].items())
    yield "Saturation", f"no failures: {told}" if told else "none"
    if load["stopped"]:
        yield "Ended early", load["stopped"]
    for one in load["latency"]:
        quantiles = ", ".join(f"{name} {one[name]:g}" for name in ("p50", "p95", "p99"))
        yield (
            f"{one['operation']} {one['status']}",
            f"{one['replies']:,} in ms: {quantiles}, longest {one['longest']:g}",
        )


def declared_lacks(result: Result) -> str:
    """What the vendor claims the target to lack, as the claim that it is; empty when nothing is."""
    lacks = result["target"].get("declared_lacks", {})
    told = "; ".join(f"{name}: {sentence}" for name, sentence in lacks.items())
    return f"by the vendor's claim, which the run has not seen, the target lacks {told}" if told else ""


def duration(result: Result) -> str:
    """How long the run took."""
    minutes, seconds = divmod(result["duration_seconds"], 60)
    return f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"


def _capabilities(found: Mapping[str, bool]) -> str:
    has = [name for name, present in found.items() if present]
    lacks = [name for name, present in found.items() if not present]
    return (", ".join(has) or "no capability") + (f"; without {', '.join(lacks)}" if lacks else "")


def verdict_sentence(result: Result) -> str:
    """The verdict and why, in one sentence, with the groups of which nothing was judged.

    It names the failures that did not repeat, and the limit that cut generated checks, if one did.
    """
    cut = result["generated"].get("limits", {}).get("cut")
    stale = result["generated"].get("waivers", {}).get("stale")
    missing = told_missing(result)
    sentence = _verdict_sentence(result)
    unsteady = rests_on(result)
    sentence = f"{sentence.rstrip('.')}; {unsteady}." if unsteady else sentence
    sentence = f"{sentence.rstrip('.')}; {missing}." if missing else sentence
    sentence = f"{sentence.rstrip('.')}; generated checks cut by {cut}." if cut else sentence
    if not stale:
        return sentence
    told = f"{stale} waiver{'' if stale == 1 else 's'} {_are(stale)} no longer needed"
    return f"{sentence.rstrip('.')}; {told}, so the run exits with 1."


def _verdict_sentence(result: Result) -> str:
    must, should = result["counts"]["must"], result["counts"]["should"]
    failed = _failed(must["failed"], should["failed"] if result["fail_on_deviations"] else 0)
    undecided = [f"{must[name]} {_were(must[name])} {label}" for name, label in _undecided(must)]
    lacking = _without_sessions(result)
    match result["verdict"]:
        case "conformant":
            return f"CONFORMANT: {_musts(must['passed'])} held{_besides(must)}."
        case "conformant_with_waivers":
            waived = must["waived"] + (should["waived"] if result["fail_on_deviations"] else 0)
            what = f"{waived} requirement{'' if waived == 1 else 's'} failed and {_are(waived)} waived"
            return f"CONFORMANT WITH WAIVERS: {what}; all others held."
        case "not_conformant":
            return f"NOT CONFORMANT: {failed} failed{lacking}."
        case "partial":
            if not _judged_anything(result):
                return f"{'UNDER LOAD' if 'load' in result else 'PARTIAL'}: nothing was judged{lacking}."
            head = "UNDER LOAD" if "load" in result else "PARTIAL"
            return f"{head}: {why_partial(result)}; {failed} failed{lacking}."
        case _:
            why = ", ".join(undecided) or "none was seen to hold"
            return f"INCONCLUSIVE: no MUST requirement failed, but {why}{lacking}."


def _without_sessions(result: Result) -> str:
    """Why no session could be made, where the target refuses what the options name."""
    lacking = [one for one in result["requirements"] if one["capability"] == NEW_SESSIONS]
    if not lacking:
        return ""
    need = "1 requirement needs" if len(lacking) == 1 else f"{len(lacking)} requirements need"
    return f"; {need} a session, and {printable(lacking[0]['reason'])}"


def _judged_anything(result: Result) -> bool:
    checks = (check for one in result["requirements"] for check in one["checks"])
    return any(check["outcome"] in ("passed", "failed") for check in checks)


def counted(counts: CountsEntry) -> str:
    """How many scored requirements of each level have which outcome."""
    told = []
    for level, found in (("MUST", counts["must"]), ("SHOULD", counts["should"])):
        words = {**OUTCOMES, "failed": DEVIATING} if level == "SHOULD" else OUTCOMES
        parts = [f"{number} {words[name]}" for name, number in found.items() if number]
        told += [f"{level}: {', '.join(parts)}."] if parts else []
    return " ".join(told)


def kit_name(kit: KitEntry) -> str:
    """The kit's name and version, and whether it is other than the release of that version."""
    note = " (modified: not the kit that was released)" if kit["state"] == "modified" else ""
    return f"{kit['name']} {kit['version']}{note}"


def _musts(number: int) -> str:
    return f"{number} MUST requirement{'' if number == 1 else 's'}"


def _failed(musts: int, shoulds: int) -> str:
    """The requirements that failed and count."""
    if musts and shoulds:
        return f"{_musts(musts)} and {shoulds} SHOULD"
    if shoulds:
        return f"{shoulds} SHOULD requirement{'' if shoulds == 1 else 's'}"
    return _musts(musts) if musts else "no MUST requirement"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _besides(must: Mapping[OutcomeName, int]) -> str:
    absent = must["not_applicable"]
    return f", {absent} did not apply" if absent else ""


def _undecided(must: Mapping[OutcomeName, int]) -> Iterator[tuple[OutcomeName, str]]:
    labels: dict[OutcomeName, str] = {
        "indeterminate": "indeterminate",
        "error": "judged by a check that broke",
        "not_tested": "not tested",
    }
    return ((name, label) for name, label in labels.items() if must[name])
