"""The target of a run: where it is, with which secrets, and what of the run is shared by all its workers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATHS = ("shared", "ledgers")


@dataclass(frozen=True)
class Target:
    """What every worker must know; travels to xdist workers over their pipe, never through a file."""

    base_url: str
    embedded: bool
    credentials: Mapping[str, str]
    prefix: str
    shared: Path
    workers: int = 1
    ledgers: Path | None = None
    """The directory of the ledgers, if it is another than that of what is shared."""

    @property
    def at_once(self) -> int:
        """How many requests of all workers go at once; 0 means as many as there are."""
        return self.workers if self.workers > 1 and not self.embedded else 0

    def to_json(self) -> dict[str, Any]:
        """A plain dict for a worker."""
        paths = {name: str(getattr(self, name)) for name in PATHS if getattr(self, name)}
        return {**vars(self), "credentials": dict(self.credentials), **paths}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Target":
        """The target that a controller handed to this worker."""
        paths = {name: Path(values[name]) for name in PATHS if values[name]}
        return cls(**{**values, **paths})


def run_prefix() -> str:
    """The beginning of every address that a run chooses: 80 random bits, so that it meets nobody else's."""
    return f"tck-{secrets.token_hex(10)}-"
