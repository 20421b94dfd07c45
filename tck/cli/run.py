"""`sessions-tck run …`, or without the word: pytest over the suites, with every option of pytest's."""

import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tck import paths
from tck.cli.parser import Arguments
from tck.program import CALLED, called_program

HELP = frozenset({"-h", "--help"})
GROUP = "conformance of agent sessions APIs"
"""Under which heading pytest shows the options of the kit."""
TARGET = f"  {'--base-url=URL':22}the target; without it, the embedded reference is judged\n"
"""The option that a plugin of pytest declares."""
END = "\n\n"
FURTHER = """

All options of pytest work as well, such as -n 4, -k and -x: python -m pytest --help lists them.
"""


def main(given: Namespace) -> NoReturn:
    if HELP.intersection(given.arguments):
        sys.stdout.write(_own_help(given.arguments))
        sys.exit()
    sys.stdout.flush()
    command = pytest_command(given.arguments, Path.cwd())
    os.execve(command[0], command, {**os.environ, CALLED: called_program()})  # noqa: S606 - our own command


def _own_help(argv: Sequence[str]) -> str:
    """The kit's own options out of all that pytest's help shows."""
    asked = [argument for argument in argv if argument not in HELP]
    command = [*pytest_command(asked, Path.cwd()), "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    _, title, rest = shown.stdout.partition(f"{GROUP}:\n")
    if not title:
        return shown.stdout + shown.stderr
    return f"usage: sessions-tck [run] [OPTION…]\n\n{title}{TARGET}{rest.partition(END)[0]}{FURTHER}"


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
