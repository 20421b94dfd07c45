"""All files that are made from a result: at the end of a run, and again by `python -m tck report`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from tck.atomic_write import whole_file
from tck.recording.exchange import Exchange
from tck.reports import BADGE, CTRF, HTML, SUMMARY
from tck.reports.badge import badge
from tck.reports.ctrf import ctrf
from tck.reports.html.page import page
from tck.reports.labels import rendered
from tck.reports.markdown import summary
from tck.reports.reproduce import script_name, scripts, written_scripts
from tck.results.document import Result

Exchanges = Mapping[str, Exchange]
View = Callable[[], Iterable[str]]


def write_views(folder: Path, result: Result, exchanges: Exchanges | None) -> list[Path]:
    """Write every view, and return the files; without the exchanges they say what is missing."""
    paths = []
    for earlier in written_scripts(folder):
        earlier.unlink()
    made = dict(scripts(result, exchanges))
    texts = {name: (text,) for name, text in made.items()}
    for name, pieces in (*_pieces(views_of(result, exchanges, made)), *texts.items()):
        paths.append(folder / name)
        paths[-1].parent.mkdir(exist_ok=True)
        with whole_file(paths[-1]) as file:
            file.writelines(pieces)
    return paths


def _pieces(views: Mapping[str, View]) -> Iterator[tuple[str, Iterable[str]]]:
    return ((name, make()) for name, make in views.items())


def views_of(result: Result, exchanges: Exchanges | None, made: Collection[str]) -> Mapping[str, View]:
    """By the name of each file what makes its text, in pieces; `made` are the scripts to link to."""
    named = {cause["requirement"]: script_name(cause) for cause in result["causes"]}
    linked = {cause: name for cause, name in named.items() if name in made}
    return {
        HTML: lambda: page(result, exchanges, linked),
        CTRF: lambda: [rendered(ctrf(result, exchanges))],
        BADGE: lambda: [rendered(badge(result))],
        SUMMARY: lambda: [summary(result, exchanges=exchanges)],
    }
