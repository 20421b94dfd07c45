"""The wheel, which holds exactly the kit that was recorded."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tck.errors import KitError
from tck.paths import ROOT
from tck.results.kit_identity import digest_of_folders


def build_wheel(folder: Path, version: str, digests: Mapping[str, str]) -> Path:
    """Build the wheel there; raises KitError when it holds another kit than these digests tell of."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.resolve())]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode != 0:
        raise KitError(
            f"the wheel could not be built: {(ran.stderr.strip().splitlines() or ['no reason'])[-1]}"
        )
    wheel = folder / f"sessions_tck-{version}-py3-none-any.whl"
    found = digests_in(wheel, digests)
    for contract, digest in digests.items():
        if found[contract] != digest:
            raise KitError(
                f"{wheel} holds another kit for {contract} than the one recorded; see what git ignores."
            )
    return wheel


def digests_in(wheel: Path, contracts: Mapping[str, str]) -> Mapping[str, str]:
    """The digests of the kit in a wheel, by contract."""
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(wheel) as file:
        file.extractall(name)
        kit = (Path(name) / "tck" / "kit").rename(Path(name) / "kit")
        return {
            contract: digest_of_folders(
                {
                    f"spec/{contract}": kit / "spec" / contract,
                    f"suites/{contract}": kit / "suites" / contract,
                    "tck": Path(name) / "tck",
                }
            )
            for contract in contracts
        }
