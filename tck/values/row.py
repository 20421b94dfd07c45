"""A row of the contract: its documented members, compared member by member."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tck.values.differences import Difference, differing
from tck.values.json_equality import JsonValue, Kind, same_json, shown
from tck.values.mismatch import Mismatch, between
from tck.values.origin import NOWHERE, Origin


@dataclass(frozen=True)
class RowShape:
    """The documented members of a row and how each is compared.

    `may_vanish` are members that need not be in every reply, `unordered` lists in any order, and `volatile`
    members that may change by themselves while a session is open.
    """

    members: Mapping[str, Kind]
    may_vanish: frozenset[str] = frozenset()
    unordered: frozenset[str] = frozenset()
    volatile: frozenset[str] = frozenset()

    def kind(self, member: str) -> Kind:
        """How values of this member are compared."""
        return self.members.get(member, Kind.PLAIN)


@dataclass(frozen=True, eq=False)
class Row:
    """A row as the target showed it; absent optional members count as null, extra ones do not count."""

    values: Mapping[str, Any]
    shape: RowShape = field(repr=False)
    left_out: frozenset[str] = frozenset()
    origin: Origin = field(default=NOWHERE, repr=False)

    def __getitem__(self, member: str) -> JsonValue:
        self.origin.look()
        return self._member(member)

    def __contains__(self, member: str) -> bool:
        self.origin.look()
        return member in self.values

    def _member(self, name: str) -> JsonValue:
        return JsonValue(self.values.get(name), self.shape.kind(name), self.origin.at(name))

    def without(self, *members: str) -> "Row":
        """The same row, compared without these members."""
        return replace(self, left_out=self.left_out | frozenset(members))

    def without_volatile(self) -> "Row":
        """The same row, compared without what may change by itself while the session is open."""
        return self.without(*self.shape.volatile)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and not self.differences(other)

    def __hash__(self) -> int:
        return hash(frozenset(self.values))

    def __repr__(self) -> str:
        return shown({name: self.values.get(name) for name in self.compared() if name in self.values})

    def compared(self) -> list[str]:
        """The members that take part in a comparison."""
        return [name for name in self.shape.members if name not in self.left_out]

    def differences(self, later: "Row") -> list[Mismatch]:
        """A sentence for each place in which a documented member differs between this row and a later one."""
        self.origin.look(later.origin)
        return [
            between(one, (self.origin, later.origin), "{place} was {expected} and is {seen}")
            for name in self.compared()
            if name not in later.left_out and not self._same(name, later)
            for one in self._differing(name, later)
        ]

    def _differing(self, name: str, later: "Row") -> list[Difference]:
        before, after = self._member(name), later._member(name)
        if before.kind is not Kind.PLAIN:
            return [Difference(name, before.value, after.value)]
        orderless = tuple(path for path in self.shape.unordered if path.startswith(f"{name}."))
        return [
            one
            for one in differing(before.value, after.value, name, orderless)
            if one.path not in orderless or JsonValue(one.expected, Kind.UNORDERED) != one.seen
        ]

    def _same(self, name: str, later: "Row") -> bool:
        before, after = self._member(name), later._member(name)
        vanished = name in self.shape.may_vanish and (before.is_null or after.is_null)
        return vanished or before == after or self._same_but_for_order(name, before, after)

    def _same_but_for_order(self, name: str, before: JsonValue, after: JsonValue) -> bool:
        inner = [path.split(".", 1)[1] for path in self.shape.unordered if path.startswith(f"{name}.")]
        one, other = before.value, after.value
        if not inner or not isinstance(one, Mapping) or not isinstance(other, Mapping):
            return False
        return same_json(_but(one, inner), _but(other, inner)) and all(
            JsonValue(one.get(member), Kind.UNORDERED) == JsonValue(other.get(member), Kind.UNORDERED)
            for member in inner
        )


def _but(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in names}
