"""What a target was seen to do where the pages are silent: it fails nothing, and is reported."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tck.results.document import DifferenceEntry


@dataclass(frozen=True)
class Difference:
    """A difference that a check saw, in some words, `times` times, and the first exchange that showed it."""

    id: str
    check: str
    seen: str = ""
    exchange: str = ""
    times: int = 1

    def to_json(self) -> dict[str, Any]:
        """A plain dict, as it travels from a worker to the controller."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Difference":
        """The difference that `to_json` made this dict of."""
        return cls(**values)


def told(seen: Iterable[Difference], known: Mapping[str, str]) -> list[DifferenceEntry]:
    """An entry for each difference that the contract knows and that was seen, in the contract's order."""
    by_id: dict[str, list[Difference]] = {}
    for one in sorted(seen, key=lambda one: (one.check, one.exchange)):
        by_id.setdefault(one.id, []).append(one)
    return [
        {
            "id": name,
            "statement": statement,
            "seen": by_id[name][0].seen,
            "times": sum(one.times for one in by_id[name]),
            "exchange": by_id[name][0].exchange,
        }
        for name, statement in known.items()
        if name in by_id
    ]
