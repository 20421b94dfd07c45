"""The directory of reports: they are written aside, then swapped in, and never over what is not ours."""

import errno
import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from tck.cleanup.ledger_lock import LedgerLock
from tck.errors import KitError
from tck.reports.reproduce import written_scripts
from tck.results.kit_identity import PACKAGE

RESULT = "result.json"
PARTIAL = "-partial"
"""What the name of a directory gets for a partial result that finds a whole one there."""
ASIDE = ".reports-"
INCOMPLETE = "incomplete-"
"""What reports are in that could not all be written."""
RUNNING = "run"


@dataclass
class ReportDir:
    """The report directory of one run, locked while the run lasts; `names` are the files that it writes."""

    directory: Path
    names: tuple[str, ...]
    made: list[Path] = field(default_factory=list)
    """The folders that were not there before, innermost first."""
    asked_for: Path | None = None
    """The directory that another run is writing to, where this one had to go elsewhere."""
    _lock: LedgerLock | None = None

    @property
    def moved(self) -> str:
        """A sentence about the run that writes to the directory that was asked for; empty without one."""
        if self.asked_for is None:
            return ""
        return f"another run is writing to {self.asked_for}; this one writes to {self.directory}"

    @property
    def for_partial(self) -> Path:
        """Where a partial result goes: beside a whole one, never in its place."""
        return partial_beside(self.directory) if holds_whole_result(self.directory) else self.directory

    def for_result(self, partial: bool) -> Path:
        """Where the reports of this run go."""
        return self.for_partial if partial else self.directory

    def put(self, partial: bool, write: Callable[[Path], None]) -> str:
        """Let `write` write reports to a folder aside, and swap them in once all are there.

        Returns what went wrong, in a sentence; earlier reports are then as they were.
        """
        place = self.for_result(partial)
        aside = place / f"{ASIDE}{secrets.token_hex(4)}"
        try:
            aside.mkdir(parents=True)
            write(aside)
            _swap(aside, place, self.names)
        except OSError as error:
            return _incomplete(aside, error)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return ""

    def release(self) -> None:
        """Let another run write there."""
        if self._lock is not None:
            self._lock.release()

    def remove_own_folders(self) -> None:
        """Remove the folders that were made for the reports of a run that writes none."""
        self.release()
        for folder in self.made:
            with suppress(OSError):  # somebody has put something in it meanwhile
                folder.rmdir()


def open_report_dir(asked_for: Path, names: Iterable[str]) -> ReportDir:
    """Make and lock the report directory, or one beside it where another run is writing to it.

    Raises KitError when reports cannot be written there, or when files that are not ours have their names.
    """
    own = tuple(names)
    for directory in _candidates(asked_for):
        made = writable_report_dir(directory)
        lock = LedgerLock(directory / RUNNING)
        if not lock.is_held() and lock.take():
            break
    found = ReportDir(directory, own, made, None if directory == asked_for else asked_for, lock)
    try:
        for place in dict.fromkeys((directory, found.for_partial)):
            verify_ours(place, own)
    except KitError:
        found.remove_own_folders()
        raise
    for left in directory.glob(f"{ASIDE}*"):  # of runs that were killed
        shutil.rmtree(left, ignore_errors=True)
    return found


def _candidates(asked_for: Path) -> Iterator[Path]:
    return chain([asked_for], (asked_for.with_name(f"{asked_for.name}-{number}") for number in count(2)))


def writable_report_dir(directory: Path) -> list[Path]:
    """Make the report directory; returns the folders that were not there before, innermost first.

    Raises KitError when reports cannot be written there.
    """
    made = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    probe = directory / f".writable-{secrets.token_hex(4)}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise KitError(
            f"--report-dir={directory} cannot be written to ({error.strerror}); name another directory."
        ) from None
    return made


def verify_ours(directory: Path, names: Iterable[str]) -> None:
    """Raise KitError where a file that no run of this kit wrote has the name of a report."""
    if _result_in(directory):
        return
    foreign = next((name for name in names if (directory / name).exists()), None)
    if foreign is not None:
        raise KitError(
            f"--report-dir={directory} holds {foreign}, which is no report of this kit; "
            "name another directory, or move the file."
        )


def holds_whole_result(directory: Path) -> bool:
    """Whether a run that was not partial wrote the result there."""
    return _result_in(directory).get("partial") is False


def partial_beside(directory: Path) -> Path:
    """The directory for a partial result beside the one with a whole result."""
    return directory.with_name(f"{directory.name}{PARTIAL}")


def _result_in(directory: Path) -> dict[str, object]:
    """The result in a directory, as far as it shows that it is one of this kit's; empty when it is not."""
    try:
        found = json.loads((directory / RESULT).read_bytes())
        return found if found["kit"]["name"] == PACKAGE else {}
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return {}


def _swap(aside: Path, place: Path, names: Iterable[str]) -> None:
    """Move what was written aside in place of the earlier reports, the result last."""
    earlier = {*names, *_scripts_of(place)}
    found = (path for path in aside.rglob("*") if path.is_file())
    written = {path.relative_to(aside).as_posix(): path for path in found}
    for name in written:
        target = place / name
        if target.is_dir() or (target.exists() and name not in earlier):
            raise FileExistsError(errno.EEXIST, f"{name} there is no report of this kit")
    for name in earlier - written.keys():
        (place / name).unlink(missing_ok=True)
    for name in sorted(written, key=RESULT.__eq__):
        (place / name).parent.mkdir(exist_ok=True)
        written[name].replace(place / name)


def _scripts_of(place: Path) -> Iterator[str]:
    """The scripts there that belong to the causes of the result there, whatever else that names."""
    causes = _result_in(place).get("causes")
    found = causes if isinstance(causes, list) else []
    named = [cause.get("requirement") for cause in found if isinstance(cause, dict)]
    for path in written_scripts(place):
        if path.stem in named:
            yield path.relative_to(place).as_posix()


def _incomplete(aside: Path, error: OSError) -> str:
    why = error.strerror or str(error)
    said = f"the reports could not be written to {aside.parent} ({why}); earlier ones are unchanged"
    if not (aside / RESULT).exists():
        return f"{said}."
    kept = aside.with_name(aside.name.replace(ASIDE, INCOMPLETE))
    with suppress(OSError):
        aside.rename(kept)
        written = ", ".join(sorted(path.name for path in kept.iterdir() if not path.name.startswith(".")))
        return f"{said}, and {kept} has {written} of this run."
    return f"{said}."
