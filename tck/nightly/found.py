"""What a run has left: its result, wherever it had to put it, and the options that close its sessions."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tck.run.report_dir import RESULT

WITH_VALUE = (
    "--rate-limit",
    "--request-timeout",
    "--ca-file",
    "--client-cert",
    "--client-key",
    "--contract-dir",
)
ALONE = ("--no-trace-headers",)
BESIDE = r"(-\d+)?(-partial)?"
"""What a run adds to the name of its directory when it has to write beside it."""


@dataclass(frozen=True)
class Places:
    """The directory of reports and those beside it that runs write to; by each result when its run began."""

    folders: tuple[Path, ...]
    results: Mapping[Path, str]

    @classmethod
    def of(cls, reports: Path) -> Self:
        """All of them as they are now."""
        own = re.compile(re.escape(reports.name) + BESIDE)
        folders = sorted(one for one in reports.parent.glob("*") if own.fullmatch(one.name))
        begun = {folder / RESULT: _started_at(folder / RESULT) for folder in folders}
        return cls(tuple(folders), {path: when for path, when in begun.items() if when})

    def new_since(self, before: Self) -> Path | None:
        """The result that was not there before, whatever the clock says; the latest of several."""
        fresh = {path: when for path, when in self.results.items() if before.results.get(path) != when}
        return max(fresh, key=lambda path: fresh[path], default=None)


def _started_at(path: Path) -> str:
    try:
        return str(json.loads(path.read_bytes())["started_at"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""


def for_cleanup(options: Sequence[str]) -> list[str]:
    """Those of a run's options that cleanup takes too."""
    return list(_for_cleanup(options))


def _for_cleanup(options: Sequence[str]) -> Iterator[str]:
    values = iter(options)
    for option in values:
        name, given, _ = option.partition("=")
        if option in ALONE or (name in WITH_VALUE and given):
            yield option
        elif option in WITH_VALUE:
            value = next(values, None)
            yield from () if value is None else (f"{option}={value}",)
