"""How long the reports of a run take to be written, and how large they are."""

import hashlib
import math
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tck import __version__
from tck.recording.correlation import TRACEPARENT
from tck.recording.exchange import Exchange, Headers
from tck.recording.har import write_har
from tck.reports import HTML
from tck.reports.reproduce import FOLDER, scripts
from tck.reports.views import views_of
from tck.results.document import CheckEntry, Result
from tck.results.result_file import write_result

MOST_SECONDS = 1.5
"""Of all reports together."""
MOST_BYTES = {HTML: 3_000_000}
TIMES = 3
"""Each report is written so often, and the shortest time counts."""


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor, which other programs do not lengthen, and bytes of one report."""

    name: str
    seconds: float
    size: int


def costs_of(result: Result, exchanges: Sequence[Exchange]) -> Iterator[Cost]:
    """The cost of each file that a run leaves, the raw ones first."""
    known = {one.id: one for one in exchanges}
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        har, document = Path(folder, "exchanges.har"), Path(folder, "result.json")
        yield _cost(har, partial(write_har, har, exchanges, __version__))
        yield _cost(document, partial(write_result, document, result))
        made = dict(scripts(result, known))
        size = sum(len(text.encode()) for text in made.values())
        yield Cost(
            f"{FOLDER}/", min(_seconds(lambda: dict(scripts(result, known))) for _ in range(TIMES)), size
        )
        for name, make in views_of(result, known, made).items():
            path = Path(folder, name)
            yield _cost(path, partial(_written, path, make))


def too_costly(costs: Sequence[Cost]) -> Iterator[str]:
    """A sentence for each bound that is exceeded."""
    total = sum(one.seconds for one in costs)
    if total > MOST_SECONDS:
        yield f"the reports take {total:.2f} s together, more than {MOST_SECONDS:g}"
    for one in costs:
        most = MOST_BYTES.get(one.name, math.inf)
        if one.size > most:
            yield f"{one.name} has {one.size:,} bytes, more than {most:,}"


def enlarged(result: Result, exchanges: Sequence[Exchange], number: int) -> tuple[Result, list[Exchange]]:
    """The run with so many exchanges: its own and the findings that rest on them, repeated as it takes."""
    times = max(1, math.ceil(number / max(1, len(exchanges))))
    more = [_again(one, turn) for turn in range(times) for one in exchanges][:number]
    requirements = [
        {**one, "checks": [_finding(check, turn) for turn in range(times) for check in one["checks"]]}
        for one in result["requirements"]
    ]
    return {**result, "requirements": requirements}, more  # type: ignore[typeddict-item]


def _again(one: Exchange, turn: int) -> Exchange:
    """The exchange under an id and a trace of its own."""
    name = _named(one.id, turn)
    return replace(one, id=name, request_headers=_traced(one.request_headers, name)) if turn else one


def _traced(headers: Headers, name: str) -> Headers:
    trace = hashlib.sha256(name.encode()).hexdigest()
    mine = f"00-{trace[:32]}-{trace[32:48]}-01"
    return tuple((key, mine if key.lower() == TRACEPARENT else value) for key, value in headers)


def _finding(check: CheckEntry, turn: int) -> CheckEntry:
    exchanges, judged = ([_named(name, turn) for name in check[key]] for key in ("exchanges", "judged"))
    return {**check, "exchanges": exchanges, "judged": judged}


def _named(name: str, turn: int) -> str:
    return f"{name}-{turn}" if turn else name


def _cost(path: Path, write: Callable[[], object]) -> Cost:
    return Cost(path.name, min(_seconds(write) for _ in range(TIMES)), path.stat().st_size)


def _seconds(write: Callable[[], object]) -> float:
    started = time.process_time()
    write()
    return time.process_time() - started


def _written(path: Path, make: Callable[[], Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(make())
