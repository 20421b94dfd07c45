"""What is published below one folder: which entries hold, and what is wrong with the others."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from tck.certification.entry_readme import readme_fault
from tck.certification.implementation import Implementation
from tck.certification.statement import Ours
from tck.certification.validity import expires
from tck.certification.verification import borne_out
from tck.errors import KitError, NotValid
from tck.results.document import Result
from tck.results.result_file import read_result

RESULT, CERTIFICATE, KEY, README = "result.json", "certificate.json", "key.pub", "README.md"
FILES = frozenset({RESULT, CERTIFICATE, KEY, README})
PAGES = frozenset({"README.md", "index.html"})
"""What lies beside the entries: the pages that show all of them."""
SHAPE = "<contract>/<implementation>/<version>"
Opener = Callable[[Path, Path], tuple[dict[str, Any], str]]
"""Reads a certificate with a key: what it says, and the key's id; raises NotValid or KitError."""
MEND = "Restore the signed files, or run, certify and submit again."


@dataclass(frozen=True)
class Published:
    """An entry that holds, or held until it expired; `place` is its folder below the common one."""

    place: PurePosixPath
    ours: Ours
    result: Result
    keyid: str
    last_day: date

    @property
    def record(self) -> Implementation:
        """Whose implementation it is about."""
        return Implementation.from_json(self.ours["implementation"])


@dataclass(frozen=True)
class Refused:
    """A file or folder that may not stay as it is, and what to mend."""

    place: PurePosixPath
    sentence: str


def published(
    root: Path, opener: Opener, today: date, new: Callable[[PurePosixPath], bool]
) -> Iterator[Published | Refused]:
    """Every entry below the folder, and all that is none; of those that are `new`, none may have expired."""
    names = sorted(PurePosixPath(path.relative_to(root)) for path in root.rglob("*"))
    files = [name for name in names if (root / name).is_symlink() or not (root / name).is_dir()]
    folders = dict.fromkeys(PurePosixPath(*name.parts[:3]) for name in files if len(name.parts) == 4)  # noqa: PLR2004
    for name in files:
        if name.parent not in folders and str(name) not in PAGES:
            yield Refused(name, f"is outside any entry; an entry is a folder {SHAPE} with its files in it.")
    for folder in folders:
        there = {name.name for name in files if name.parent == folder}
        reason = _files_fault(root / folder, there)
        yield Refused(folder, reason) if reason else _entry(root, folder, opener, today, new(folder))


def _files_fault(folder: Path, there: Collection[str]) -> str:
    for name in sorted(FILES - set(there)):
        return f"has no {name}; sessions-tck submit writes all four files."
    for name in sorted(set(there) - FILES):
        return f"contains {name}, which is not part of an entry; delete it."
    for name in sorted(there):
        if (folder / name).is_symlink():
            return f"contains {name} as a link; replace the link with the file."
    return ""


def _entry(root: Path, name: PurePosixPath, opener: Opener, today: date, new: bool) -> Published | Refused:
    try:
        found = opened(root, name, opener, today)
    except NotValid as error:
        return Refused(name, f"{CERTIFICATE} {error} {MEND}")
    except KitError as error:
        return Refused(name, f"{error} {MEND}")
    if new and found.last_day < today:
        return Refused(name, f"{CERTIFICATE} expired on {found.last_day}; certify a newer run.")
    right = place(found.ours["contract"]["name"], found.record)
    if right != name:
        return Refused(name, f"is in the wrong folder: its certificate belongs in {right}; move it there.")
    reason = readme_fault((root / name / README).read_bytes().decode("utf-8", "replace"), found.result)
    return Refused(name, reason) if reason else found


def opened(root: Path, name: PurePosixPath, opener: Opener, today: date) -> Published:
    """What lies there, as it was on the last day that it held; raises NotValid or KitError."""
    folder = root / name
    said, keyid = opener(folder / CERTIFICATE, folder / KEY)
    last_day = expires(read_result(folder / RESULT))
    found = borne_out(said, folder / RESULT, min(today, last_day))
    return Published(name, found.ours, found.result, keyid, last_day)


def place(contract: str, record: Implementation) -> PurePosixPath:
    """The folder of an entry, below the one that holds all."""
    return PurePosixPath(contract, record.name_in_paths, record.version_in_paths)
