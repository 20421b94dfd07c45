"""Statements signed into DSSE envelopes with Ed25519 keys from PEM files, and read back."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jsonschema import Draft202012Validator
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]

from tck import paths
from tck.errors import KitError, NotValid

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def signed(statement: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """The text of a certificate."""
    payload = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(key, public_key(key.public_key())))
    return _rendered(envelope)


def signed_with(statement: Mapping[str, Any], key: Path) -> tuple[str, str]:
    """The text of a certificate signed by the private key in a file, and the key's id; raises KitError."""
    private = read_private_key(key)
    return signed(statement, private), public_key(private.public_key()).keyid


def opened(text: str, key: Ed25519PublicKey) -> dict[str, Any]:
    """What a certificate says, if this key signed it and nothing was changed since; raises NotValid."""
    document = _document(text)
    known = public_key(key)
    named = document["signatures"][0]["keyid"]
    if named != known.keyid:
        raise NotValid(f"is signed by another key: it names {named}, and the key given is {known.keyid}.")
    try:
        envelope = Envelope.from_dict(document)
        envelope.verify([known], 1)
    except (Error, ValueError, KeyError, TypeError):
        raise NotValid("was changed after it was signed: its signature does not match.") from None
    if _rendered(envelope) != text:
        raise NotValid("was changed after it was signed: its text differs from what was written.")
    try:
        said: dict[str, Any] = json.loads(envelope.payload)
    except (ValueError, RecursionError):
        raise NotValid("is signed, but contains no statement.") from None
    return said


def read_certificate(path: Path, key: Path) -> tuple[dict[str, Any], str]:
    """What the certificate in a file says, and the id of the key that signed it.

    Raises NotValid when this is not that key, and KitError for files that cannot be read.
    """
    known = read_public_key(key)
    try:
        text = _read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise NotValid("is not a complete certificate: it is not UTF-8 text.") from None
    return opened(text, known), public_key(known).keyid


def public_key(key: Ed25519PublicKey) -> SSlibKey:
    """The key as envelopes know it; its id is the SHA-256 of its DER form, which openssl shows too."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SSlibKey.from_crypto(key, keyid=hashlib.sha256(der).hexdigest())


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """The key to sign with; raises KitError for anything else."""
    try:
        key = load_pem_private_key(_read(path), None)
    except TypeError:
        raise KitError(f"{path} is protected by a passphrase; give a key file without one.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise KitError(f"{path} contains no private key in PEM.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KitError(f"{path} contains a private key that is not Ed25519.")
    return key


def read_public_key(path: Path) -> Ed25519PublicKey:
    """The key to check with; raises KitError for anything else."""
    pem = _read(path)
    if b"PRIVATE KEY" in pem:
        raise KitError(
            f"{path} contains a private key; give the public key, and keep the private one secret."
        )
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise KitError(f"{path} contains no public key in PEM.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise KitError(f"{path} contains a public key that is not Ed25519.")
    return key


def _document(text: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        raise NotValid("is not a complete certificate: it is not JSON.") from None
    schema = json.loads(paths.schema_path("certificate").read_text(encoding="utf-8"))
    if not Draft202012Validator(schema).is_valid(document):
        raise NotValid("is not a certificate of this kit: it is not a DSSE envelope with one signature.")
    return document


def _rendered(envelope: Envelope) -> str:
    return json.dumps(envelope.to_dict(), indent=2) + "\n"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KitError(f"{path} cannot be read: {error.strerror}.") from None
