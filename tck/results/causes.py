"""Which failures are one fault: each cause is led by the requirement that states it most exactly; pure.

What failed because something else did is known from three sources: relations between requirements, which
requirements.yaml holds; the exchanges that both judged; and the reasons of what could not be tested.
A cause changes no outcome, count or verdict.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from tck.contract.requirements import Explained
from tck.results.document import CauseEntry, CheckEntry, RequirementEntry
from tck.results.gateway_replies import about_page
from tck.results.outcomes import is_about
from tck.results.ways import broken, requests_in

Relations = Mapping[str, Explained]
"""By the id of a requirement, those that may fail because it is broken."""
NOTHING = Explained()
NAME = "@requirement@"
"""Stands in a command for the id of the requirement."""
NAMED = re.compile(r"[a-z][a-z0-9]*\.[a-z0-9]+(?:-[a-z0-9]+)*")
EXPECTED = re.compile(r"(?:the status: )?(\d{3})")
SEEN = re.compile(r"(?:the status: )?(\d{3})\b")
DEVIATES = re.compile(r"answered (\d{3}), documented is (\d{3})")
SERVER_ERROR = re.compile(r"5\d\d")


@dataclass(frozen=True)
class Cause:
    """The failed requirements of one fault, the leading one first."""

    members: tuple[RequirementEntry, ...]
    about: str = ""
    untested: list[str] = field(default_factory=list)


def causes_of(
    requirements: Sequence[RequirementEntry],
    relations: Relations,
    rerun: str = "",
    pages: Mapping[str, int] = MappingProxyType({}),
    not_there: Collection[str] = (),
) -> list[CauseEntry]:
    """All causes, those of failed MUSTs first, and of these the one with most failed MUSTs.

    What is about an operation that is `not_there` at all comes after what can be mended in the others.
    `rerun` is the command that runs a cause's own checks again, with NAME in place of its id. `pages`
    are the exchanges in which something in front of the target refused, with the status: what fails for one
    page alone is one cause.
    """
    refused = list(_by_page(requirements, pages))
    apart = {one["id"] for cause in refused for one in cause.members}
    failed = [one for one in requirements if one["outcome"] == "failed" and one["id"] not in apart]
    causes = [Cause(members) for members in _groups(failed, relations)]
    found = [*refused, *(one for one in causes if _counts(one)), *_by_status(requirements, causes)]
    _hand_out_untested(requirements, found)
    return [_entry(one, rerun) for one in sorted(found, key=partial(_worst_first, not_there))]


def _by_page(requirements: Iterable[RequirementEntry], pages: Mapping[str, int]) -> Iterator[Cause]:
    """What failed for one foreign page alone, the MUSTs first."""
    members: dict[int, list[RequirementEntry]] = {}
    for one in requirements:
        if one["outcome"] == "failed":
            shown = [{pages[name] for name in check["judged"] if name in pages} for check in broken(one)]
            if all(shown) and len(set().union(*shown)) == 1:
                members.setdefault(shown[0].pop(), []).append(one)
    for status, refused in members.items():
        yield Cause(tuple(sorted(refused, key=lambda one: one["level"] != "must")), about_page(status))


def _groups(
    failed: Sequence[RequirementEntry], relations: Relations
) -> Iterator[tuple[RequirementEntry, ...]]:
    """Each group of failures with one reason, the leading requirement first.

    A leader explains each other member itself: chains of explanations would join what has little in common.
    """
    left = {one["id"]: one for one in failed}
    explained = {one["id"]: _explained(one, failed, relations) for one in failed}
    while left:
        leader = min(left, key=lambda name: _rank(name, left, explained, relations))
        members = [leader, *(name for name in explained[leader] if name in left)]
        yield tuple(left.pop(name) for name in members)


def _explained(
    one: RequirementEntry, failed: Iterable[RequirementEntry], relations: Relations
) -> dict[str, None]:
    """The other failures that this one explains: related ones, and generated cases that break on the same.

    A SHOULD explains no MUST.
    """
    related = relations.get(one["id"], NOTHING)
    others = (other for other in failed if other is not one and one["level"] in ("must", other["level"]))
    return {other["id"]: None for other in others if _explains(one, other, related)}


def _explains(one: RequirementEntry, other: RequirementEntry, related: Explained) -> bool:
    if other["id"] in related.always:
        return True
    if other["id"] in related.alike:
        return _answers(other) <= _answers(one)
    return _breaks_on(other, one) or _is_of_the_same_error(other, one)


def _rank(
    name: str,
    left: Mapping[str, RequirementEntry],
    explained: Mapping[str, Collection[str]],
    relations: Relations,
) -> tuple[bool, int, int, int]:
    """Who leads: what nothing else explains; what explains most; what may explain least; what failed most."""
    explaining = (other for other in left if name in explained[other])
    below = any(other not in explained[name] for other in explaining)
    related = relations.get(name, NOTHING)
    may = len(related.always) + len(related.alike)
    covered = sum(other in left for other in explained[name])
    return below, -covered, may, -requests_in(broken(left[name]))


def _breaks_on(generated: RequirementEntry, judged: RequirementEntry) -> bool:
    """Whether all generated cases of one requirement break on replies that another one judges as broken."""
    if not _is_generated(generated) or _is_generated(judged):
        return False
    known = _answers(judged)
    return ("", "") not in known and _answers(generated) <= known


def _answers(one: RequirementEntry) -> set[tuple[str, str]]:
    """The operations and answers that its findings judge as broken."""
    return {(way["operation"], way["answer"]) for way in one["ways"]}


def _is_of_the_same_error(one: RequirementEntry, other: RequirementEntry) -> bool:
    """Whether one judges as broken nothing but server errors that the other one judges as well."""
    errors = one["ways"] and all(SERVER_ERROR.fullmatch(way["answer"]) for way in one["ways"])
    return bool(errors) and _judged(one) <= _judged(other)


def _judged(one: RequirementEntry) -> set[str]:
    return {name for check in broken(one) for name in check["judged"]}


def _is_generated(one: RequirementEntry) -> bool:
    return all("story" in check for check in broken(one))


def _by_status(requirements: Sequence[RequirementEntry], causes: Iterable[Cause]) -> Iterator[Cause]:
    """Deviations: those that differ by the same undocumented status are one.

    A rule that held by such a status belongs to it only where no requirement asks for the documented one.
    """
    apart = [cause for cause in causes if not _counts(cause)]
    held = [Cause((one,)) for one in requirements if one["outcome"] != "failed" and one["deviations"]]
    alike: dict[str, list[RequirementEntry]] = {}
    for cause in apart:
        about = _statuses(cause)
        if about:
            alike.setdefault(about, []).extend(cause.members)
        else:
            yield cause
    asked = set(alike)
    for cause in held:
        about = _statuses(cause)
        if not about:
            yield cause
        elif about not in asked:
            alike.setdefault(about, []).extend(cause.members)
    for about, members in alike.items():
        yield Cause(tuple(members), about)


def _statuses(cause: Cause) -> str:
    """What a group differs in, when it differs only in one status from the documented one."""
    pairs = {_pair(check) for one in cause.members for check in broken(one)}
    return pairs.pop() if len(pairs) == 1 else ""


def _pair(check: CheckEntry) -> str:
    told = DEVIATES.search(check["deviation"])
    seen, expected = SEEN.match(check["seen"]), EXPECTED.fullmatch(check["expected"])
    if told:
        return f"{told[1]} where {told[2]} is documented"
    return f"{seen[1]} where {expected[1]} is documented" if seen and expected else ""


def _counts(cause: Cause) -> bool:
    """Whether a MUST failed."""
    return any(one["outcome"] == "failed" and one["level"] == "must" for one in cause.members)


def _hand_out_untested(requirements: Sequence[RequirementEntry], causes: Sequence[Cause]) -> None:
    """What could not be tested goes to the cause of the first failed requirement that its reason names."""
    by_id = {one["id"]: cause for cause in causes for one in cause.members}
    for one in requirements:
        if one["outcome"] == "not_tested":
            named = (by_id[name] for name in NAMED.findall(one["reason"]) if name in by_id)
            cause = next(named, None)
            if cause is not None:
                cause.untested.append(one["id"])


def _worst_first(not_there: Collection[str], cause: Cause) -> tuple[bool, bool, bool, int, int]:
    musts = sum(one["level"] == "must" and one["outcome"] == "failed" for one in cause.members)
    scored = any(not one["added_after_release"] for one in cause.members)
    missing = any(is_about(cause.members[0]["id"], name) for name in not_there)
    return (not scored, not musts, missing, -musts, -_requests(cause))


def _requests(cause: Cause) -> int:
    return requests_in(check for one in cause.members for check in broken(one))


def _entry(cause: Cause, rerun: str) -> CauseEntry:
    leading = cause.members[0]["id"]
    checks = {check["check"] for one in cause.members for check in broken(one)}
    return {
        "requirement": leading,
        "also": [one["id"] for one in cause.members[1:]],
        "untested": cause.untested,
        "level": "must" if _counts(cause) else "should",
        "about": cause.about,
        "checks": len(checks),
        "requests": _requests(cause),
        "rerun": rerun.replace(NAME, leading, 1),
    }
