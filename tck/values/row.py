"""A row of the contract: its documented members, compared member by member."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tck.values.json_equality import JsonValue, Kind, same_json, shown


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

    def __getitem__(self, member: str) -> JsonValue:
        return JsonValue(self.values.get(member), self.shape.kind(member))

    def __contains__(self, member: str) -> bool:
        return member in self.values

    def without(self, *members: str) -> "Row":
        """The same row, compared without these members."""
        return Row(self.values, self.shape, self.left_out | frozenset(members))

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

    def differences(self, later: "Row") -> list[str]:
        """A sentence for each documented member that differs between this row and a later one."""
        names = [name for name in self.compared() if name not in later.left_out]
        return [
            f"{name} was {self[name]!r} and is {later[name]!r}"
            for name in names
            if not self._same(name, later)
        ]

    def _same(self, name: str, later: "Row") -> bool:
        before, after = self[name], later[name]
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

    def is_not_before(self, member: str, other: "Row") -> bool:
        """Whether this row's instant is the same as or after the other row's, at the coarser precision."""
        return self[member] >= other[member]

    def is_after(self, member: str, other: "Row") -> bool:
        """Whether this row's instant is after the other row's, at the coarser precision."""
        return self[member] > other[member]


def _but(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in names}
