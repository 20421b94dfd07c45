"""The embedded reference implementation, as a child process on a free loopback port."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tck.contract.contract import Contract
from tck.errors import KitError
from tck.paths import ROOT


@dataclass(frozen=True)
class Embedded:
    """A running reference: its URL, and the process that ends when its standard input closes."""

    base_url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the process and wait for it."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def start_reference(contract: Contract, credentials: Mapping[str, str], directory: Path) -> Embedded:
    """Start the reference with these secrets in its environment.

    Raises KitError when a contract outside the kit has none, or when it does not come up.
    """
    place = contract.root and contract.root / "reference" / contract.name
    if place and not place.is_dir():
        raise KitError(f"{place} is missing; give --base-url the address of a server.")
    outside = [f"--contract-dir={contract.root}"] if contract.root else []
    named = {item.env: credentials[item.name] for item in contract.credentials}
    command = [
        sys.executable, "-m", "reference", "--contract", contract.name, *outside,
        "--port", "0", "--announce", "--database", str(directory / "reference.sqlite"),
    ]  # fmt: skip
    errors = directory / "reference.log"
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    with errors.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            env={**os.environ, **named, "PYTHONPATH": path}, start_new_session=True,
        )  # fmt: skip
    started = Embedded("", process)
    line = process.stdout.readline() if process.stdout else b""
    try:
        return replace(started, base_url=str(json.loads(line)["url"]))
    except (ValueError, KeyError, TypeError):
        started.stop()
        said = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise KitError(
            f"the embedded reference did not start: {said[-1] if said else 'it said nothing'}."
        ) from None
    except BaseException:
        started.stop()
        raise
