"""Causes as every text view shows them: the leading requirement, what shows it, and what belongs to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tck.reports.labels import told_level
from tck.results.document import CauseEntry, CheckEntry, RequirementEntry, Result, WayEntry
from tck.results.repeats import told_repeats
from tck.results.ways import broken


@dataclass(frozen=True)
class CauseView:
    """A cause with the entries of its requirements; `number` counts from 1, failures before deviations."""

    number: int
    cause: CauseEntry
    leading: RequirementEntry
    also: tuple[RequirementEntry, ...]

    @property
    def name(self) -> str:
        """The id of the leading requirement, which no other cause has."""
        return self.cause["requirement"]

    @property
    def title(self) -> str:
        """The leading requirement by level and id, the extent, and its statement or what they share."""
        if self.cause["about"]:
            return f"{self.cause['about']} ({self.extent}), first at {told_level(self.leading)} {self.name}"
        return f"{told_level(self.leading)} {self.name} ({self.extent}): {self.leading['statement']}"

    @property
    def extent(self) -> str:
        """How much the cause takes in."""
        parts = [count(len(self.also) + 1, "requirement"), count(self.cause["requests"], "request")]
        if self.cause["untested"]:
            parts.append(f"{len(self.cause['untested'])} not tested for it")
        repeats = told_repeats(self.leading)
        parts += [repeats] if repeats else []
        return ", ".join(parts)

    @property
    def shown(self) -> CheckEntry | None:
        """The finding that shows the cause best: the first of the leading requirement's first way."""
        return first_finding(self.leading, self.leading["ways"][0]) if self.leading["ways"] else None


def failures_in(result: Result) -> list[CauseView]:
    """The causes that count: those in which a MUST failed, or a SHOULD when deviations fail the run."""
    return [one for one in _causes_in(result) if _is_failure(one, result)]


def deviations_in(result: Result) -> list[CauseView]:
    """The other causes."""
    return [one for one in _causes_in(result) if not _is_failure(one, result)]


def _is_failure(one: CauseView, result: Result) -> bool:
    return _counts(one.cause, {one.name: one.leading}, result)


def _causes_in(result: Result) -> Iterator[CauseView]:
    known = {one["id"]: one for one in result["requirements"]}
    causes = sorted(result["causes"], key=lambda cause: not _counts(cause, known, result))
    for number, cause in enumerate(causes, 1):
        also = tuple(known[name] for name in cause["also"])
        yield CauseView(number, cause, known[cause["requirement"]], also)


def _counts(cause: CauseEntry, known: Mapping[str, RequirementEntry], result: Result) -> bool:
    failed = known[cause["requirement"]]["outcome"] == "failed"
    return cause["level"] == "must" or (failed and result["fail_on_deviations"])


def cause_by_requirement(result: Result) -> dict[str, str]:
    """By the id of each requirement that failed or deviates, the name of the cause that it belongs to."""
    return {
        name: cause["requirement"]
        for cause in result["causes"]
        for name in (cause["requirement"], *cause["also"])
    }


def first_finding(requirement: RequirementEntry, way: WayEntry) -> CheckEntry:
    """The first finding of a way in which a requirement failed."""
    return requirement["checks"][way["first"]]


def told_way(way: WayEntry) -> str:
    """A way in words: what was asked, and what was answered."""
    asked = " ".join(filter(None, (way["operation"], way["request"]))) or "no request that was kept"
    answered = f" answered {way['answer']}" if way["answer"] else ""
    return f"{asked}{answered}"


def told_extent(requirement: RequirementEntry) -> str:
    """In how many of its checks and requests a requirement failed."""
    checks = len({check["check"] for check in requirement["checks"]})
    failing = len({check["check"] for check in broken(requirement)})
    requests = count(sum(way["requests"] for way in requirement["ways"]), "request")
    repeats = told_repeats(requirement)
    again = f"; judged again: {repeats}" if repeats else ""
    return f"in {failing} of {count(checks, 'check')}, in {requests}{again}"


def deviations_told(result: Result) -> Iterator[str]:
    """Each kind of deviation in a few words, with the number of requirements where several deviate so."""
    for one in deviations_in(result):
        about = one.cause["about"] or one.name
        yield f"{about} ({len(one.also) + 1})" if one.also else about


def differences_told(result: Result) -> Iterator[str]:
    """Each allowed difference that was seen: its sentence, what showed it, and how often."""
    for one in result["allowed_differences"]:
        seen = f" ({one['seen']})" if one["seen"] else ""
        yield f"{one['statement'].rstrip('.')}{seen}, seen {count(one['times'], 'time')}"


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
