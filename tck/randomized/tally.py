"""What the many cases of one generated check show of each requirement, settled once at its end."""

from collections import Counter
from dataclasses import dataclass, field

from tck.checking.check import Check
from tck.results.outcomes import Finding
from tck.vocabulary import Outcome

REPLAYS = 2
"""How often what fails is sent again as it was."""


@dataclass
class Tally:
    """Counts what held, keeps the first case that did not, and what could not be seen.

    `seen_in` are the exchanges of the first case that held, by requirement.
    """

    check: Check
    held: Counter[str] = field(default_factory=Counter)
    seen_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: str = ""

    def holds(self, requirement: str, times: int = 1, exchanges: tuple[str, ...] = ()) -> None:
        """Some cases, the first of them in these exchanges, showed that a requirement holds."""
        self.held[requirement] += times
        if exchanges:
            self.seen_in.setdefault(requirement, exchanges)

    def breaks(self, finding: Finding) -> None:
        """A case showed that a requirement is broken; only the first one is told."""
        if finding.requirement not in self.broken:
            self.broken.add(finding.requirement)
            self.check.find(finding)

    def loses(self, why: str) -> None:
        """A case said nothing, because the transport failed or the target was overloaded."""
        self.lost.append(why)

    def stops(self, why: str) -> None:
        """The run may not send what the further cases need."""
        self.stopped = why

    def notes_that(self, note: str) -> None:
        """Something that a reader of the result should know of how the cases were chosen."""
        if note not in self.notes:
            self.notes.append(note)

    def settle(self, cases: int) -> None:
        """Give every requirement that the check declares its one outcome; `cases` were to be seen in all."""
        for requirement in self.check.declared:
            if requirement not in self.broken:
                outcome, reason = self._settled(requirement, cases)
                judged = self.seen_in.get(requirement, ()) if outcome is Outcome.PASSED else ()
                found = Finding(
                    requirement, outcome, self.check.node, reason, exchanges=judged, judged=judged
                )
                self.check.find(found)

    def _settled(self, requirement: str, cases: int) -> tuple[Outcome, str]:
        if self.stopped:
            return Outcome.NOT_TESTED, self.stopped
        if len(self.lost) * 2 > cases or (self.lost and not self.held[requirement]):
            return Outcome.INDETERMINATE, f"{len(self.lost)} of {cases} cases were lost: {self.lost[0]}"
        if not self.held[requirement]:
            return Outcome.NOT_TESTED, "; ".join(["no case came to what it judges", *self.notes])
        return Outcome.PASSED, "; ".join(self.notes)
