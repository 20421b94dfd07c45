"""Results that can be certified, keys, and the two commands on a fixed day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tck.__main__ import main
from tck.contract.releases import Frozen, KitState, Record, Release
from tck.results.document import Result
from tck.results.kit_identity import Kit
from tck.results.result_file import _digest, build_result, write_result
from tck.vocabulary import Level, Outcome
from tests.support.result_samples import facts, settled

PLACE = "rooms/rooms-server/1.2.3"
"""Where the entry of WHO lies."""
DAY = date(2026, 11, 21)
LAST_DAY = date(2027, 9, 21)
"""Twelve months after the run of the samples."""
KIT = Kit("sessions-tck", "0.1.0", "a" * 64, KitState.RELEASED)
RECORD = Record({}, {"0.1.0": {"rooms": "a" * 64}})
FROZEN = {
    name: Frozen(name, level, "e" * 64)
    for name, level in {
        "close.is-terminal": Level.MUST,
        "close.is-quick": Level.SHOULD,
        "close.is-far": Level.MUST,
        "close.is-odd": Level.SHOULD,
    }.items()
}
RELEASE = Release("rooms", "2027-01", "2027-01", "d" * 64, FROZEN)
WHO = {
    "organization": "Rooms Ltd",
    "implementation": "rooms-server",
    "version": "1.2.3",
    "url": "https://rooms.example.com",
    "contact": "conformance@rooms.example.com",
}
ENTRIES = (
    settled(Outcome.PASSED),
    settled(Outcome.FAILED, Level.SHOULD, "close.is-quick", reason="too slow"),
    settled(Outcome.NOT_APPLICABLE, name="close.is-far", reason="one region", capability="regions"),
    settled(Outcome.NOT_TESTED, Level.SHOULD, "close.is-odd", reason="no clock"),
    replace(settled(Outcome.FAILED, name="close.is-new"), added_after_release=True),
)
OPTIONS = {
    "contract": "rooms",
    "fuzz_examples": 50,
    "accept_not_tested": [],
    "max_sessions": None,
    "rate_limit": 10.0,
}


def result(*entries: Any, **values: Any) -> Result:
    given = {"kit": KIT, "release": RELEASE, "options": OPTIONS, **values}
    return build_result(facts(*(entries or ENTRIES), **given))


def forged(*entries: Any, **values: Any) -> Result:
    """A result that says something no run says, with a footer that fits."""
    document = {**result(*entries), **values}
    footer = {name: value for name, value in document["footer"].items() if name != "digest"}
    return {**document, "footer": {**footer, "digest": _digest({**document, "footer": footer})}}


def key_pair(folder: Path, name: str = "ed25519", seed: int = 1) -> tuple[Path, Path]:
    """The same keys from the same seed, each in a file."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def on(patch: pytest.MonkeyPatch, day: date = DAY) -> None:
    """Let the commands run on this day, in a kit that has released the samples' set."""
    for command in ("certify", "verify", "submit", "submissions", "matrix"):
        patch.setattr(f"tck.cli.{command}.today", lambda: day)
    patch.setattr("tck.certification.verification.load_record", lambda: RECORD)
    patch.setattr("tck.certification.verification.named_release", lambda contract: RELEASE)
    patch.setattr("tck.cli.submit.keys_of", lambda contract: "ROOMS_KEY")


def certify(folder: Path, document: Result | None = None, *more: str, **who: str) -> int:
    """Certify a result in a folder, which takes the keys too."""
    private, _ = key_pair(folder)
    write_result(folder / "result.json", document or result())
    arguments = [f"--{name}={value}" for name, value in {**WHO, **who}.items() if value]
    return main(["certify", str(folder / "result.json"), *arguments, f"--key={private}", *more])


def verify(folder: Path, arguments: Sequence[str] = ()) -> int:
    key = [] if any(one.startswith("--key") for one in arguments) else [f"--key={folder / 'ed25519.pub'}"]
    return main(["verify", str(folder / "certificate.json"), *key, *arguments])


def submitted(folder: Path, *more: str, **who: str) -> Path:
    """A new certificate laid below `certified`; the folder of all."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    assert certify(work, None, **who) == 0
    root = folder / "certified"
    arguments = [str(work / "certificate.json"), f"--key={work / 'ed25519.pub'}", f"--to={root}", *more]
    assert main(["submit", *arguments]) == 0
    return root
