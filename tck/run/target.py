"""The target of a run: where it is, with which secrets, and what of the run is shared by all its workers."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tck.contract.contract import Contract, Credential
from tck.errors import KitError


@dataclass(frozen=True)
class Target:
    """What every worker must know; travels to xdist workers over their pipe, never through a file."""

    base_url: str
    embedded: bool
    credentials: Mapping[str, str]
    prefix: str
    shared: Path
    workers: int = 1

    def to_json(self) -> dict[str, Any]:
        """A plain dict for a worker."""
        return {**vars(self), "credentials": dict(self.credentials), "shared": str(self.shared)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Target":
        """The target that a controller handed to this worker."""
        return cls(**{**values, "shared": Path(values["shared"])})

    def authorization(self, credential: Credential, own: Mapping[str, str]) -> str | None:
        """The Authorization header of a credential, None when the operator has not set it."""
        secret = self.credentials.get(credential.name)
        return credential.authorization_with(secret, own) if secret else None


def run_prefix() -> str:
    """The beginning of every address that a run chooses: 80 random bits, so that it meets nobody else's."""
    return f"tck-{secrets.token_hex(10)}-"


def credentials_from(environment: Mapping[str, str], contract: Contract) -> dict[str, str]:
    """The secrets that the operator has set, by credential name; raises KitError when one is missing."""
    found: dict[str, str] = {}
    for item in contract.credentials:
        secret = environment.get(item.env, "").strip()
        if secret:
            found[item.name] = _printable(secret, item.env)
        elif item.required:
            raise KitError(f"{item.env} is not set. {item.without}")
    if len(set(found.values())) != len(found):
        names = " and ".join(item.env for item in contract.credentials)
        raise KitError(f"{names} hold the same secret; they must belong to different environments.")
    return found


def _printable(secret: str, env: str) -> str:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise KitError(f"{env} holds a character that no secret has; set it to the secret alone.")
    return secret


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
