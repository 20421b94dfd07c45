"""What a nightly run writes beside a result, or in place of one: how it ended, what moved, and the source."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

VERSION = 1
ENDS = {
    0: "nothing was judged",
    1: "nothing was judged to its end",
    2: "it was interrupted",
    3: "the kit broke",
    4: "the kit could not start",
}
"""Why a run with such an exit code left no result, in a few words."""


@dataclass(frozen=True)
class Note:
    """One night: its exit code, the sentence of the comparison, and what the source was found to be.

    The source is that of the contract; `source_moved` is None where it was not looked at.
    """

    started_at: str
    exit: int
    moved: str = ""
    worse: bool = False
    source_moved: bool | None = None
    source: tuple[str, ...] = ()
    error: str = ""
    """What the kit said where it could not start."""

    def rendered(self) -> str:
        """The text of its file."""
        return json.dumps({"schema_version": VERSION, **asdict(self)}, ensure_ascii=False, indent=2) + "\n"

    @property
    def end(self) -> str:
        """Why there is no result, if there is none; without a full stop."""
        end = f"no result: {ENDS.get(self.exit, 'it ended')} (exit code {self.exit})"
        return f"{end}: {self.error.rstrip('.')}" if self.error else end


def read_note(text: str) -> Note | None:
    """The note that a text holds; None for anything else."""
    try:
        said: Mapping[str, Any] = json.loads(text)
        known = {name: value for name, value in said.items() if name != "schema_version"}
        note = Note(**{**known, "source": tuple(known.get("source", ()))})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    texts = all(isinstance(one, str) for one in (note.started_at, note.moved, note.error))
    whole = texts and isinstance(note.exit, int)
    return note if whole and said.get("schema_version") == VERSION else None
