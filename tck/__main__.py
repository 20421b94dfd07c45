"""`sessions-tck`, or `python -m tck`: judge a target, and what is done with results once a run is over."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tck.cli import (
    certify,
    cleanup,
    diff,
    matrix,
    report,
    requirements,
    run,
    serve,
    submissions,
    submit,
    verify,
    waivers,
)
from tck.errors import KitError
from tck.vocabulary import CANNOT_START

COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "run": run.main,
    "report": report.main,
    "diff": diff.main,
    "waivers": waivers.main,
    "cleanup": cleanup.main,
    "requirements": requirements.main,
    "serve": serve.main,
    "certify": certify.main,
    "verify": verify.main,
    "submit": submit.main,
    "submissions": submissions.main,
    "matrix": matrix.main,
}
"""What each subcommand calls with the arguments after it; its docstring is shown as its help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand, or pytest over the suites where none is named; its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in ("-h", "--help"):
        sys.stdout.write(usage())
        return 0
    if not given or _is_pytests(given[0]):
        given.insert(0, "run")
    name, *rest = given
    if name not in COMMANDS:
        sys.stderr.write(f"ERROR: {name} is no command; sessions-tck --help lists them.\n")
        return CANNOT_START
    try:
        return COMMANDS[name](rest)
    except KitError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return CANNOT_START


def usage() -> str:
    """The subcommands, a line each."""
    about = {name: (command.__doc__ or "").partition("\n")[0] for name, command in COMMANDS.items()}
    longest = max(map(len, about))
    lines = [f"  {name:{longest}}  {told}" for name, told in about.items()]
    head, tail = "usage: sessions-tck [COMMAND] …", "sessions-tck COMMAND --help says more."
    return "\n".join([head, "", *lines, "", tail, ""])


def _is_pytests(argument: str) -> bool:
    """Whether this is an option or a path, as pytest takes them, and no name of a command."""
    path = argument.partition("::")[0]
    return argument.startswith("-") or "/" in argument or (argument not in COMMANDS and Path(path).exists())


if __name__ == "__main__":
    sys.exit(main())
