"""The references' own entries among the published certificates, made as any vendor's are."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tck import __main__ as program
from tck import __version__
from tck.certification.entries import README, RESULT, opened
from tck.certification.envelope import read_certificate, read_private_key
from tck.certification.validity import today
from tck.contract.contract import available_contracts, load_contract
from tck.contract.credentials import random_credentials
from tck.errors import KitError, NotValid
from tck.paths import ROOT

CERTIFIED = ROOT / "reports" / "certified"


@dataclass(frozen=True)
class Signer:
    """Who signs, and with which key."""

    organization: str
    url: str
    contact: str
    key: Path

    def public_key(self, path: Path) -> Path:
        """Write the public half there; raises KitError for what is no key to sign with."""
        key = read_private_key(self.key).public_key()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return path


def make_entries(signer: Signer, first_port: int, processes: str, work: Path) -> None:
    """Serve, judge, certify and submit each reference that has no entry yet; raises KitError."""
    for port, contract in enumerate(available_contracts(), first_port):
        if _is_there(contract):
            print(f"{CERTIFIED / place_of(contract)} is there already, and holds.")
            continue
        judge(contract, port, processes, work / contract)
        _publish(contract, port, signer, work / contract)
    _demand(["submissions", str(CERTIFIED)])
    _demand(["matrix", str(CERTIFIED)])


def place_of(contract: str) -> PurePosixPath:
    """Where the entry of a contract's reference lies."""
    return PurePosixPath(contract, f"{contract}-reference", __version__)


def judge(contract: str, port: int, processes: str, reports: Path) -> None:
    """Judge the reference, served as to anybody, with the budget of certification; raises KitError."""
    about = load_contract(contract)
    secrets = random_credentials(about)
    keys = {item.env: secrets[item.name] for item in about.credentials}
    with served(contract, port, keys) as url:
        command = [
            sys.executable, "-m", "tck", f"--contract={contract}", f"--base-url={url}", "-q",
            "-n", processes, "-p", "no:cacheprovider", f"--report-dir={reports}",
        ]  # fmt: skip
        code = subprocess.run(command, cwd=ROOT, env={**os.environ, **keys}, check=False).returncode  # noqa: S603
    if code != 0:
        raise KitError(f"the {contract} reference was not judged conformant; {reports} tells why.")


@contextmanager
def served(contract: str, port: int, keys: Mapping[str, str]) -> Iterator[str]:
    """The reference on this port while the context lasts; raises KitError when it does not start."""
    command = [
        sys.executable, "-m", "tck", "serve",
        f"--contract={contract}", f"--port={port}", "--announce",
    ]  # fmt: skip
    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, env={**os.environ, **keys}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            raise KitError(f"the {contract} reference could not be served on port {port}; see above.")
        yield str(json.loads(line)["url"])
        if process.stdin:
            process.stdin.close()


def _is_there(contract: str) -> bool:
    try:
        opened(CERTIFIED, place_of(contract), read_certificate, today())
    except (KitError, NotValid):
        return False
    return True


def _publish(contract: str, port: int, signer: Signer, reports: Path) -> None:
    record = {
        "organization": signer.organization,
        "implementation": f"{contract}-reference",
        "version": __version__,
        "url": signer.url,
        "contact": signer.contact,
    }
    said = [f"--{name}={value}" for name, value in record.items()]
    _demand(["certify", str(reports / RESULT), *said, f"--key={signer.key}"])
    public = signer.public_key(reports / "key.pub")
    setup = (
        f"`sessions-tck serve --contract={contract} --port={port}` of the same release, on the same machine; "
        "it takes its keys from the environment, or prints those that it makes."
    )
    certificate = str(reports / "certificate.json")
    (CERTIFIED / place_of(contract) / README).unlink(missing_ok=True)
    _demand(["submit", certificate, f"--key={public}", f"--to={CERTIFIED}", f"--setup={setup}"])


def _demand(command: list[str]) -> None:
    if program.main(command) != 0:
        raise KitError(f"sessions-tck {command[0]} did not succeed; see above.")
