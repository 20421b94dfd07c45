"""What moved between two results of one contract; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tck.errors import KitError
from tck.results.document import RequirementEntry, Result

SEEN = frozenset({"passed", "failed", "waived"})
"""Outcomes of a requirement of which something was seen."""
GROUPS = {
    "broke": "Broke",
    "newly_deviating": "Newly deviating",
    "no_longer_tested": "No longer tested",
    "mended": "Mended",
    "tested_again": "Tested again, and held",
    "otherwise": "Moved otherwise",
    "added": "New requirements",
    "removed": "Requirements that are gone",
}
"""The kinds of moves, the worst first; the first three let the comparison fail."""
WORSE = ("broke", "newly_deviating", "no_longer_tested")
FACTS = {
    "verdict": ("verdict",),
    "target": ("target", "base_url"),
    "contract revision": ("contract", "revision"),
    "requirements": ("contract", "digest"),
    "release": ("contract", "release"),
    "kit version": ("kit", "version"),
    "kit": ("kit", "digest"),
    "seed": ("seed",),
    "options": ("options",),
    "capabilities": ("target", "capabilities"),
}
"""What else may have changed between two runs, by the place where a result has it."""


@dataclass(frozen=True)
class Move:
    """One requirement that came out otherwise; an outcome is empty where the requirement was not there."""

    id: str
    level: str
    before: str
    after: str
    told: str
    url: str
    rerun: str = ""


@dataclass(frozen=True)
class Change:
    """Something about the runs themselves that differs."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """All moves by kind, in the order of `GROUPS`, and what changed around them."""

    old: Result
    new: Result
    moves: Mapping[str, tuple[Move, ...]]
    changes: tuple[Change, ...]

    @property
    def worse(self) -> bool:
        """Whether anything got worse."""
        return any(self.moves[kind] for kind in WORSE)


def compare(old: Result, new: Result) -> Comparison:
    """The moves from one result to another; raises KitError when they are of different contracts."""
    names = [result["contract"]["name"] for result in (old, new)]
    if names[0] != names[1]:
        raise KitError(f"the results are of different contracts: {names[0]} and {names[1]}.")
    found: dict[str, list[Move]] = {kind: [] for kind in GROUPS}
    before = {one["id"]: one for one in old["requirements"]}
    after = {one["id"]: one for one in new["requirements"]}
    for id_ in dict.fromkeys([*after, *before]):
        kind = _kind(before.get(id_), after.get(id_))
        if kind:
            found[kind].append(_move(before.get(id_), after.get(id_)))
    moves = {kind: tuple(moved) for kind, moved in found.items()}
    return Comparison(old, new, moves, tuple(_changes(old, new, before, after)))


def _kind(before: RequirementEntry | None, after: RequirementEntry | None) -> str:
    """The name of the move; empty where nothing moved."""
    if before is None or after is None:
        return "added" if before is None else "removed"
    was, now = before["outcome"], after["outcome"]
    if was != now:
        return _moved(was, now, after["level"])
    if bool(before["deviations"]) is bool(after["deviations"]):
        return ""
    return "newly_deviating" if after["deviations"] else "mended"


def _moved(was: str, now: str, level: str) -> str:
    if now == "failed":
        return "broke" if level == "must" else "newly_deviating"
    if was in SEEN and now not in SEEN:
        return "no_longer_tested"
    if now == "passed":
        return "mended" if was in SEEN else "tested_again"
    return "otherwise"


def _move(before: RequirementEntry | None, after: RequirementEntry | None) -> Move:
    [one, *_] = filter(None, (after, before))
    telling = (check for check in one["checks"] if check["outcome"] == one["outcome"])
    return Move(
        id=one["id"],
        level=one["level"],
        before=before["outcome"] if before else "",
        after=after["outcome"] if after else "",
        told="; ".join([*filter(None, [one["reason"]]), *one["deviations"]]) or one["statement"],
        url=one["source"]["url"],
        rerun=next((check.get("rerun", "") for check in telling), ""),
    )


def _changes(
    old: Result, new: Result, before: Mapping[str, RequirementEntry], after: Mapping[str, RequirementEntry]
) -> Iterator[Change]:
    for what, path in FACTS.items():
        pair = [_at(result, path) for result in (old, new)]
        if pair[0] != pair[1]:
            yield Change(what, *(_short(value) for value in pair))
    for id_ in before.keys() & after.keys():
        levels = [one["level"] for one in (before[id_], after[id_])]
        if levels[0] != levels[1]:
            yield Change(f"level of {id_}", *levels)


def _at(result: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        result = result[key]
    return result


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items() if item not in (None, [], False))
    text = str(value)
    return text[:12] if len(text) == 64 and text.isalnum() else text  # noqa: PLR2004 - a digest
