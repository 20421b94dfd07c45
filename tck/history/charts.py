"""Figures over time as lines of SVG paths: pure, in a drawing of 1000 by 100 units."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tck.history.digest import Digest
from tck.history.store import Night

WIDTH, HEIGHT = 1000.0, 100.0
OPERATIONS_P = (("p95", "95% within"), ("p50", "half within"))
Value = Callable[[Digest], float | None]


@dataclass(frozen=True)
class Line:
    """One line of a chart: what it is, its path, and its newest value; `name` chooses its colour."""

    name: str
    label: str
    path: str
    newest: str


@dataclass(frozen=True)
class Chart:
    """A chart from zero to `most`, in words with its unit."""

    title: str
    most: str
    lines: tuple[Line, ...]


def middle(number: int, total: int) -> float:
    """Where a run is drawn, from left to right."""
    return round((number + 0.5) * WIDTH / total, 2)


def charts(nights: Sequence[Night]) -> list[Chart]:
    """Duration, requests, sessions, and the latency of each operation."""
    found = [
        _chart("Duration", nights, [("all", "", lambda one: one.duration)], _seconds),
        _chart("Requests", nights, [("all", "", lambda one: float(one.requests))], _whole),
        _chart("Sessions made", nights, [("all", "", lambda one: float(one.sessions))], _whole),
    ]
    digests = [one.digest for one in nights if one.digest is not None]
    operations = sorted({name for digest in digests for name in digest.latency})
    for name in operations:
        lines = [(share, label, _latency(name, share)) for share, label in OPERATIONS_P]
        found.append(_chart(f"Latency of {name}", nights, lines, _milliseconds))
    return found


def _latency(operation: str, share: str) -> Value:
    def value(digest: Digest) -> float | None:
        found = digest.latency.get(operation)
        return None if found is None else float(found[share])  # type: ignore[literal-required]

    return value


def _chart(
    title: str,
    nights: Sequence[Night],
    wanted: Sequence[tuple[str, str, Value]],
    words: Callable[[float], str],
) -> Chart:
    values = {name: [_value(night, value) for night in nights] for name, _, value in wanted}
    most = max((one for found in values.values() for one in found if one is not None), default=0.0)
    lines = [
        Line(name, label, _path(values[name], most), words(_newest(values[name])))
        for name, label, _ in wanted
    ]
    return Chart(title, words(most), tuple(lines))


def _value(night: Night, value: Value) -> float | None:
    return value(night.digest) if night.digest is not None else None


def _newest(values: Sequence[float | None]) -> float:
    return next((one for one in reversed(values) if one is not None), 0.0)


def _path(values: Sequence[float | None], most: float) -> str:
    """A line through the values, broken where there is none; a value alone is a dot."""
    return " ".join(_steps(values, most or 1.0))


def _steps(values: Sequence[float | None], most: float) -> Iterator[str]:
    drawing = False
    for number, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        height = round(HEIGHT - value * HEIGHT / most, 2)
        following = values[number + 1] if number + 1 < len(values) else None
        yield f"{'L' if drawing else 'M'}{middle(number, len(values)):g} {height:g}"
        if not drawing and following is None:
            yield "h0"
        drawing = True


def _seconds(value: float) -> str:
    minutes, seconds = divmod(value, 60)
    return f"{minutes:.0f} min {seconds:.0f} s" if minutes else f"{seconds:.1f} s"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _milliseconds(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"  # noqa: PLR2004 - digits enough
