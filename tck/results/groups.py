"""The optional groups of requirements in a result: what was judged, and what its verdict covers."""

from collections.abc import Mapping
from typing import Literal

from tck.results.document import GroupState, RequirementEntry, Result
from tck.vocabulary import CORE

Coverage = Literal["covered", "not_offered", "not_chosen", "not_released"]
"""What a certificate says of a group; `not_released`: judged, and in no release yet."""
WORDS: Mapping[GroupState, str] = {
    "judged": "judged",
    "not_offered": "not offered (404, 405 or 501 to every good call), so nothing of it is judged",
    "not_chosen": "left out of this run, so nothing of it is judged",
}


def group_of(requirement: RequirementEntry) -> str:
    """The group that a requirement belongs to."""
    return requirement.get("group", CORE)


def is_scored(requirement: RequirementEntry, groups: Mapping[str, GroupState]) -> bool:
    """Whether it counts in the verdict: it is in the release, and its group was not left out."""
    left_out = groups.get(group_of(requirement)) == "not_chosen"
    return not requirement["added_after_release"] and not left_out


def scored_entries(result: Result) -> list[RequirementEntry]:
    """The requirements that the verdict is over."""
    return [one for one in result["requirements"] if is_scored(one, result["groups"])]


def coverage(result: Result) -> dict[str, Coverage]:
    """What a certificate of this result says of the core and of each group."""
    scored = {group_of(one) for one in scored_entries(result)}

    def covers(name: str, state: GroupState) -> Coverage:
        return state if state != "judged" else "covered" if name in scored else "not_released"

    groups = {name: covers(name, state) for name, state in result["groups"].items()}
    return {CORE: "covered", **groups}


def told_groups(result: Result) -> str:
    """Each group and what became of it; empty for a contract without groups."""
    return "; ".join(f"{name}: {WORDS[state]}" for name, state in result["groups"].items())


def told_missing(result: Result) -> str:
    """The groups that the target lacks or --groups left out, for the sentence of a verdict; may be empty.

    Which groups a run left out that was narrowed otherwise, to a requirement say, is nothing of its own.
    """
    chosen = result["options"].get("groups") or result["groups"]
    states: dict[str, GroupState] = {
        name: state
        for name, state in result["groups"].items()
        if not (state == "not_chosen" and name in chosen)
    }
    parts = []
    for state, words in (("not_offered", "not offered"), ("not_chosen", "left out of this run")):
        names = [name for name, found in states.items() if found == state]
        if names:
            one = len(names) == 1
            groups = f"group {names[0]}" if one else f"groups {' and '.join(names)}"
            verb = ("is" if one else "are") if state == "not_offered" else ("was" if one else "were")
            parts.append(f"the {groups} {verb} {words}")
    return "; ".join(parts)
