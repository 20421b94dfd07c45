"""What was expected and what was seen, member by member, with the part in which the two differ marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tck.reports.members import members_of

WORD_BEGUN = re.compile(r"\w+\Z")
LEAST_ALIKE = 4
"""Characters that two texts must share before the rest of them is marked."""


@dataclass(frozen=True)
class Piece:
    """A part of a text; `differs` says whether it is the part in which the two sides differ."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Sides:
    """One member on both sides; without a `member` the sides are sentences about the whole reply.

    Where both sides are empty, `member` says how many further members differ.
    """

    member: str
    expected: tuple[Piece, ...]
    seen: tuple[Piece, ...]


def sides_of(expected: str, seen: str) -> tuple[Sides, ...]:
    """Both texts of a finding, as a row for each member that they name alike; else as one row."""
    if not expected and not seen:
        return ()
    found = members_of(expected, seen)
    rows = (Sides(one.name, *_marked(one.expected, one.seen)) for one in found.named)
    return (*rows, *([Sides(found.further, (), ())] if found.further else []))


def _marked(expected: str, seen: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    before = _alike(expected, seen)
    after = min(_alike(expected[::-1], seen[::-1]), len(expected) - before, len(seen) - before)
    if before + after < LEAST_ALIKE:
        return (Piece(expected),), (Piece(seen),)
    return tuple(_pieces(expected, before, after)), tuple(_pieces(seen, before, after))


def _pieces(text: str, before: int, after: int) -> Iterator[Piece]:
    end = len(text) - after
    parts = (Piece(text[:before]), Piece(text[before:end], differs=True), Piece(text[end:]))
    return (one for one in parts if one.text)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike, up to the last whole word."""
    pairs = enumerate(zip(one, other, strict=False))
    alike = next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
    return len(WORD_BEGUN.sub("", one[:alike]))
