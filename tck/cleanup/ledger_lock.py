"""The lock beside a file: the process that writes the file holds it, and it ends with the process."""

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

ENDING = ".lock"
LONGEST_LOOK = 5
"""Seconds after which a lock that cannot be had is held by another writer, not by somebody who looks."""


class LedgerLock:
    """The lock of one ledger or report directory; where the file system has no locks, nothing is held."""

    def __init__(self, ledger: Path) -> None:
        self._path = ledger.with_name(f"{ledger.name}{ENDING}")
        self._lock = FileLock(self._path, mode=0o600, thread_local=False)

    def take(self) -> bool:
        """Hold the lock; False when another process does."""
        try:
            self._lock.acquire(timeout=LONGEST_LOOK)
        except Timeout:
            return False
        except (OSError, NotImplementedError):
            return True
        return True

    def release(self) -> None:
        """Let go of the lock, and remove its file first, while nobody else can hold it."""
        if self._lock.is_locked:
            with suppress(OSError):  # a system that removes no open file
                self.remove()
            self._lock.release()

    def is_held(self) -> bool:
        """Whether a process writes the ledger."""
        if not self._path.exists():
            return False
        try:
            with self._lock.acquire(blocking=False):
                return False
        except Timeout:
            return True
        except (OSError, NotImplementedError):
            return False

    def remove(self) -> None:
        """Remove the file of the lock, which a killed process leaves behind."""
        self._path.unlink(missing_ok=True)
