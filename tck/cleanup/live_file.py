"""Files that tell whether the process that writes them is still there: it holds a lock that ends with it."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # a system without such locks: no file is known to be held
    fcntl = None  # type: ignore[assignment]


def open_held(path: Path) -> int:
    """A descriptor to append to the file, private to its owner and held until it is closed."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if fcntl is not None:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def held(paths: Iterable[Path]) -> list[Path]:
    """Those of the files that a process still writes."""
    return [path for path in paths if _is_held(path)]


def _is_held(path: Path) -> bool:
    if fcntl is None or not path.exists():
        return False
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False
