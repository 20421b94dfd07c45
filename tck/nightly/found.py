"""What a run has left: its result, wherever it had to put it, and the options that close its sessions."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

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


def result_since(reports: Path, begun: str) -> Path | None:
    """The result of a run that began then or later, in its directory or one beside it; None without one."""
    places = [reports, *sorted(reports.parent.glob(f"{reports.name}-*"))]
    found = {place / RESULT: _started_at(place / RESULT) for place in places}
    fresh = {path: started for path, started in found.items() if started >= begun}
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
