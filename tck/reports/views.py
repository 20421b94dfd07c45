"""All files that are made from a result: at the end of a run, and again by `python -m tck report`."""

from collections.abc import Iterator, Mapping
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


def write_views(folder: Path, result: Result, exchanges: Exchanges | None) -> list[Path]:
    """Write every view, and return the files; without the exchanges they say what is missing."""
    paths = []
    for earlier in written_scripts(folder):
        earlier.unlink()
    for name, pieces in _views(result, exchanges):
        paths.append(folder / name)
        paths[-1].parent.mkdir(exist_ok=True)
        with whole_file(paths[-1]) as file:
            file.writelines(pieces)
    return paths


def _views(result: Result, exchanges: Exchanges | None) -> Iterator[tuple[str, Iterator[str] | list[str]]]:
    made = dict(scripts(result, exchanges))
    names = {cause["requirement"]: script_name(cause) for cause in result["causes"]}
    yield HTML, page(result, exchanges, {cause: name for cause, name in names.items() if name in made})
    yield CTRF, [rendered(ctrf(result, exchanges))]
    yield BADGE, [rendered(badge(result))]
    yield SUMMARY, [summary(result)]
    for name, text in made.items():
        yield name, [text]
