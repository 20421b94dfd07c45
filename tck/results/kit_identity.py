"""Name, version and digest of this kit."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from tck import __version__, paths
from tck.contract.releases import KitState, load_record

PACKAGE = "sessions-tck"


@dataclass(frozen=True)
class Kit:
    """The kit that judged; the digest is over the files that decide a verdict.

    The state says whether that is the digest of a release.
    """

    name: str
    version: str
    digest: str
    state: KitState = KitState.UNRELEASED


@cache
def this_kit(contract: str, root: Path | None = None) -> Kit:
    """The kit as it lies here, for the judgement of one contract; `root` is its Contract.root."""
    try:
        version = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        version = __version__
    digest = kit_digest(contract, root)
    return Kit(PACKAGE, version, digest, load_record().state(version, contract, digest))


def kit_digest(contract: str, root: Path | None = None) -> str:
    """SHA-256 over the names and contents, line ends made alike, of the files that decide a verdict."""
    folders = {
        f"spec/{contract}": paths.spec_dir(contract, root),
        f"suites/{contract}": paths.suites_dir(contract, root),
        "tck": Path(paths.__file__).parent,
    }
    return digest_of_folders(folders)


def digest_of_folders(folders: Mapping[str, Path]) -> str:
    """SHA-256 over all files in some folders, each folder under the name given; caches do not count."""
    files = {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for name, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file() and not _is_cache(path.relative_to(folder)) and not _is_below(path, name)
    }
    whole = hashlib.sha256()
    for name in sorted(files):
        content = files[name].read_bytes().replace(b"\r\n", b"\n")
        whole.update(f"{len(name.encode())}:{name}:{len(content)}:".encode() + content)
    return whole.hexdigest()


def _is_cache(path: Path) -> bool:
    return path.suffix == ".pyc" or any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _is_below(path: Path, name: str) -> bool:
    """Whether the file lies in what a wheel keeps inside the package, and is counted under its own name."""
    return name == "tck" and path.is_relative_to(paths.INSIDE)
