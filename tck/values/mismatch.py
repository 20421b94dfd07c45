"""What does not hold of a reply, in words: a sentence, what was expected, what was seen, and where."""

from collections.abc import Iterable
from typing import Self

from tck.errors import Broken
from tck.values.differences import Difference
from tck.values.origin import Origin

MOST = 3
"""Differences that are named one by one."""


class Mismatch(str):
    """A sentence on what does not hold, with what was expected, what was seen and which exchanges show it."""

    __slots__ = ("exchanges", "expected", "seen")
    expected: str
    seen: str
    exchanges: tuple[str, ...]

    def __new__(cls, sentence: str, expected: str, seen: str, exchanges: Iterable[str] = ()) -> Self:
        """The sentence with the rest."""
        made = super().__new__(cls, sentence)
        made.expected, made.seen, made.exchanges = expected, seen, tuple(exchanges)
        return made

    def as_broken(self) -> Broken:
        """What is raised for it."""
        return Broken(str(self), self.expected, self.seen, *self.exchanges)


def between(one: Difference, origins: Iterable[Origin] = (), sentence: str = "") -> Mismatch:
    """A difference in words; `sentence` takes the place, what was expected and what was seen."""
    expected, seen = one.texts
    said = (sentence or "{place} is {seen}, not {expected}").format(
        place=one.path or "it", expected=expected, seen=seen
    )
    named = f"{one.path}: " if one.path else ""
    exchanges = dict.fromkeys(origin.exchange for origin in origins if origin.exchange)
    return Mismatch(said, f"{named}{expected}", f"{named}{seen}", exchanges)


def joined(found: Iterable[Mismatch]) -> Mismatch:
    """Several as one: the first few, and how many more there are."""
    every = list(found)
    first, more = every[:MOST], len(every) - MOST
    rest = [f"and {more} more difference{'' if more == 1 else 's'}"] if more > 0 else []
    return Mismatch(
        "; ".join([*first, *rest]),
        "; ".join([*(one.expected for one in first), *rest]),
        "; ".join([*(one.seen for one in first), *rest]),
        dict.fromkeys(exchange for one in first for exchange in one.exchanges),
    )
