"""Whose certificates are trusted, and the certificate that the kit shows of itself."""

import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import certifi

from tck.errors import KitError

PASSPHRASE = "TCK_CLIENT_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The variables that name further authorities: a file, or a folder of them."""


@dataclass(frozen=True)
class Certificates:
    """Files that options name, each a PEM: an authority's certificate, and the kit's own with its key."""

    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None

    def context(self, environment: Mapping[str, str]) -> ssl.SSLContext:
        """What TLS goes by: the system's authorities, those of certifi, and those that are named besides.

        Raises KitError for a file that cannot be used.
        """
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        for label, path in self._authorities(environment):
            _trust(context, label, path)
        if self.client_key and not self.client_cert:
            raise KitError("--client-key needs --client-cert, the certificate that the key belongs to.")
        if self.client_cert:
            self._identify(context, environment.get(PASSPHRASE, ""))
        return context

    @property
    def flags(self) -> tuple[str, ...]:
        """The options that name these files, for a further command."""
        named = {"ca-file": self.ca_file, "client-cert": self.client_cert, "client-key": self.client_key}
        return tuple(f"--{name}={path}" for name, path in named.items() if path)

    def _authorities(self, environment: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
        for variable in BUNDLES:
            for path in filter(None, environment.get(variable, "").split(os.pathsep)):
                yield f"{variable}={path}", Path(path)
        if self.ca_file:
            yield f"--ca-file={self.ca_file}", self.ca_file

    def _identify(self, context: ssl.SSLContext, passphrase: str) -> None:
        cert, key = self.client_cert, self.client_key or self.client_cert
        assert cert is not None
        for flag, path in (("--client-cert", cert), ("--client-key", key)):
            if path is not None and not os.access(path, os.R_OK):
                raise KitError(f"{flag}={path} cannot be read.")
        asked: list[str] = []

        def ask() -> str:
            asked.append(passphrase)
            return passphrase

        try:
            context.load_cert_chain(cert, self.client_key, ask)
        except ssl.SSLError as error:
            raise KitError(f"--client-cert={cert} cannot be used: {_why(error, asked)}.") from None
        except ValueError:
            raise KitError(f"{PASSPHRASE} is too long for the passphrase of a key.") from None


def _trust(context: ssl.SSLContext, label: str, path: Path) -> None:
    if not os.access(path, os.R_OK):
        raise KitError(f"{label} cannot be read.")
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (ssl.SSLError, OSError):
        raise KitError(f"{label} holds no certificate of an authority; it must be a PEM file.") from None


def _why(error: ssl.SSLError, asked: Sequence[str]) -> str:
    """Why a certificate and its key do not serve; `asked` holds the passphrase if one was asked for."""
    if "KEY_VALUES_MISMATCH" in str(error):
        return "the key belongs to another certificate; name the right one with --client-key"
    if asked:
        which = "opens with another passphrase" if any(asked) else "is encrypted"
        return f"its key {which}; set {PASSPHRASE}"
    return "it must be a PEM file with a certificate, and its key there or in --client-key"
