"""The part of the kit that needs the extra `certify`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from tck.errors import KitError

NEEDED = ("cryptography", "securesystemslib")


class Signing(Protocol):
    """What commands use of tck.certification.envelope."""

    def read_certificate(self, path: Path, key: Path) -> tuple[dict[str, Any], str]:
        """What a certificate says, and the id of its key."""

    def signed_with(self, statement: Mapping[str, Any], key: Path) -> tuple[str, str]:
        """The text of a certificate, and the id of its key."""


def signing() -> Signing:
    """The module that signs and checks signatures; raises KitError where what it needs is not installed."""
    try:
        from tck.certification import envelope  # noqa: PLC0415 - only where a certificate is read or signed
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in NEEDED:
            raise
        raise KitError(
            "certificates need packages that are not installed; pip install cryptography securesystemslib."
        ) from None
    return envelope
