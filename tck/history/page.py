"""A history as one page that needs no network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from tck.history.charts import HEIGHT, WIDTH, Chart, charts, middle
from tck.history.series import STATES, Row, Series, Span, Turn, series_of, state_of
from tck.history.store import Kept, Night
from tck.history.words import day, kind_words, morning, told_row
from tck.reports.html.figures import KINDS
from tck.reports.html.rendering import asset, environment, policy_hash

NO_RESULT = "no_result"


@dataclass(frozen=True)
class Cell:
    """A part of a strip: its kind, which chooses the colour, where it is drawn, and its title."""

    kind: str
    start: float
    width: float
    title: str


@dataclass(frozen=True)
class Strip:
    """One requirement over all runs."""

    id: str
    level: str
    now: str
    told: str
    flaky: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Mark:
    """Where a change is drawn, and what it is."""

    at: float
    number: int
    told: str


@dataclass(frozen=True)
class Tick:
    """The numbers of the changes that came with one run, and where they are drawn, in percent."""

    place: float
    numbers: str


@dataclass(frozen=True)
class View:
    """What the page shows of one contract."""

    series: Series
    sentences: tuple[str, ...]
    verdicts: tuple[Cell, ...]
    strips: tuple[Strip, ...]
    charts: tuple[Chart, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    first: str
    last: str


def page(kept: Kept) -> Iterator[str]:
    """The page in pieces."""
    style = asset("base.css") + asset("page.css") + asset("history.css")
    return environment().get_template("history.html").generate(
        views=[_view(one) for one in series_of(kept.nights)],
        lost=[one for one in kept.nights if one.digest is None],
        left_out=kept.left_out,
        day=day,
        kind_words=kind_words,
        state_of=state_of,
        STATES=STATES,
        LEGEND=[*KINDS, NO_RESULT],
        WIDTH=f"{WIDTH:g}",
        HEIGHT=f"{HEIGHT:g}",
        style=Markup(style),  # noqa: S704 - a file of ours
        style_hash=policy_hash(style),
    )  # fmt: skip


def _view(series: Series) -> View:
    nights = series.nights
    total = len(nights)
    strips = [_strip(row, series) for row in series.rows]
    marks = tuple(_mark(number, turn, nights) for number, turn in enumerate(series.turns, 1))
    return View(
        series=series,
        sentences=tuple(morning(series)),
        verdicts=tuple(_verdict(number, night, total) for number, night in enumerate(nights)),
        strips=tuple(strips),
        charts=tuple(charts(nights)),
        marks=marks,
        ticks=tuple(_ticks(marks)),
        first=nights[0].started_at[:10],
        last=nights[-1].started_at[:10],
    )


def _strip(row: Row, series: Series) -> Strip:
    nights = series.nights
    cells = (
        _cell(span.kind, span.start, span.length, len(nights), _told(span, nights)) for span in row.spans
    )
    return Strip(row.id, row.level, row.now, told_row(row, series), row.flaky, tuple(cells))


def _verdict(number: int, night: Night, total: int) -> Cell:
    kind = state_of(night.digest) if night.digest is not None else NO_RESULT
    end = night.note.end if night.note is not None else "no result"
    told = STATES[kind] if night.digest is not None else end
    return _cell(kind, number, 1, total, f"{day(night.started_at)}: {told}")


def _cell(kind: str, start: int, length: int, total: int, title: str) -> Cell:
    return Cell(kind, round(start * 100 / total, 3), round(length * 100 / total, 3), title)


def _told(span: Span, nights: Sequence[Night]) -> str:
    first, last = nights[span.start].started_at, nights[span.start + span.length - 1].started_at
    when = day(first) if span.length == 1 else f"{day(first)} to {day(last)}, {span.length} runs"
    return f"{kind_words(span.kind)}: {when}"


def _ticks(marks: Sequence[Mark]) -> Iterator[Tick]:
    for at, group in groupby(marks, key=lambda mark: mark.at):
        yield Tick(round(at * 100 / WIDTH, 2), ",".join(str(mark.number) for mark in group))


def _mark(number: int, turn: Turn, nights: Sequence[Night]) -> Mark:
    when = day(nights[turn.at].started_at)
    told = f"{when}: {turn.what}, {turn.before} before, {turn.after} now"
    return Mark(middle(turn.at, len(nights)), number, told)
