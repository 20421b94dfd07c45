"""Freezing the requirements of a release, and recording the digests of the kit."""

import re
import sys
from pathlib import Path

import yaml

from tck import __version__, paths
from tck.atomic_write import whole_file
from tck.contract.catalogue import registry_of
from tck.contract.contract import available_contracts, load_contract
from tck.contract.releases import (
    RECORD,
    Record,
    broken_promises,
    file_digest,
    load_record,
    load_release,
    release_paths,
)
from tck.contract.yaml_source import read_checked
from tck.errors import KitError
from tck.results.kit_identity import kit_digest

FROZEN_HEAD = "# The requirements of {contract} as released in {release}. This file never changes again.\n"
RECORD_HEAD = (
    "# What was released, written by `python -m releasing freeze`: the digest of every frozen set, which\n"
    "# never changes again, and of every kit by contract. No digest of a kit covers this file.\n"
)


def freeze(name: str) -> None:
    """Freeze the requirements of each contract under a month such as 2027-03, and record the kit's digests.

    Prints the path of each file written. Raises KitError.
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", name):
        raise KitError(f"{name} is no month; name the release like 2027-03.")
    record = load_record()
    if __version__ in record.kits:
        raise KitError(f"version {__version__} is released already; raise it in tck/__init__.py first.")
    texts = {frozen_path(contract, name): frozen_text(contract, name) for contract in available_contracts()}
    for path, text in texts.items():
        _refuse_to_change(path, text)
    for contract in available_contracts():
        _keep_promises(contract)
    for path, text in texts.items():
        _write(path, text)
        read_checked(path, "release")
    sets = {**record.sets, **{f"{path.parent.parent.name}/{name}": file_digest(path) for path in texts}}
    digests = {contract: kit_digest(contract) for contract in available_contracts()}
    path = paths.ROOT / "spec" / RECORD
    _write(path, record_text(Record(sets, {**record.kits, __version__: digests})))
    sys.stdout.write("".join(f"{written}\n" for written in [*texts, path]))


def frozen_path(contract: str, name: str) -> Path:
    """Where a frozen set lies."""
    return paths.spec_dir(contract) / "releases" / f"{name}.yaml"


def frozen_text(contract: str, name: str) -> str:
    """A frozen set of the requirements as they are now."""
    about = load_contract(contract)
    registry = registry_of(contract)
    entries = [{"id": one.id, "level": one.level.value, "digest": one.digest()} for one in registry.values()]
    document = {"contract": contract, "release": name, "revision": about.revision}
    whole = {**document, "digest": registry.digest(), "requirements": entries}
    return FROZEN_HEAD.format(**document) + yaml.safe_dump(whole, sort_keys=False, width=110)


def record_text(record: Record) -> str:
    """spec/releases.yaml."""
    kits = [{"version": version, "digests": dict(digests)} for version, digests in record.kits.items()]
    return RECORD_HEAD + yaml.safe_dump({"sets": dict(record.sets), "kits": kits}, sort_keys=False, width=110)


def _refuse_to_change(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise KitError(f"{path} is released already and says something else; a frozen set never changes.")


def _keep_promises(contract: str) -> None:
    registry = registry_of(contract)
    for path in release_paths(contract):
        for sentence in broken_promises(load_release(path), registry):
            raise KitError(sentence)


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text)
