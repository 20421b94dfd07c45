"""The directory that reports are written to."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from tck.errors import KitError


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


def without_earlier_reports(directory: Path, names: Iterable[str]) -> None:
    """Take away the reports of an earlier run, lest they pass for those of a run that broke off."""
    for name in names:
        try:
            (directory / name).unlink(missing_ok=True)
        except OSError as error:
            raise KitError(
                f"--report-dir={directory} holds a {name} that cannot be replaced ({error.strerror}); "
                "name another directory."
            ) from None
