"""What the looks at a target found, as far as the run goes by it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "sight.json"


@dataclass(frozen=True)
class Sight:
    """What all processes of a run know of the target before the first check.

    `no_sessions` is why creates are refused for what the options name, empty when they are not. `remarks` are
    sentences that the operator must see beside the verdict.
    """

    no_sessions: str = ""
    remarks: tuple[str, ...] = ()

    def keep(self, shared: Path) -> None:
        """Put it where the workers find it."""
        (shared / FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def kept_sight(shared: Path) -> Sight:
    """What was kept in the directory that the processes share; an empty one where nothing was."""
    try:
        kept: Mapping[str, Any] = json.loads((shared / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Sight()
    return Sight(kept["no_sessions"], tuple(kept["remarks"]))
