"""Where a value comes from: the exchange whose reply showed it, and where in the reply it stood."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Noted = Callable[[tuple[str, ...]], None]
"""Is called with the ids of the exchanges of which something is looked at, or compared, together."""
STATUS = "the status"
BEGINNING = "the beginning of "
"""Before the place of a text of which only the first characters are judged."""


def unnoted(_: tuple[str, ...]) -> None:
    """Nobody keeps account."""


@dataclass(frozen=True)
class Origin:
    """The id of the exchange, the place of a value in its reply, and who notes that it is looked at."""

    exchange: str = ""
    place: str = ""
    noted: Noted = field(default=unnoted, repr=False, compare=False)

    def at(self, place: str) -> "Origin":
        """The same exchange, at another place of the reply."""
        return Origin(self.exchange, place, self.noted)

    def look(self, *others: "Origin") -> None:
        """Note that something of this exchange, and of the others, is looked at."""
        if self.noted is unnoted and all(one.noted is unnoted for one in others):
            return
        exchanges = tuple(dict.fromkeys(one.exchange for one in (self, *others) if one.exchange))
        noting = next((one for one in (self, *others) if one.exchange), None)
        if noting is not None:
            noting.noted(exchanges)


NOWHERE = Origin()


class Status(int):
    """The status of a reply: a number that knows its origin."""

    origin: Origin

    def __new__(cls, value: int, origin: Origin = NOWHERE) -> Self:
        """The number with its origin."""
        made = super().__new__(cls, value)
        made.origin = origin.at(STATUS)
        return made


class Text(str):
    """A text of a reply, such as an id, that knows its origin."""

    __slots__ = ("origin",)
    origin: Origin

    def __new__(cls, value: str, origin: Origin = NOWHERE) -> Self:
        """The text with its origin."""
        made = super().__new__(cls, value)
        made.origin = origin
        return made


def origin_of(value: object) -> Origin:
    """The origin that a value knows of itself; NOWHERE for any other value."""
    found = getattr(value, "origin", None)
    return found if isinstance(found, Origin) else NOWHERE


def exchanges_of(*values: Any) -> tuple[str, ...]:
    """The exchanges that values, or the items in them, come from."""
    return tuple(dict.fromkeys(one.exchange for value in values for one in _origins(value) if one.exchange))


def _origins(value: Any) -> Iterator[Origin]:
    yield origin_of(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _origins(item)
