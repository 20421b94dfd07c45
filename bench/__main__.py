"""`python -m bench`: commands that measure the kit. Each module in bench/commands is one."""

import ast
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import commands
from tck.cli.parser import Commands

DEFAULT = "figures"
"""The command that runs when none is named."""
FLAGS = ("--weather", "--costs")
"""Other spellings of the commands weather and costs."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    about = "Measure the kit. Without a command, figures runs."
    return Commands("python -m bench", commands.__name__, described(), about).run(named(given))


def described() -> Mapping[str, str]:
    """The commands by name, each with the first line of its module's docstring; nothing is imported."""
    paths = sorted(Path(commands.__path__[0]).glob("[!_]*.py"))
    return {path.stem.replace("_", "-"): _first_line(path) for path in paths}


def named(given: Sequence[str]) -> list[str]:
    """The arguments with the command's name in front, for those that have a flag or nothing instead."""
    own = given[: given.index("--")] if "--" in given else given
    for flag in FLAGS:
        if flag in own:
            return [flag.removeprefix("--"), *(one for one in given if one != flag)]
    unnamed = not given or (given[0].startswith("-") and given[0] not in ("-h", "--help"))
    return [DEFAULT, *given] if unnamed else list(given)


def _first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
