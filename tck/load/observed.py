"""What users have observed under load: rules that held and broke, and what was saturation; pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tck.recording.exchange import Exchange
from tck.results.outcomes import Finding

MOST_FINDINGS = 3
"""Findings of one requirement that are told; further ones are counted."""


@dataclass
class Observed:
    """What one process, or all of them together, observed; each list in it is bounded.

    `held` and `broken` count by requirement. `replies` counts by operation and status, or by the word that
    says why there was no reply. `work` counts what the users did.
    """

    held: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    replies: Counter[str] = field(default_factory=Counter)
    work: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    """What the kit itself broke at."""
    told: Counter[str] = field(default_factory=Counter)
    """The findings that were kept by requirement, those that were handed on included."""

    def wants(self, requirement: str) -> bool:
        """Whether a further finding of this requirement is told."""
        return self.told[requirement] < MOST_FINDINGS

    def breaks(self, finding: Finding, exchanges: Mapping[str, Exchange]) -> None:
        """Count a failure, and keep it with its exchanges if it is one of the first."""
        if self.wants(finding.requirement):
            self.told[finding.requirement] += 1
            self.findings.append(finding)
            self.exchanges.update(exchanges)
        self.broken[finding.requirement] += 1

    def troubles(self, said: str) -> None:
        """Note that the kit itself broke."""
        if said not in self.problems and len(self.problems) < MOST_FINDINGS:
            self.problems.append(said)

    def add(self, other: "Observed") -> None:
        """Take over what another process observed."""
        for finding in other.findings:
            if self.wants(finding.requirement):
                self.told[finding.requirement] += 1
                self.findings.append(finding)
                wanted = {*finding.exchanges, *finding.judged}
                kept = {name: one for name, one in other.exchanges.items() if name in wanted}
                self.exchanges.update(kept)
        self.broken.update(other.broken)
        self.held.update(other.held)
        self.replies.update(other.replies)
        self.work.update(other.work)
        for said in other.problems:
            self.troubles(said)

    def taken(self) -> "Observed":
        """What was observed since this was asked last, to be handed on."""
        news = replace(self)
        fresh = Observed(told=self.told)
        vars(self).update(vars(fresh))
        return news

    def to_json(self) -> dict[str, Any]:
        """A plain dict, as it travels to the process that collects."""
        return {
            "held": dict(self.held), "broken": dict(self.broken), "replies": dict(self.replies),
            "work": dict(self.work), "problems": list(self.problems),
            "findings": [one.to_json() for one in self.findings],
            "exchanges": [one.to_json() for one in self.exchanges.values()],
        }  # fmt: skip

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Observed":
        """What `to_json` made this dict of."""
        exchanges = [Exchange.from_json(one) for one in values["exchanges"]]
        return cls(
            Counter(values["held"]), Counter(values["broken"]),
            [Finding.from_json(one) for one in values["findings"]],
            {one.id: one for one in exchanges}, Counter(values["replies"]), Counter(values["work"]),
            list(values["problems"]),
        )  # fmt: skip
