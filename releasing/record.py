"""Version, changelog, frozen sets and the digests of the kit."""

import re
import subprocess
from collections.abc import Mapping
from datetime import date
from importlib import metadata
from pathlib import Path

from releasing.freeze import freeze
from tck.atomic_write import whole_file
from tck.contract.contract import available_contracts
from tck.contract.releases import load_record
from tck.errors import KitError
from tck.results.kit_identity import PACKAGE, kit_digest

RELEASED = ("tck", "suites", "spec", "reference", "pyproject.toml", "README.md")
"""What goes into the wheel."""
WRITTEN = re.compile(r"spec/releases\.yaml|spec/\w+/releases/.*")
"""What a release itself writes there."""


def refuse_uncommitted(root: Path) -> None:
    """A release is made of what is committed; raises KitError."""
    command = ["git", "status", "--porcelain", "-z", "--untracked-files=all", "--", *RELEASED]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode != 0:
        raise KitError(f"{root} is no git checkout; a release is made of what is committed.")
    for entry in filter(None, ran.stdout.split("\0")):
        if not WRITTEN.fullmatch(entry[3:]):
            raise KitError(f"{entry[3:]} is not committed; a release is made of what is committed.")


def day_in_changelog(path: Path, version: str, today: date) -> None:
    """Put the day where the changelog says "unreleased" of this version; raises KitError."""
    text = path.read_text(encoding="utf-8")
    head = re.search(rf"^## {re.escape(version)} \((unreleased|\d{{4}}-\d\d-\d\d)\)$", text, re.MULTILINE)
    if head is None:
        raise KitError(f"{path} has no part {version!r}; write it, headed '## {version} (unreleased)'.")
    if head[1] == "unreleased":
        with whole_file(path) as file:
            file.write(f"{text[: head.start(1)]}{today}{text[head.end(1) :]}")


def record(version: str, month: str) -> Mapping[str, str]:
    """The digests of this kit by contract, recorded as those of the version; raises KitError."""
    installed = metadata.version(PACKAGE)
    if installed != version:
        raise KitError(
            f"what is installed calls itself {installed}, and the checkout {version}; install it anew."
        )
    digests = {contract: kit_digest(contract) for contract in available_contracts()}
    known = load_record().kits.get(version)
    if known is None:
        return _recorded(version, month)
    if dict(known) != digests:
        raise KitError(
            f"version {version} is recorded in spec/releases.yaml, and this checkout is another kit; raise "
            "__version__, or, if that release never left this machine, put spec/releases.yaml back as it was."
        )
    return digests


def _recorded(version: str, month: str) -> Mapping[str, str]:
    freeze(month)
    return load_record().kits[version]
