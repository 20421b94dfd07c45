"""What a run made on the target: on disk before a request goes out and before its reply is judged."""

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from tck.cleanup.ledger_lock import ENDING, LedgerLock

PREFIX = "ledger-"


@dataclass(frozen=True)
class Entry:
    """One session that a run made or may have made, by the address that reaches it."""

    address: str
    credential: str
    made: bool
    closed: bool = False
    refused: bool = False
    """Whether the create was refused, so that it is counted for no session."""


@dataclass
class Ledger:
    """Appends a JSON line an event to a file that the first one makes; safe for threads, one a process.

    The process holds the file's lock as long as it may write to it. `own` are the contract's own options.
    """

    path: Path
    base_url: str
    contract: str
    own: Mapping[str, str] = field(default_factory=dict)
    embedded: bool = False
    _lock: Lock = field(default_factory=Lock)
    _held: LedgerLock | None = None
    _handle: int | None = None

    def plan(self, address: str, credential: str) -> None:
        """A request that may make a session with this address is about to go out."""
        self.write({"event": "planned", "address": address, "credential": credential})

    def made(self, address: str, credential: str, planned: str | None) -> None:
        """A session was made; `planned` is the address that was planned for it, if any."""
        self.write({"event": "made", "address": address, "credential": credential, "planned": planned})

    def refused(self, address: str) -> None:
        """The create of the planned address was refused; it is closed all the same."""
        self.write({"event": "refused", "address": address})

    def closed(self, address: str) -> None:
        """The session at this address was closed."""
        self.write({"event": "closed", "address": address})

    def borrowed(self, address: str, members: dict[str, Any]) -> None:
        """The session at this address was lent to the run, its members being these."""
        self.write({"event": "borrowed", "address": address, "members": members})

    def not_ours(self, address: str) -> None:
        """The planned address brought nothing, or turned out to belong to somebody else."""
        self.write({"event": "not-ours", "address": address})

    def close(self) -> None:
        """Let go of the file; a further event takes hold of it again."""
        with self._lock:
            if self._handle is not None:
                os.close(self._handle)
            if self._held is not None:
                self._held.release()
            self._handle = self._held = None

    def write(self, event: dict[str, Any]) -> None:
        """Write one event through to the file."""
        with self._lock:
            if self._handle is None:
                self._held = LedgerLock(self.path)
                self._held.take()
                self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                about = {"base_url": self.base_url, "contract": self.contract, "embedded": self.embedded}
                self._append(self._handle, {"event": "run", **about, "own": dict(self.own)})
            self._append(self._handle, event)

    @staticmethod
    def _append(handle: int, event: dict[str, Any]) -> None:
        os.write(handle, (json.dumps({**event, "at": time.time()}) + "\n").encode())


@dataclass
class Book:
    """The state of all sessions while the events are read one after the other."""

    entries: dict[str, Entry] = field(default_factory=dict)
    reached: dict[str, str] = field(default_factory=dict)
    """The address that was made, by the one that was planned for it."""

    def take(self, event: Mapping[str, Any]) -> None:
        """Take in one event; one of another kind is passed over."""
        match event:
            case {"event": "planned", "address": str(address), "credential": str(credential)}:
                self.planned(address, credential)
            case {"event": "made", "address": str(address), "credential": str(credential)}:
                self.made(address, credential, event.get("planned"))
            case {"event": "refused", "address": str(address)}:
                self.refused(address)
            case {"event": "closed", "address": str(address)}:
                self.closed(address)
            case {"event": "not-ours", "address": str(address)}:
                self.not_ours(address)

    @property
    def open(self) -> list[Entry]:
        """The sessions that may still be open."""
        return [entry for entry in self.entries.values() if not entry.closed]

    def planned(self, address: str, credential: str) -> None:
        known = self.entries.get(self.reached.get(address, address))
        if known is None or known.closed or not known.made:
            self.entries[address] = Entry(address, credential, made=False)

    def made(self, address: str, credential: str, planned: str | None) -> None:
        if planned is not None:
            if planned != address and planned in self.entries and not self.entries[planned].made:
                del self.entries[planned]
            self.reached[planned] = address
        self.entries[address] = Entry(address, credential, made=True)

    def refused(self, address: str) -> None:
        if address in self.entries and not self.entries[address].made:
            self.entries[address] = replace(self.entries[address], refused=True)

    def closed(self, address: str) -> None:
        for name in (address, self.reached.get(address, address)):
            if name in self.entries:
                self.entries[name] = replace(self.entries[name], closed=True)

    def not_ours(self, address: str) -> None:
        if address in self.entries and not self.entries[address].made:
            del self.entries[address]


def read_ledger(paths: Iterable[Path]) -> list[Entry]:
    """The entries of these ledger files; a line cut short by a crash is passed over."""
    events = [event for path in sorted(paths) for event in read_events(path)]
    book = Book()
    for event in sorted(events, key=lambda one: float(one.get("at", 0))):
        book.take(event)
    return list(book.entries.values())


def ledger_files(directory: Path) -> list[Path]:
    """The ledgers that runs have left in a report directory."""
    return sorted(directory.glob(f"{PREFIX}*.jsonl"))


def held_ledgers(paths: Iterable[Path]) -> list[Path]:
    """Those of these ledgers that a process still writes."""
    return [path for path in paths if LedgerLock(path).is_held()]


def remove_ledgers(paths: Iterable[Path]) -> None:
    """Remove ledgers that nobody writes any more, with their locks."""
    for path in paths:
        path.unlink(missing_ok=True)
        LedgerLock(path).remove()


def remove_lone_locks(directory: Path) -> None:
    """Remove the locks of a process that was killed before it began its ledger."""
    for path in directory.glob(f"{PREFIX}*.jsonl{ENDING}"):
        lock = LedgerLock(path.with_suffix(""))
        if not path.with_suffix("").exists() and not lock.is_held() and lock.take():
            lock.release()


def read_events(path: Path) -> list[dict[str, Any]]:
    """The events of one ledger file, in the order of writing."""
    events = []
    for line in path.read_bytes().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(event)
    return events
