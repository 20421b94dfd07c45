"""`sessions-tck submissions [DIR]`."""

import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

from tck.certification.entries import Published, Refused, published
from tck.certification.validity import today
from tck.cli.parser import Arguments
from tck.cli.signing_extra import signing
from tck.cli.submit import DEFAULT
from tck.errors import KitError

EXITS = "Exits with 0 if every entry is valid or was valid until it expired, with 1 if one is rejected."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EXITS
    parser.add_folder("folder of the certificates", DEFAULT)
    add = parser.add_argument
    add("--since", metavar="COMMIT", help="also reject expired entries that are not in this commit")


def main(given: Namespace) -> int:
    day = today()
    folder = existing(given.folder)
    entries, refused = sorted_out(folder, day, newer_than(given.since, folder))
    for one in entries:
        state = "expired on" if one.last_day < day else "is valid until"
        sys.stdout.write(f"{one.place} {state} {one.last_day}, signed by {one.keyid}\n")
    sys.stdout.write("" if entries else f"{folder} contains no entry.\n")
    return tell(folder, refused)


def existing(folder: Path) -> Path:
    """The folder; raises KitError when it is none."""
    if not folder.is_dir():
        raise KitError(f"{folder} is not a folder; give the folder of the published certificates.")
    return folder


def sorted_out(
    folder: Path, day: date, new: Callable[[PurePosixPath], bool]
) -> tuple[list[Published], list[Refused]]:
    """The entries that hold or held, and what is refused; raises KitError."""
    found = list(published(folder, signing().read_certificate, day, new))
    return (
        [one for one in found if isinstance(one, Published)],
        [one for one in found if isinstance(one, Refused)],
    )


def tell(folder: Path, refused: Sequence[Refused]) -> int:
    """Say what is refused: 1 when anything is, else 0."""
    for one in refused:
        sys.stderr.write(f"REFUSED: {folder / one.place} {one.sentence}\n")
    return int(bool(refused))


def newer_than(commit: str | None, folder: Path) -> Callable[[PurePosixPath], bool]:
    """Whether an entry is not in a commit; without one, none is new. Raises KitError."""
    if commit is None:
        return lambda _: False
    known = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    if known is None:
        raise KitError(f"--since={commit} is not a commit of the repository that contains {folder}.")
    there = set((_git(folder, "ls-tree", "-rd", "-z", "--name-only", known.strip(), ".") or "").split("\0"))
    return lambda place: str(place) not in there


def _git(folder: Path, *arguments: str) -> str | None:
    """What git answers there; None when it refuses. Raises KitError where there is no git."""
    try:
        ran = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError:
        raise KitError("--since needs git, which is not installed.") from None
    return ran.stdout if ran.returncode == 0 else None
