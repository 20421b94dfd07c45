"""What was released and never changes again: sets of requirements, and the kits that judge by them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tck import paths
from tck.contract.requirements import Registry
from tck.contract.yaml_source import read_checked
from tck.vocabulary import Level

RECORD = "releases.yaml"


@dataclass(frozen=True)
class Frozen:
    """One requirement as it was released; the digest is over all that requirements.yaml says of it."""

    id: str
    level: Level
    digest: str


@dataclass(frozen=True)
class Release:
    """A frozen set: the requirements by which a contract was judged from one month on."""

    contract: str
    name: str
    revision: str
    digest: str
    requirements: Mapping[str, Frozen]


class KitState(StrEnum):
    """Whether a kit is a released one, differs from the release of its version, or has no release."""

    RELEASED = "released"
    MODIFIED = "modified"
    UNRELEASED = "unreleased"


@dataclass(frozen=True)
class Record:
    """spec/releases.yaml: digests of the frozen files by "contract/name"; digests of kits by version."""

    sets: Mapping[str, str]
    kits: Mapping[str, Mapping[str, str]]

    def state(self, version: str, contract: str, digest: str) -> KitState:
        """What is known of the kit of this version and digest."""
        known = self.kits.get(version, {}).get(contract)
        if known is None:
            return KitState.UNRELEASED
        return KitState.RELEASED if known == digest else KitState.MODIFIED


def release_paths(contract: str, root: Path | None = None) -> list[Path]:
    """The frozen sets of one contract, the oldest first."""
    return sorted((paths.spec_dir(contract, root) / "releases").glob("*.yaml"))


def load_release(path: Path) -> Release:
    """Read one frozen set; raises KitError for a broken file."""
    said = read_checked(path, "release").value
    entries = (Frozen(one["id"], Level(one["level"]), one["digest"]) for one in said["requirements"])
    named = {entry.id: entry for entry in entries}
    return Release(said["contract"], said["release"], said["revision"], said["digest"], named)


def latest_release(contract: str, root: Path | None = None) -> Release | None:
    """The frozen set by which a run is scored; none while a contract has no release."""
    paths = release_paths(contract, root)
    return load_release(paths[-1]) if paths else None


def added_since(release: Release | None, registry: Registry) -> frozenset[str]:
    """The requirements that are newer than the release; none while there is no release."""
    return frozenset(registry) - frozenset(release.requirements) if release else frozenset()


def broken_promises(release: Release, registry: Registry) -> list[str]:
    """A sentence for each released requirement that is gone, renamed or changed; a withdrawn one is kept."""
    kept = {**registry, **{name: one.requirement for name, one in registry.withdrawn.items()}}
    gone = [name for name in release.requirements if name not in kept]
    changed = [
        name
        for name, one in release.requirements.items()
        if name in kept and kept[name].digest() != one.digest
    ]
    where = f"since release {release.name} of {release.contract}"
    return [
        *(f"{name} is gone or renamed {where}; a released id stays." for name in gone),
        *(f"{name} says something else {where}; give the new rule an id of its own." for name in changed),
    ]


def load_record() -> Record:
    """All that was released, as this kit knows it."""
    path = paths.ROOT / "spec" / RECORD
    if not path.exists():
        return Record({}, {})
    said = read_checked(path, "releases").value
    return Record(said["sets"], {one["version"]: one["digests"] for one in said["kits"]})


def file_digest(path: Path) -> str:
    """SHA-256 of a frozen file, line ends made alike."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
