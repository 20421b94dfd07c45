"""A run that did not come to its end, as its ledgers tell of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tck.cleanup.ledger import PREFIX, Entry, read_events, read_ledger
from tck.cleanup.session_snapshot import Borrowed
from tck.errors import KitError


@dataclass(frozen=True)
class LostRun:
    """The ledgers of one run: whom it judged, what it made, and what it was lent."""

    paths: tuple[Path, ...]
    base_url: str
    contract: str
    own: Mapping[str, str]
    embedded: bool
    entries: tuple[Entry, ...]
    borrowed: Borrowed | None
    last_event: float
    """When the last entry was written, in seconds since 1970."""

    @property
    def name(self) -> str:
        """The run by the name of its first ledger."""
        return self.paths[0].name

    @property
    def open_entries(self) -> list[Entry]:
        """The sessions that may still be open."""
        return [entry for entry in self.entries if not entry.closed]


def lost_runs(paths: Iterable[Path]) -> list[LostRun]:
    """The runs that these ledgers tell of; raises KitError for a file that is no ledger."""
    groups: dict[str, list[Path]] = {}
    for path in sorted(paths):
        groups.setdefault(_run_of(path), []).append(path)
    return [_lost_run(tuple(group)) for group in groups.values()]


def _run_of(path: Path) -> str:
    """What the file names of one run's ledgers share."""
    return path.name.removeprefix(PREFIX).rpartition("-")[0] or path.name


def _lost_run(paths: tuple[Path, ...]) -> LostRun:
    events = _events_of(paths)
    headers = [event for event in events if event.get("event") == "run"]
    if events and not headers:
        raise KitError(f"{paths[0]} is no ledger of this kit: it does not say which target it is about.")
    header: Mapping[str, Any] = headers[0] if headers else {}
    own = header.get("own")
    return LostRun(
        paths,
        str(header.get("base_url", "")),
        str(header.get("contract", "")),
        {str(name): str(value) for name, value in own.items()} if isinstance(own, dict) else {},
        header.get("embedded") is True,
        tuple(read_ledger(paths)),
        _borrowed(events),
        max((float(event.get("at", 0)) for event in events), default=0.0),
    )


def _events_of(paths: Iterable[Path]) -> list[dict[str, Any]]:
    try:
        return [event for path in paths for event in read_events(path)]
    except OSError as error:
        raise KitError(f"{error.filename} cannot be read: {error.strerror}.") from None


def _borrowed(events: Iterable[Mapping[str, Any]]) -> Borrowed | None:
    for event in events:
        match event:
            case {"event": "borrowed", "address": str(address), "members": dict(members)}:
                return Borrowed(address, members)
    return None
