"""The kill matrix as a page that a vendor can read: the faults that each check detects."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from mutants.catalogue import latitudes_of, mutants_of, root_of
from mutants.matrix import Matrix

HEAD = """\
# Faults that each check detects: {contract}

{mutants} mutants are servers that break one rule each. {latitudes} latitudes are servers that differ in
ways that the contract allows. Each mutant is listed below the requirement that must fail on it. The number
of other requirements that fail on it is in parentheses, and `mutants/{contract}/matrix.json` names them.

All handwritten checks were run against {judged} of the mutants and {forgiven} of the latitudes. The quick
matrix runs the checks of one requirement against each mutant: those that must fail on it.
`python -m mutants --contract {contract} matrix --full --write` makes this page; with `--missing` it
continues an interrupted run.

## Mutants

"""


def page_path(contract: str) -> Path:
    """Where the page of a contract is kept."""
    return root_of(contract) / "docs" / f"kill-matrix-{contract}.md"


def page(contract: str, matrix: Matrix) -> str:
    """The whole page, from the kept matrix, the mutants' own sentences and the requirements."""
    return (
        "\n".join([*_head(contract, matrix), *_killed(contract, matrix), "", *_forgiven(contract, matrix)])
        + "\n"
    )


def _head(contract: str, matrix: Matrix) -> list[str]:
    return HEAD.format(
        contract=contract, mutants=len(mutants_of(contract)), latitudes=len(latitudes_of(contract)),
        judged=len(matrix.mutants), forgiven=len(matrix.latitudes),
    ).splitlines()  # fmt: skip


def _killed(contract: str, matrix: Matrix) -> list[str]:
    by_requirement = defaultdict(list)
    for one in mutants_of(contract):
        others = [name for name in matrix.mutants.get(one.name, ()) if name != one.caught_by]
        also = f" (and {len(others)} more)" if others else ""
        by_requirement[one.caught_by].append(f"- {one.name}: {one.about}{also}")
    lines: list[str] = []
    for requirement in _requirements(contract):
        found = by_requirement.get(requirement["id"])
        if found:
            lines += [f"### {requirement['id']}", "", requirement["statement"], "", *found, ""]
    return lines[:-1]


def _forgiven(contract: str, matrix: Matrix) -> list[str]:
    lines = [
        "## Latitudes",
        "",
        "| server | what is different | deviations (failed SHOULDs) |",
        "|---|---|---|",
    ]
    for one in latitudes_of(contract):
        deviations = ", ".join(matrix.latitudes.get(one.name, ())) or "none"
        lines.append(f"| {one.name} | {one.about} | {deviations} |")
    return lines


def _requirements(contract: str) -> list[dict[str, Any]]:
    path = root_of(contract) / "spec" / contract / "requirements.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["requirements"]
    return found
