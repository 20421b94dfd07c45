"""`python -m tck`: what is done with results once a run is over."""

import sys
from collections.abc import Callable, Mapping, Sequence

from tck.commands import certify, diff, release, report, verify
from tck.finish import CANNOT_START
from tck.signals import KitError

COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "certify": certify.main,
    "diff": diff.main,
    "release": release.main,
    "report": report.main,
    "verify": verify.main,
}
"""What each subcommand calls with the arguments after it; its docstring is shown as its help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit code."""
    given = sys.argv[1:] if argv is None else argv
    name = given[0] if given else ""
    if name not in COMMANDS:
        asked = name in ("-h", "--help")
        told = f"ERROR: {name} is no command.\n\n" if name and not asked else ""
        (sys.stdout if asked else sys.stderr).write(told + usage())
        return 0 if asked else CANNOT_START
    try:
        return COMMANDS[name](given[1:])
    except KitError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return CANNOT_START


def usage() -> str:
    """The subcommands, a line each."""
    about = {name: (command.__doc__ or "").partition("\n")[0] for name, command in COMMANDS.items()}
    lines = [f"  {name:10} {told}" for name, told in sorted(about.items())]
    head, tail = "usage: python -m tck COMMAND …", "python -m tck COMMAND --help says more."
    return "\n".join([head, "", *lines, "", tail, ""])


if __name__ == "__main__":
    sys.exit(main())
