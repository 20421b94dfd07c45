"""`sessions-tck run …`, or without the word: pytest over the suites, with every option of pytest's."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tck import paths


def main(given: Namespace) -> NoReturn:
    sys.stdout.flush()
    command = pytest_command(given.arguments, Path.cwd())
    os.execv(command[0], command)  # noqa: S606 - our own command


def pytest_command(argv: Sequence[str], here: Path) -> list[str]:
    """The command that runs pytest as in a checkout; reports and caches land where the user stands."""
    root = paths.ROOT
    caching = not any(argument.endswith("no:cacheprovider") for argument in argv)
    cache = ["-o", f"cache_dir={here / '.pytest_cache'}"] if caching else []
    return [
        sys.executable, "-P", "-m", "pytest", "-c", str(root / "pyproject.toml"), f"--rootdir={root}",
        f"--confcutdir={root / 'suites'}",
        "-p", "tck.pytest_plugin.installed", "-p", "tck.pytest_plugin.plugin",
        *cache, *(_found(argument, here) for argument in argv),
    ]  # fmt: skip


def _found(argument: str, here: Path) -> str:
    """A check by the name that reports give it, wherever the kit lies."""
    path = argument.partition("::")[0]
    ours = path == "suites" or path.startswith("suites/")
    return str(paths.ROOT / argument) if ours and not (here / path).exists() else argument
