"""What requirements claim, and which of it is seen in the exchanges that each was judged by."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bench.doors import everruns, trigger
from bench.doors.wire import Facts
from tck.contract.combinations import Claim, Doors, Values
from tck.recording.exchange import Exchange
from tck.vocabulary import Outcome

UNJUDGED = {Outcome.NOT_TESTED.value, Outcome.NOT_APPLICABLE.value}
FACTS: Mapping[str, Callable[[Iterable[Exchange]], Mapping[str, Facts]]] = MappingProxyType(
    {"everruns": everruns.facts_of, "trigger": trigger.facts_of}
)
"""By contract, what each exchange shows."""


@dataclass(frozen=True)
class Coverage:
    """One claim of one requirement: what it wants to see, what was seen, and what is missing for a reason."""

    requirement: str
    claim: Claim
    missing: tuple[Values, ...]
    reasons: Mapping[Values, str] = field(default_factory=dict)

    @property
    def unexplained(self) -> list[Values]:
        """The combinations that are missing without a reason."""
        return [one for one in self.missing if one not in self.reasons]


def coverage(doors: Doors, result: Mapping[str, Any], exchanges: Sequence[Exchange]) -> Iterator[Coverage]:
    """What the exchanges that each tested requirement was judged by show of its claims."""
    facts = FACTS[result["contract"]["name"]](exchanges)
    for requirement in result["requirements"]:
        name = requirement["id"]
        if requirement["outcome"] in UNJUDGED:
            continue
        judged = {one for check in requirement["checks"] for one in (*check["judged"], *check["exchanges"])}
        seen = [facts[one] for one in judged if one in facts]
        for claim in doors.claims_of(name):
            missing = tuple(one for one in claim.wanted if not any(_shows(fact, one) for fact in seen))
            yield Coverage(name, claim, missing, dict(_reasons(doors, name, missing)))


def _shows(facts: Facts, wanted: Values) -> bool:
    return all(facts.get(name) == value for name, value in wanted)


def _reasons(doors: Doors, name: str, missing: Iterable[Values]) -> Iterator[tuple[Values, str]]:
    for one in missing:
        reason = next((hole.because for hole in doors.holes if hole.explains(name, one)), "")
        if reason:
            yield one, reason
