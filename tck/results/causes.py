"""Which failures are one fault: each cause is led by the requirement that states it most exactly; pure.

What failed because something else did is known from three sources: relations between requirements, which
requirements.yaml holds; the exchanges that both judged; and the reasons of what could not be tested.
A cause changes no outcome, count or verdict.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tck.results.document import CauseEntry, CheckEntry, RequirementEntry
from tck.results.ways import Kinds, broken, requests_in

Relations = Mapping[str, Collection[str]]
"""By the id of a requirement, those that may fail because it is broken."""
NAMED = re.compile(r"[a-z][a-z0-9]*\.[a-z0-9]+(?:-[a-z0-9]+)*")
STATUS = re.compile(r"\d{3}\b")


@dataclass(frozen=True)
class Cause:
    """The failed requirements of one fault, the leading one first."""

    members: tuple[RequirementEntry, ...]
    about: str = ""
    untested: list[str] = field(default_factory=list)


def causes_of(
    requirements: Sequence[RequirementEntry], relations: Relations, kinds: Kinds
) -> list[CauseEntry]:
    """All causes, those of failed MUSTs first, and of these the one with most failed MUSTs."""
    failed = [one for one in requirements if one["outcome"] == "failed"]
    graph = _Graph(failed, relations, kinds)
    causes = [Cause(members) for members in graph.groups()]
    found = [*(one for one in causes if _counts(one)), *_by_status(requirements, causes)]
    _hand_out_untested(requirements, found)
    return [_entry(one) for one in sorted(found, key=_worst_first)]


class _Graph:
    """The failed requirements, and which of them explains which."""

    def __init__(self, failed: Sequence[RequirementEntry], relations: Relations, kinds: Kinds) -> None:
        self.failed = {one["id"]: one for one in failed}
        self.explained: dict[str, list[str]] = {
            name: [other for other in relations.get(name, ()) if other != name and other in self.failed]
            for name in self.failed
        }
        self.kinds = kinds

    def groups(self) -> Iterator[tuple[RequirementEntry, ...]]:
        """Each group of failures with one reason, the leading requirement first."""
        left = dict.fromkeys(self.failed)
        for leader in self._leaders():
            reached = [name for name in self._reached(leader) if name in left]
            for name in reached:
                del left[name]
            if reached:
                yield tuple(self.failed[name] for name in reached)

    def _leaders(self) -> list[str]:
        """Those that nothing else explains; of those that explain each other, the one that explains most."""
        reached = {name: set(self._reached(name)) for name in self.failed}
        first = [
            name
            for name in self.failed
            if all(other in reached[name] for other in self.failed if name in reached[other])
        ]
        return sorted(first, key=lambda name: -len(self.explained[name]))

    def _reached(self, start: str) -> list[str]:
        """All that this one explains, directly or by way of others; itself first."""
        found = [start]
        for name in found:
            found += [other for other in self.explained[name] if other not in found]
        return found


def _by_status(requirements: Sequence[RequirementEntry], causes: Iterable[Cause]) -> Iterator[Cause]:
    """Deviations: those that differ by the same undocumented status are one."""
    apart = [cause for cause in causes if not _counts(cause)]
    passed = [Cause((one,)) for one in requirements if one["outcome"] != "failed" and one["deviations"]]
    alike: dict[str, list[RequirementEntry]] = {}
    for cause in [*apart, *passed]:
        about = _statuses(cause)
        if about:
            alike.setdefault(about, []).extend(cause.members)
        else:
            yield cause
    for about, members in alike.items():
        yield Cause(tuple(sorted(members, key=lambda one: one["outcome"] != "failed")), about)


def _statuses(cause: Cause) -> str:
    """What a group differs in, when it differs only in one status from the documented one."""
    pairs = {_pair(check) for one in cause.members for check in broken(one)}
    [pair, *more] = pairs or {""}
    return pair if not more else ""


def _pair(check: CheckEntry) -> str:
    seen, expected = STATUS.match(check["seen"]), STATUS.fullmatch(check["expected"])
    return f"{seen[0]} where {expected[0]} is documented" if seen and expected else ""


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


def _worst_first(cause: Cause) -> tuple[bool, bool, int, int]:
    musts = sum(one["level"] == "must" and one["outcome"] == "failed" for one in cause.members)
    scored = any(not one["added_after_release"] for one in cause.members)
    return (not scored, not musts, -musts, -_requests(cause))


def _requests(cause: Cause) -> int:
    return requests_in(check for one in cause.members for check in broken(one))


def _entry(cause: Cause) -> CauseEntry:
    checks = {check["check"] for one in cause.members for check in broken(one)}
    return {
        "requirement": cause.members[0]["id"],
        "also": [one["id"] for one in cause.members[1:]],
        "untested": cause.untested,
        "level": "must" if _counts(cause) else "should",
        "about": cause.about,
        "checks": len(checks),
        "requests": _requests(cause),
    }
