"""Lines of plain text that no terminal obeys: wrapped at spaces alone, or fitted into a line."""

import re
import textwrap
from collections.abc import Sequence

from tck.reports.members import members_of
from tck.values.texts import printable

CUT = "…"
BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:s|ms|kB|MB)\b)")
JOINED = "\0"
"""Stands for a space at which no line may break; no printable text holds it."""
LEAST_SEEN = 30
"""Characters of what was seen for which there is room beside a long expectation."""
LEAST_DIFFERING = 10
"""Characters of each side that are shown from the place on where the two begin to differ."""
NEAR = 12
"""Characters that are shown before the place where two texts begin to differ."""


def wrapped(text: str, width: int, first: str = "", further: str | None = None) -> list[str]:
    """The text in lines of this width, broken at spaces alone: what holds none stays whole, however long.

    A number and the unit behind it stay together.
    """
    joined = BEFORE_UNIT.sub(JOINED, printable(text))
    lines = textwrap.wrap(
        joined, width, initial_indent=first, subsequent_indent=first if further is None else further,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
    return [line.replace(JOINED, " ") for line in lines]


def fitted(text: str, width: int) -> str:
    """The text in one line; what does not fit is cut off at a space, where there is one."""
    line = printable(text)
    if len(line) <= width:
        return line
    kept = line[: width - 2]
    return f"{kept.rpartition(' ')[0] or kept} {CUT}"


def limited(text: str, width: int, first: str, further: str, lines: int) -> list[str]:
    """As `wrapped`, in no more lines than this: the last one is cut off."""
    whole = wrapped(text, width, first, further)
    if len(whole) <= lines:
        return whole
    rest = " ".join(line.strip() for line in whole[lines - 1 :])
    indent = further if lines > 1 else ""
    return [*whole[: lines - 1], indent + fitted(rest, width - len(indent))]


def listed(head: str, items: Sequence[str], width: int, further: str, lines: int) -> list[str]:
    """As many of the items as these lines hold, and how many more there are."""
    for number in range(len(items), 0, -1):
        rest = [f"and {len(items) - number} more"] if number < len(items) else []
        whole = wrapped(head + "; ".join([*items[:number], *rest]), width, "", further)
        if len(whole) <= lines:
            return whole
    return limited(head + "; ".join(items), width, "", further, lines)


def height(line: str, width: int) -> int:
    """The lines that a terminal of this width takes to show a line."""
    return max(1, -(-len(line) // width))


def pair(expected: str, seen: str, width: int) -> str:
    """What was expected and what was seen in one line, cut so that they still differ where they do.

    Of several members that differ the first one is shown alone where there is no room for all.
    """
    expected, seen = printable(expected), printable(seen)
    line = f"expected {expected} | seen {seen}"
    if len(line) <= width:
        return line
    one, more = _first_of(expected, seen)
    return _cut(*one, width - len(more)) + more


def _first_of(expected: str, seen: str) -> tuple[tuple[str, str], str]:
    """Both sides of the first member that differs, and how many more do; both texts where one does."""
    named, _, number = members_of(expected, seen)
    differing = [one for one in named if one.expected != one.seen] or named
    number += len(differing) - 1
    if not number:
        return (expected, seen), ""
    name = f"{differing[0].name}: " if differing[0].name else ""
    sides = f"{name}{differing[0].expected}", f"{name}{differing[0].seen}"
    return sides, f" ({number} more differ{'s' if number == 1 else ''})"


def _cut(expected: str, seen: str, width: int) -> str:
    line = f"expected {expected} | seen {seen}"
    if len(line) <= width:
        return line
    room = width - len("expected  | seen ")
    alike = next((place for place, (a, b) in enumerate(zip(expected, seen, strict=False)) if a != b), 0)
    half = room // 2
    place = _place(expected, seen)
    place = place if len(place) <= half - LEAST_DIFFERING else ""
    near = max(0, min(NEAR, half - len(place) - len(CUT) - LEAST_DIFFERING))
    cut = max(0, alike - near) if alike + NEAR > half else 0
    place = place if cut else ""
    sides = [f"{place}{CUT}{side[max(cut, len(place)) :]}" if cut else side for side in (expected, seen)]
    if min(map(len, sides)) >= half and alike + NEAR < LEAST_SEEN and len(sides[0]) <= room - LEAST_SEEN:
        return f"expected {sides[0]} | seen {_clipped(sides[1], room - len(sides[0]))}"
    shorter = min(map(len, sides))
    each = max(half, room - shorter) if shorter < half else half
    return f"expected {_clipped(sides[0], each)} | seen {_clipped(sides[1], each)}"


def _place(expected: str, seen: str) -> str:
    """The member that both sides begin with, which stays where they are cut."""
    name, colon, _ = expected.partition(": ")
    place = name + colon
    return place if colon and len(place) <= LEAST_SEEN and seen.startswith(place) else ""


def _clipped(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}{CUT}"
