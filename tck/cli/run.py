"""`sessions-tck run …`, or without the word: pytest over the suites, with every option of pytest's."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tck import paths
from tck.cli.parser import Arguments


def main(given: Namespace) -> NoReturn:
    sys.stdout.flush()
    command = pytest_command(given.arguments, Path.cwd())
    os.execv(command[0], command)  # noqa: S606 - our own command


def pytest_command(argv: Sequence[str], here: Path) -> list[str]:
    """The command that runs pytest as in a checkout; reports and caches land where the user stands."""
    root, outside = paths.ROOT, _contract_dir(argv)
    caching = not any(argument.endswith("no:cacheprovider") for argument in argv)
    cache = ["-o", f"cache_dir={here / '.pytest_cache'}"] if caching else []
    return [
        sys.executable, "-P", "-m", "pytest", "-c", str(root / "pyproject.toml"), f"--rootdir={root}",
        f"--confcutdir={(outside or root) / 'suites'}",
        "-p", "tck.pytest_plugin.installed", "-p", "tck.pytest_plugin.plugin",
        *cache, *(_found(argument, here, outside) for argument in argv),
    ]  # fmt: skip


def _contract_dir(argv: Sequence[str]) -> Path | None:
    parser = Arguments(prog="sessions-tck", add_help=False, allow_abbrev=False)
    parser.add_contract_dir()
    found: Path | None = parser.parse_known_args(argv)[0].contract_dir
    return found


def _found(argument: str, here: Path, outside: Path | None) -> str:
    """A check by the name that reports give it, wherever the kit or its contract lies."""
    path = argument.partition("::")[0]
    ours = path == "suites" or path.startswith("suites/")
    if not ours or (here / path).exists():
        return argument
    return str((outside if outside and (outside / path).exists() else paths.ROOT) / argument)
