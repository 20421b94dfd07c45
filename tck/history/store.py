"""A folder of results by date: read by their digests, added to, and pruned."""

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tck.atomic_write import whole_file
from tck.errors import KitError
from tck.history.digest import Digest, digest_of, read_digest
from tck.history.note import Note, read_note
from tck.results.result_file import read_result

DIGEST, NOTE = ".digest.json", ".night.json"
RESULT, PART = ".json", ".part"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-\d+)?")
"""The names that `keep_result` gives."""
READERS = 4
"""Files whose digests are computed at the same time."""


@dataclass(frozen=True)
class Night:
    """One run of a history by the name of its files; without a result there is a note alone."""

    name: str
    digest: Digest | None
    note: Note | None = None

    @property
    def started_at(self) -> str:
        """When the run began, in UTC."""
        if self.digest is not None:
            return self.digest.started_at
        return self.note.started_at if self.note is not None else ""


@dataclass(frozen=True)
class Kept:
    """The runs of a folder in the order of their beginning, and a sentence for each file that is left out."""

    nights: tuple[Night, ...]
    left_out: tuple[str, ...]


def read_history(folder: Path) -> Kept:
    """All that is kept in a folder; a result without a digest that fits it gets one. Raises KitError."""
    if not folder.is_dir():
        raise KitError(f"{folder} is no folder; give one with results, such as reports/history.")
    paths = results_in(folder)
    with ThreadPoolExecutor(READERS) as pool:
        read = list(pool.map(_digest_or_fault, paths))
    digests = {
        _stem(path): found for path, found in zip(paths, read, strict=True) if isinstance(found, Digest)
    }
    notes = {path.name.removesuffix(NOTE): _note(path) for path in sorted(folder.glob(f"*{NOTE}"))}
    faults = [found for found in read if isinstance(found, str)]
    faults += [f"{folder / name}{NOTE} is no note of this kit." for name, found in notes.items() if not found]
    names = sorted(digests.keys() | {name for name, found in notes.items() if found})
    nights = [Night(name, digests.get(name), notes.get(name)) for name in names]
    return Kept(tuple(sorted(nights, key=lambda one: (one.started_at, one.name))), tuple(faults))


def results_in(folder: Path) -> list[Path]:
    """The files of results, by name; a dot hides one."""
    found = (path for path in folder.glob(f"*{RESULT}") if not path.name.startswith("."))
    return sorted(path for path in found if not path.name.endswith((DIGEST, NOTE)))


def keep_result(folder: Path, result: Path, started_at: str) -> str:
    """Copy a result into the folder under its time, whole or not at all; the name of its files."""
    name = _free_name(folder, started_at)
    target = folder / f"{name}{RESULT}"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f".*{PART}"):  # by a process that was killed
        left.unlink(missing_ok=True)
    aside = folder / f".{name}{PART}"
    try:
        shutil.copyfile(result, aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    _digest_or_fault(target)
    return name


def keep_note(folder: Path, name: str, note: Note) -> str:
    """Write the note of a night under a name of `keep_result`, or a new one; the name of its files."""
    kept = name or _free_name(folder, note.started_at)
    with whole_file(folder / f"{kept}{NOTE}") as file:
        file.write(note.rendered())
    return kept


def prune(folder: Path, keep: int, newest: str = "") -> int:
    """Remove the oldest runs, of which each may be a result, a digest and a note; how many were removed.

    The newest by name of its files is kept, whatever the clock said when it was made.
    """
    names = {_stem(path) for path in folder.glob(f"*{RESULT}") if STAMP.fullmatch(_stem(path))}
    by_age = sorted(names, key=lambda name: (name == newest, name))
    old = by_age[:-keep] if keep else []
    for name in old:
        for ending in (RESULT, DIGEST, NOTE):
            (folder / f"{name}{ending}").unlink(missing_ok=True)
    return len(old)


def last_alike(nights: Sequence[Night], digest: Digest) -> Night | None:
    """The newest earlier run of the same contract that is as whole as this one."""
    alike = (
        one
        for one in reversed(nights)
        if one.digest is not None
        and one.digest.contract == digest.contract
        and one.digest.partial == digest.partial
    )
    return next(alike, None)


def _free_name(folder: Path, started_at: str) -> str:
    """The second in which a run began, as part of a file's name everywhere."""
    base = started_at[:19].replace(":", "-")
    return next(name for name in _names(base) if not any(folder.glob(f"{name}.*")))


def _names(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _stem(path: Path) -> str:
    ending = next((one for one in (DIGEST, NOTE) if path.name.endswith(one)), RESULT)
    return path.name.removesuffix(ending)


def _digest_or_fault(path: Path) -> Digest | str:
    """What is kept of a result, or why it is left out."""
    beside = path.with_name(f"{_stem(path)}{DIGEST}")
    try:
        sha256 = _sha256(path)
        known = read_digest(beside.read_text(encoding="utf-8")) if beside.exists() else None
        if known is not None and known.sha256 == sha256:
            return known
        made = digest_of(read_result(path), sha256)
    except (OSError, UnicodeDecodeError) as error:
        return f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}."
    except KitError as error:
        return str(error)
    with suppress(OSError), whole_file(beside) as file:  # a folder that is only read gets none
        file.write(made.rendered())
    return made


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(path: Path) -> Note | None:
    try:
        return read_note(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
