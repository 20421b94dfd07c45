"""spec/NAME/telling.yaml: measured, computed and written; and what `--quick` catches and needs for real."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.costs import LONGEST, START, options_of
from bench.telling_checks import (
    MOST_REQUESTS,
    MOST_SESSIONS,
    Cost,
    Item,
    Measured,
    Rows,
    caught,
    chosen,
    file_of,
    order,
)
from bench.twice import SPENT_TO, WRITTEN_TO
from mutants.failing_checks import read_failing
from mutants.matrix import UNDRAWN, by_hand, draw, read_matrix
from mutants.trial import HANDWRITTEN, SOON, Task, make_trials
from tck.costs.cost_table import load_costs
from tck.costs.telling import FILE
from tck.paths import ROOT, spec_dir

FOLDER = ROOT / "bench" / "measured"
SPARE = 8
"""Requests that are left for a target that must be asked again."""
ATTEMPTS = 7
"""Selections that are tried on the reference."""
HEAD = """\
# Made by `python -m bench quick --contract=NAME --write` from the kept kill matrix and what was measured.
# `quick` are the checks that --quick runs, each with its own requests and sessions. `figures` say how many
# mutants were then judged by these checks alone, how many of them failed one, and what a run of them needs
# on the reference. `order` is that of any run: the functions that are most likely to tell come first.
"""


@dataclass(frozen=True)
class Computed:
    """The best selection within the limits, the mutants that it catches, and the order of the functions."""

    selection: tuple[str, ...]
    caught: int
    mutants: int
    order: tuple[str, ...]


def computed(contract: str) -> Computed:
    """What follows from the kept matrix and the kept measurement."""
    measured, rows = read_measured(contract), read_rows(contract)
    selection = chosen(measured, rows, _room(contract))
    generated = sorted(_generated(contract))
    caught_by_these = len(caught(selection, rows))
    return Computed(tuple(selection), caught_by_these, len(rows), tuple(order(measured, rows, generated)))


def write(contract: str, number: int, seed: str, jobs: int) -> Iterator[str]:
    """Compute and write the file of a contract; what was found, in sentences.

    Each selection is run on the reference, and the next one goes by what checks cost there. The one that
    catches most within the limits is kept, with the prices by which it was chosen, and so many mutants are
    judged by it.
    """
    best = None
    for _ in range(ATTEMPTS):
        found, prices = computed(contract), _measured_path(contract).read_text(encoding="utf-8")
        real, seen = on_reference(contract, found.selection)
        told = f"{len(found.selection)} checks catch {found.caught} of {found.mutants}"
        yield f"{told}, and need {real[0]} requests and {real[1]} sessions on the reference"
        within = real[0] + SPARE // 2 <= MOST_REQUESTS and real[1] <= MOST_SESSIONS
        if within and (best is None or found.caught > best[0].caught):
            best = found, real, prices
        _learn(contract, real, seen)
    if best is None:
        yield "no selection keeps to the limits yet; run this again"
        return
    _measured_path(contract).write_text(best[2], encoding="utf-8")
    found, real, _ = best
    drawn, alive = survivors(contract, found.selection, number, seed, jobs)
    yield f"of {len(drawn)} mutants that were judged by them, {len(drawn) - len(alive)} failed"
    _keep(contract, found, real, (len(drawn), len(drawn) - len(alive)))


def on_reference(contract: str, selection: Sequence[str]) -> tuple[Cost, Mapping[str, Cost]]:
    """What a run of these checks costs on the reference: requests and sessions, in all and by check."""
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        spent = Path(folder, "spent.json")
        command = [
            sys.executable, "-m", "pytest", "-p", "bench.twice", "-p", "no:cacheprovider",
            "-p", "no:randomly", "-q", f"--contract={contract}", f"--report-dir={folder}",
            *options_of(contract), *_nodes(contract, selection),
        ]  # fmt: skip
        environment = {**os.environ, SPENT_TO: str(spent)}
        subprocess.run(command, cwd=ROOT, env=environment, timeout=LONGEST, check=True, stdout=sys.stderr)
        result = json.loads(Path(folder, "result.json").read_text(encoding="utf-8"))
        prices = {name: _cost(cost) for name, cost in json.loads(spent.read_text(encoding="utf-8")).items()}
    return (result["requests"], result["sessions_created"]), prices


def _learn(contract: str, real: Cost, seen: Mapping[str, Cost]) -> None:
    """Keep what was seen as the price of a check where it is higher, and what is left of it all as the start.

    What the first check of a file cost beyond its price is that of the file. The very first one is charged
    with what is made early for others, which says nothing of itself.
    """
    measured, made = read_measured(contract), set[str]()
    by_name = {item.name: item for item in measured.items}
    path = _measured_path(contract)
    said = json.loads(path.read_text(encoding="utf-8"))
    for place, (name, cost) in enumerate(seen.items()):
        item = by_name[name]
        expected = measured.price(item, made)
        beyond = [max(0, cost[part] - expected[part]) for part in (0, 1)]
        entry = said["items"][name]
        if place and item.file not in made:
            before = said["files"].get(item.file, [0, 0])
            said["files"][item.file] = [one + more for one, more in zip(before, beyond, strict=True)]
        elif place:
            entry["cost"] = [one + more for one, more in zip(entry["cost"], beyond, strict=True)]
        made |= item.once
    path.write_text(_rendered(said), encoding="utf-8")
    learned = read_measured(contract)
    expected = learned.bill(item for item in learned.items if item.name in seen)
    start = [one + told - planned for one, told, planned in zip(learned.start, real, expected, strict=True)]
    said["start"] = [max(pair) for pair in zip(start, START, strict=True)]
    over = real[0] + SPARE - MOST_REQUESTS, real[1] - MOST_SESSIONS
    limits = MOST_REQUESTS - SPARE, MOST_SESSIONS
    changed = (room - -(-more // 2) for room, more in zip(_room(contract), over, strict=True))
    said["room"] = [min(pair) for pair in zip(changed, limits, strict=True)]
    path.write_text(_rendered(said), encoding="utf-8")


def survivors(
    contract: str, selection: Sequence[str], number: int, seed: str, jobs: int
) -> tuple[list[str], list[str]]:
    """As many mutants, drawn by the seed, and those of them that a run of the selection does not fail."""
    names = draw([one.name for one in by_hand(contract)], number, seed)
    nodes = _nodes(contract, selection)
    tasks = [Task(contract, name, (*UNDRAWN, *nodes), SOON) for name in names]
    return names, [trial.server for trial in make_trials(tasks, jobs) if not trial.failed()]


def measure(contract: str) -> None:
    """Run every handwritten check twice on the reference, and keep what each costs."""
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        counts = Path(folder, "counts.json")
        command = [
            sys.executable, "-m", "pytest", "-p", "bench.twice", "-p", "no:cacheprovider",
            "-p", "no:randomly", "-q", f"--report-dir={folder}", "-m", HANDWRITTEN,
            f"--contract={contract}", *options_of(contract),
        ]  # fmt: skip
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, WRITTEN_TO: str(counts)}, timeout=LONGEST, check=True,
            stdout=sys.stderr,
        )  # fmt: skip
        FOLDER.mkdir(exist_ok=True)
        said = json.loads(counts.read_text(encoding="utf-8"))
        _measured_path(contract).write_text(_rendered(said), encoding="utf-8")


def read_measured(contract: str) -> Measured:
    """What is kept of the last measurement."""
    said = json.loads(_measured_path(contract).read_text(encoding="utf-8"))
    items = tuple(
        Item(
            name,
            _cost(one["cost"]),
            one["seconds"],
            frozenset([*one["once"], file_of(name)]),
            one["waits"],
        )
        for name, one in said["items"].items()
    )
    return Measured(
        items,
        {key: _cost(cost) for key, cost in (said["keys"] | said["files"]).items()},
        _cost(said.get("start", START)),
    )


def read_rows(contract: str) -> Rows:
    """By mutant the checks that fail on it: those that the matrix saw, or all of what failed."""
    judging = defaultdict[str, set[str]](set)
    items = json.loads(_measured_path(contract).read_text(encoding="utf-8"))["items"]
    for name, one in items.items():
        for requirement in one["requirements"]:
            judging[requirement].add(name)
    failing = read_failing(contract)
    return {
        mutant: failing.get(mutant) or set[str]().union(*(judging.get(one, items) for one in failed))
        for mutant, failed in read_matrix(contract).mutants.items()
    }


def _nodes(contract: str, selection: Iterable[str]) -> list[str]:
    """Checks as pytest takes them on its command line."""
    return [f"suites/{contract}/{name}" for name in selection]


def _room(contract: str) -> Cost:
    """The limits by what was measured: less than those that hold where selections cost more than that."""
    said = json.loads(_measured_path(contract).read_text(encoding="utf-8"))
    return _cost(said.get("room", (MOST_REQUESTS - SPARE, MOST_SESSIONS)))


def _rendered(said: Mapping[str, Any]) -> str:
    """The measurement as it is kept, a line for each check."""
    items = (f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in said["items"].items())
    parts = [
        f' "start": {json.dumps(said.get("start", START))}',
        f' "room": {json.dumps(said.get("room", [MOST_REQUESTS - SPARE, MOST_SESSIONS]))}',
        f' "keys": {json.dumps(said["keys"])}',
        f' "files": {json.dumps(said.get("files", {}))}',
        ' "items": {\n' + ",\n".join(items) + "\n }",
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _keep(contract: str, found: Computed, real: Cost, judged: tuple[int, int]) -> None:
    path = spec_dir(contract) / FILE
    path.write_text("\n".join(_lines(contract, found, real, judged)) + "\n", encoding="utf-8")


def _lines(contract: str, found: Computed, real: Cost, judged: tuple[int, int]) -> Iterator[str]:
    costs = {item.name: item.cost for item in read_measured(contract).items}
    yield HEAD + "figures:"
    yield f"  mutants: {judged[0]}"
    yield f"  caught: {judged[1]}"
    yield f"  requests: {real[0]}"
    yield f"  sessions: {real[1]}"
    yield "quick:" if found.selection else "quick: {}"
    yield from (f"  {json.dumps(name)}: {list(costs[name])}" for name in found.selection)
    yield "order:"
    yield from (f"  - {json.dumps(name)}" for name in found.order)


def _generated(contract: str) -> set[str]:
    table = load_costs(contract)
    return {*table.generated}.union(*(one.generated for one in table.groups.values()))


def _measured_path(contract: str) -> Path:
    return FOLDER / f"{contract}.json"


def _cost(said: Any) -> Cost:
    requests, sessions = said
    return requests, sessions
