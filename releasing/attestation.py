"""The attestation of a wheel: an in-toto statement with the release predicate, in a DSSE envelope."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from releasing.wheel import digests_in
from tck.atomic_write import whole_file
from tck.certification.envelope import read_certificate, read_private_key, signed
from tck.certification.statement import OURS, STATEMENT
from tck.contract.releases import load_record
from tck.errors import KitError, NotValid

PREDICATE = "https://in-toto.io/attestation/release/v0.1"


def attest(wheel: Path, version: str, digests: Mapping[str, str], key: Path) -> Path:
    """Sign an attestation of the wheel and lay it beside it; raises KitError."""
    path = beside(wheel)
    text = signed(statement(wheel, version, digests), read_private_key(key))
    with whole_file(path) as file:
        file.write(text)
    return path


def statement(wheel: Path, version: str, digests: Mapping[str, str]) -> dict[str, Any]:
    """What is said of the wheel: whose release it is, and which kits and frozen sets it holds."""
    return {
        "_type": STATEMENT,
        "subject": [
            {"name": wheel.name, "digest": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}}
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "purl": f"pkg:pypi/sessions-tck@{version}",
            OURS: {"kits": dict(digests), "sets": dict(load_record().sets)},
        },
    }


def check(wheel: Path, key: Path) -> str:
    """The version of a wheel that is as it was attested; raises KitError for any other."""
    try:
        said, _ = read_certificate(beside(wheel), key)
        subject = said["subject"][0]
        kits: Mapping[str, str] = said["predicate"][OURS]["kits"]
        purl: str = said["predicate"]["purl"]
    except NotValid as error:
        raise KitError(f"{beside(wheel)} {error}") from None
    except (KeyError, IndexError, TypeError):
        raise KitError(f"{beside(wheel)} is signed, but attests no wheel.") from None
    if not wheel.exists():
        raise KitError(f"{wheel} is not there.")
    if subject != {"name": wheel.name, "digest": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}}:
        raise KitError(f"{wheel} is not the wheel that was attested.")
    if digests_in(wheel, kits) != kits:
        raise KitError(f"{wheel} holds other kits than its attestation says.")
    return purl.rpartition("@")[2]


def beside(wheel: Path) -> Path:
    """Where the attestation lies."""
    return wheel.with_name(f"{wheel.name}.attestation.json")
