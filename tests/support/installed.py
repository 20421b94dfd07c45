"""The kit from its wheel, in an environment of its own to which its dependencies are lent."""

import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tests.support.kit_tree import environment


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel."""

    folder: Path
    wheel: Path

    def run(self, here: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.folder / "bin" / "sessions-tck"), *arguments]
        extra = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "", "HOME": str(here), **variables}
        return subprocess.run(
            command,
            cwd=here,
            env=environment(extra),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def lent(folder: Path, wheel: Path) -> Path:
    """A new environment with the wheel alone, to which what it depends on is lent."""
    python = [sys.executable, "-m"]
    install = ["pip", "--python", str(folder), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    for step in (["venv", "--without-pip", str(folder)], install):
        subprocess.run([*python, *step], cwd=wheel.parent, check=True, capture_output=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder
