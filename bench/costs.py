"""What the checks of a contract cost on the reference: measured anew, and written to its costs.yaml."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.twice import LEAST_ONLY, WRITTEN_TO
from tck.contract.contract import load_contract
from tck.costs.generated_share import LEAST, LEAST_EXAMPLES
from tck.paths import ROOT, spec_dir
from tck.vocabulary import CORE

GENERATED_MARKS = " or ".join(LEAST)
PARTS = ("fuzz", "lifecycle", "races")
MARGIN = 1.5
"""By how much generated checks may cost more with another seed."""
START = [8, 1]
"""Requests of the looks at a target before the first check, and the session that they make."""
LONGEST = 900
Counts = Mapping[str, tuple[int, int]]
Measured = Mapping[str, Any]
"""Counts the first time and the second, what was made once by group, and the group of each function."""
HEAD = """# What each check costs on the reference, as [requests, sessions], by python -m bench --costs.
# A request that will close a session is counted with the one that makes it. `shared` is what each process
# makes once for its checks to share, `once` what one process makes for those of all. A generated check costs
# `most` without limits, `least` with the lowest, where it makes by itself what it may find in a whole run.
# `groups` has the checks of each optional group of requirements apart.
"""


def write_costs(contract: str, contract_dir: Path | None = None) -> Path:
    """Measure and write the table of a contract; returns its file."""
    root = load_contract(contract, contract_dir).root
    place = [f"--contract={contract}", *([f"--contract-dir={root}"] if root else []), *options_of(contract)]
    whole = measured(place, {})
    smallest = measured(
        [*place, "-m", GENERATED_MARKS, f"--fuzz-examples={LEAST_EXAMPLES}"], {LEAST_ONLY: "1"}
    )
    path = spec_dir(contract, root) / "costs.yaml"
    path.write_text("\n".join(lines(whole, smallest["second"])) + "\n", encoding="utf-8")
    return path


def options_of(contract: str) -> tuple[str, ...]:
    """The options with which the servers of a contract are judged; some checks need them."""
    name = f"mutants.{contract}"
    return tuple(getattr(import_module(name), "OPTIONS", ())) if find_spec(name) else ()


def measured(arguments: list[str], environment: Mapping[str, str]) -> Measured:
    """The counts of one run on the reference, by function, the first time and the second."""
    with tempfile.TemporaryDirectory(prefix="sessions-tck-bench-") as folder:
        counts = Path(folder, "counts.json")
        subprocess.run(
            [
                sys.executable, "-m", "pytest", "-p", "bench.twice", "-p", "no:cacheprovider", "-q",
                "-p", "no:randomly", f"--report-dir={folder}", *arguments,
            ],
            cwd=ROOT, env={**os.environ, **environment, WRITTEN_TO: str(counts)}, timeout=LONGEST,
            check=True, stdout=sys.stderr,
        )  # fmt: skip
        told: Measured = json.loads(counts.read_text(encoding="utf-8"))
        short = {
            part: {"/".join(name.split("/")[2:]): one for name, one in told[part].items()}
            for part in ("first", "second", "groups")
        }
        return {**short, "once": told["once"]}


def lines(whole: Measured, smallest: Counts) -> Iterator[str]:
    """The table as YAML."""
    yield HEAD + f"start: {START}"
    yield from part_lines(whole, smallest, CORE)
    groups = sorted({group for group in whole["groups"].values() if group != CORE})
    yield from ["groups:"] if groups else []
    for group in groups:
        yield f"  {group}:"
        yield from (f"    {line}" for line in part_lines(whole, smallest, group))


def part_lines(whole: Measured, smallest: Counts, group: str) -> Iterator[str]:
    """The checks of the core, or of one optional group."""
    names = {name for name, one in whole["groups"].items() if one == group}
    first, second = (
        {name: whole[time][name] for name in whole[time].keys() & names} for time in ("first", "second")
    )
    once = whole["once"].get(group, [0, 0])
    more = [sum(max(0, first[name][i] - second[name][i]) for name in first) for i in (0, 1)]
    shared = [max(0, cost - made) for cost, made in zip(more, once, strict=True)]
    generated = sorted(second.keys() - first.keys())
    yield f"shared: {shared}"
    yield f"once: {once}"
    yield "written:"
    yield from (f'  "{name}": {list(second[name])}' for name in sorted(first))
    yield "generated:" if generated else "generated: {}"
    for name in generated:
        yield f'  "{name}":'
        yield f"    part: {part_of(name)}"
        yield f"    most: {roomy(map(max, second[name], smallest[name]))}"
        yield f"    least: {roomy(smallest[name])}"


def part_of(name: str) -> str:
    """The part that a generated check belongs to, which a word of its file names."""
    words = name.removeprefix("test_").partition(".py")[0].split("_")
    return next((word for word in words if word in PARTS), words[0])


def roomy(cost: Any) -> list[int]:
    """The cost with room for other seeds."""
    return [int(one * MARGIN) for one in cost]
