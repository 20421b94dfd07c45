"""Which checks failed on each mutant when the matrix was last made: mutants/NAME/checks.json."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from mutants.catalogue import root_of
from mutants.trial import Trial

Failing = Mapping[str, Collection[str]]
"""By mutant the checks that failed, named by file, function and parameters."""


def failing_checks(contract: str, trial: Trial) -> tuple[str, ...]:
    """The checks that failed in a trial."""
    found = {
        one["check"].removeprefix(f"suites/{contract}/")
        for entry in trial.broken
        for one in entry["checks"]
        if one["outcome"] == "failed"
    }
    return tuple(sorted(found))


def kept_checks(contract: str) -> Path:
    """Where they are kept."""
    return root_of(contract) / "mutants" / contract / "checks.json"


def read_failing(contract: str) -> Failing:
    """All that is kept of a contract; nothing where its matrix was not made."""
    if not kept_checks(contract).exists():
        return {}
    said: Mapping[str, Any] = json.loads(kept_checks(contract).read_text(encoding="utf-8"))
    return {name: tuple(said["checks"][place] for place in row) for name, row in said["mutants"].items()}


def keep_failing(contract: str, rows: Failing) -> None:
    """Write the file: each name once, and a line for each mutant."""
    names = sorted({name for row in rows.values() for name in row})
    places = {name: place for place, name in enumerate(names)}
    checks = ",\n".join(f"  {json.dumps(name)}" for name in names)
    lines = ",\n".join(
        f"  {json.dumps(mutant)}: {json.dumps(sorted(places[name] for name in row))}"
        for mutant, row in sorted(rows.items())
    )
    text = f'{{\n "checks": [\n{checks}\n ],\n "mutants": {{\n{lines}\n }}\n}}\n'
    kept_checks(contract).write_text(text, encoding="utf-8")
