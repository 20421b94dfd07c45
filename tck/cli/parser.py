"""Command lines made of subcommands; a mistake in one is reported as one sentence."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from tck.errors import KitError
from tck.vocabulary import CANNOT_START

NEAR = 0.65
"""How alike a mistyped name must be to a command for it to be suggested, from 0 to 1."""


class Arguments(argparse.ArgumentParser):
    """A parser that raises KitError instead of printing its usage and leaving."""

    def add_contract_dir(self) -> None:
        """Declare --contract-dir, which is None unless it is given."""
        self.add_argument(
            "--contract-dir", metavar="DIR", type=_folder, help="folder of contracts outside the kit"
        )

    def add_certificates(self) -> None:
        """Declare the options that name PEM files; each is None unless it is given."""
        add = self.add_argument
        add("--ca-file", metavar="FILE", type=Path, help="certificate of a further authority to trust")
        add("--client-cert", metavar="FILE", type=Path, help="certificate to show the server")
        add("--client-key", metavar="FILE", type=Path, help="its key, unless it is in the same file")

    def add_folder(self, holds: str, default: str) -> None:
        """Declare the folder that a command is about, as `folder`."""
        self.add_argument(
            "folder", nargs="?", type=Path, metavar="DIR", default=Path(default), help=f"{holds} ({default})"
        )

    def error(self, message: str) -> NoReturn:
        """Raise the complaint as a sentence."""
        raise KitError(f"{self.prog}: {message}; see {self.prog} --help.")


class Command(Arguments):
    """The parser of one subcommand, which imports the command's module when the command is chosen."""

    def __init__(self, *, module: str, passes_on: bool, **described: Any) -> None:
        super().__init__(**described)
        self._module = module
        self._passes_on = passes_on

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse with the arguments that the module declares; raises KitError for any other."""
        module = import_module(self._module)
        if self._passes_on:
            return argparse.Namespace(main=module.main, arguments=list(args)), []
        module.add_arguments(self)
        self.set_defaults(main=module.main)
        given, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return given, []


@dataclass(frozen=True)
class Commands:
    """The subcommands of a program: `about` maps each to its help, and `package` holds a module for each.

    A module has `add_arguments(parser)`, and `main(given)`, which returns the exit code. One in `passing_on`
    has `main` alone, and `given.arguments` holds the arguments as they were written.
    """

    prog: str
    package: str
    about: Mapping[str, str]
    description: str
    passing_on: frozenset[str] = frozenset()

    def run(self, arguments: Sequence[str]) -> int:
        """Run the command that is named first; its exit code, or 4 after one sentence if it cannot start."""
        try:
            self._refuse_unknown(arguments)
            given = self.parser().parse_args(arguments)
            code: int = given.main(given)
        except KitError as error:
            sys.stderr.write(f"ERROR: {error}\n")
            return CANNOT_START
        return code

    def parser(self) -> Arguments:
        parser = Arguments(
            prog=self.prog,
            usage=f"{self.prog} [COMMAND] …",
            description=self.description,
            epilog=f"{self.prog} COMMAND --help says more.",
        )
        add = parser.add_subparsers(title="commands", metavar="COMMAND", prog=self.prog, parser_class=Command)
        for name, about in self.about.items():
            module = f"{self.package}.{name.replace('-', '_')}"
            text = about.replace("%", "%%")
            passes_on = name in self.passing_on
            add.add_parser(name, help=text, description=about, module=module, passes_on=passes_on)
        return parser

    def _refuse_unknown(self, arguments: Sequence[str]) -> None:
        name = next(iter(arguments), "")
        if name in self.about or name.startswith("-"):
            return
        near = get_close_matches(name, self.about, n=1, cutoff=NEAR)
        hint = f" did you mean {near[0]}?" if near else ""
        raise KitError(f"{name} is no command;{hint} {self.prog} --help lists them.")


def _folder(text: str) -> Path:
    return Path(text).resolve()
