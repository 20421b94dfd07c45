"""reproduce/<cause>.sh: for each cause a script for a POSIX shell that shows it again."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from tck.contract.contract import Contract, load_contract
from tck.errors import KitError
from tck.recording.exchange import Exchange
from tck.reports.reproduce.script import Told, script
from tck.results.document import CauseEntry, Result
from tck.results.leading import Leading
from tck.results.ways import broken

FOLDER = "reproduce"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Ids that may name a file."""
OUTSIDE = "--contract-dir="


def script_name(cause: CauseEntry) -> str:
    """The file of a cause within the folder of reports."""
    return f"{FOLDER}/{cause['requirement']}.sh"


def scripts(result: Result, exchanges: Mapping[str, Exchange] | None) -> Iterator[tuple[str, str]]:
    """The file and the text of each cause whose judged exchanges are kept."""
    if exchanges is None:
        return
    leading = Leading(exchanges)
    by_id = {one["id"]: one for one in result["requirements"]}
    for cause in result["causes"]:
        requirement = by_id[cause["requirement"]]
        found = [one for one in broken(requirement) if set(one["judged"]) & exchanges.keys()]
        if found and NAME.fullmatch(cause["requirement"]):
            told = Told(cause, requirement, min(found, key=lambda one: len(one["exchanges"])))
            yield script_name(cause), script(result, told, leading, _contract(result, cause))


def written_scripts(folder: Path) -> list[Path]:
    """The scripts that lie in a folder of reports."""
    return sorted((folder / FOLDER).glob("*.sh"))


def _contract(result: Result, cause: CauseEntry) -> Contract | None:
    """The contract as it is here; None when it is not."""
    outside = (word.removeprefix(OUTSIDE) for word in shlex.split(cause["rerun"]) if word.startswith(OUTSIDE))
    folder = next(outside, None)
    try:
        return load_contract(result["contract"]["name"], Path(folder) if folder else None)
    except KitError:
        return None
