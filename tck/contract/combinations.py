"""doors.yaml as values: the combinations that checks are made of, and those that requirements claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import combinations, product
from typing import Any

from tck.contract.yaml_source import read_checked
from tck.paths import spec_dir

Combination = Mapping[str, str]
"""A value for each of several dimensions."""
Values = tuple[tuple[str, str], ...]
"""One or two dimensions, each with a value."""


@dataclass(frozen=True)
class Claim:
    """The dimensions that some requirements quantify over, each with the values that it claims."""

    requirements: tuple[str, ...]
    over: Mapping[str, tuple[str, ...]]

    def names(self, requirement: str) -> bool:
        """Whether the claim is about this requirement."""
        return any(fnmatchcase(requirement, pattern) for pattern in self.requirements)

    @property
    def wanted(self) -> list[Values]:
        """Each value of a single dimension, or each pair of values of two."""
        if len(self.over) == 1:
            return [((name, value),) for name, values in self.over.items() for value in values]
        return [
            ((one, value), (other, another))
            for (one, values), (other, others) in combinations(self.over.items(), 2)
            for value, another in product(values, others)
        ]


@dataclass(frozen=True)
class Hole:
    """Values that no exchange need show for some requirements, and why."""

    requirements: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]
    because: str

    def explains(self, requirement: str, missing: Values) -> bool:
        """Whether missing values are this hole."""
        named = any(fnmatchcase(requirement, pattern) for pattern in self.requirements)
        values = dict(missing)
        return named and all(values.get(name) in allowed for name, allowed in self.of.items())


@dataclass(frozen=True)
class Doors:
    """The arrays by name, the claims, the holes, and what is left open on purpose with the reason."""

    arrays: Mapping[str, tuple[Combination, ...]]
    claims: tuple[Claim, ...]
    holes: tuple[Hole, ...]
    left_open: Mapping[str, str]

    def claims_of(self, requirement: str) -> list[Claim]:
        """What a requirement claims."""
        return [claim for claim in self.claims if claim.names(requirement)]


def load_doors(contract: str) -> Doors:
    """The combinations of a contract; raises KitError for a broken file."""
    table: Mapping[str, Any] = read_checked(spec_dir(contract) / "doors.yaml", "doors").value
    return Doors(
        {name: _rows(array) for name, array in table["arrays"].items()},
        tuple(Claim(tuple(one["requirements"]), _values(one["over"])) for one in table["claims"]),
        tuple(Hole(tuple(one["requirements"]), _values(one["of"]), one["because"]) for one in table["holes"]),
        {one["what"]: one["because"] for one in table["left_open"]},
    )


def _rows(array: Mapping[str, Any]) -> tuple[Combination, ...]:
    return tuple(dict(zip(array["dimensions"], row, strict=True)) for row in array["rows"])


def _values(of: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in of.items()}
