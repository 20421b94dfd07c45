"""The figures of what a run costs, each with its bound, as one table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEADINGS = ("figure", "bound", "measured", "")
HELD, NOT_HELD = "held", "NOT HELD"


@dataclass(frozen=True)
class Figure:
    """One figure, shown with so many `places` behind the point; without a bound it is shown alone."""

    name: str
    measured: float
    most: float | None = None
    unit: str = ""
    places: int = 0

    @property
    def held(self) -> bool:
        """Whether the figure as it is shown is within its bound."""
        return self.most is None or round(self.measured, self.places) <= self.most

    def row(self) -> tuple[str, ...]:
        """A text for each of the headings."""
        bound = "" if self.most is None else f"at most {self._told(self.most)}"
        verdict = "" if self.most is None else HELD if self.held else NOT_HELD
        return self.name, bound, self._told(self.measured), verdict

    def _told(self, value: float) -> str:
        return f"{value:,.{self.places}f} {self.unit}".rstrip()


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """The figures below their headings, as lines of text."""
    rows = [HEADINGS, *(one.row() for one in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, bound, measured, verdict in rows:
        line = f"{name.ljust(widths[0])}  {bound.rjust(widths[1])}  {measured.rjust(widths[2])}  {verdict}"
        yield line.rstrip()


def all_held(figures: Sequence[Figure]) -> bool:
    """Whether each figure is within its bound."""
    return all(one.held for one in figures)
