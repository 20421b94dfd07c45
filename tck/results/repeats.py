"""How often a failure was seen when its check was judged again; pure. It changes no outcome."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tck.results.document import RepeatsEntry, RequirementEntry, Result
from tck.results.groups import scored_entries
from tck.vocabulary import Outcome

MOST_NAMED = 3
"""Requirements that the verdict's sentence names."""


@dataclass(frozen=True)
class Trial:
    """What judging a failed check once more showed of one requirement that had failed in it."""

    requirement: str
    check: str
    outcome: Outcome
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain dict, as it travels from a worker to the controller."""
        return {**vars(self), "outcome": self.outcome.value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Trial":
        """The trial that `to_json` made this dict of."""
        return cls(**{**values, "outcome": Outcome(values["outcome"])})


def repeats_by_failure(trials: Iterable[Trial]) -> dict[tuple[str, str], RepeatsEntry]:
    """By check and requirement, how often it failed of all times that it was judged, the first included."""
    grouped: dict[tuple[str, str], list[Trial]] = {}
    for one in trials:
        grouped.setdefault((one.check, one.requirement), []).append(one)
    return {key: _counted(found) for key, found in grouped.items()}


def _counted(trials: Collection[Trial]) -> RepeatsEntry:
    failed = sum(one.outcome is Outcome.FAILED for one in trials)
    passed = sum(one.outcome is Outcome.PASSED for one in trials)
    others = [one for one in trials if one.outcome not in (Outcome.FAILED, Outcome.PASSED)]
    why = next((one.reason for one in others if one.reason), "")
    return {"runs": 1 + failed + passed, "failed": 1 + failed, "undecided": len(others), "why": why}


def repeats_of(requirement: RequirementEntry) -> RepeatsEntry | None:
    """Those of the failure that repeated best; None where no failure of it was judged again."""
    found = [check["repeats"] for check in requirement["checks"] if "repeats" in check]
    return max(found, key=lambda one: (one["failed"] / one["runs"], one["failed"]), default=None)


def is_flaky(requirement: RequirementEntry) -> bool:
    """Whether it failed, and no check of it that was judged again failed each time."""
    found = repeats_of(requirement)
    return requirement["outcome"] == "failed" and found is not None and found["failed"] < found["runs"]


def told_repeats(requirement: RequirementEntry) -> str:
    """How often it failed, such as `failed 1 of 3`; empty where it was not judged again."""
    found = repeats_of(requirement)
    return told(found) if found is not None else ""


def told(entry: RepeatsEntry) -> str:
    """How often a failure was seen, and why it was not judged as often as it was to be."""
    said = f"failed {entry['failed']} of {entry['runs']}"
    if not entry["undecided"]:
        return said
    why = f": {entry['why']}" if entry["why"] else ""
    return f"{said}, and {entry['undecided']} more could not be judged{why}"


def rests_on(result: Result) -> str:
    """The part of the verdict's sentence about failures that did not repeat; empty without any."""
    broken = [one for one in scored_entries(result) if one["outcome"] == "failed" and _counts(one, result)]
    unsteady = [one for one in broken if is_flaky(one)]
    if not unsteady:
        return ""
    names = ", ".join(_named(unsteady))
    if len(unsteady) == len(broken):
        subject = "it" if len(broken) == 1 else "none of them"
        verb = "did not fail" if len(broken) == 1 else "failed"
        return f"{subject} {verb} every time it was judged ({names})"
    return f"{len(unsteady)} of them did not fail every time ({names})"


def _named(unsteady: list[RequirementEntry]) -> Iterator[str]:
    for one in unsteady[:MOST_NAMED]:
        found = repeats_of(one)
        if found is not None:
            yield f"{one['id']} failed {found['failed']} of {found['runs']}"
    if len(unsteady) > MOST_NAMED:
        yield f"{len(unsteady) - MOST_NAMED} more"


def _counts(one: RequirementEntry, result: Result) -> bool:
    return one["level"] == "must" or result["fail_on_deviations"]
