"""`python -m tck COMMAND`: what is done with a run's files once it has ended."""

import sys
from collections.abc import Callable, Mapping, Sequence

from tck.commands import cleanup, waivers
from tck.signals import KitError

COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "cleanup": cleanup.main,
    "waivers": waivers.main,
}
CANNOT_START = 4


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand that the first argument names; returns its exit code."""
    try:
        return _run(arguments)
    except KitError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return CANNOT_START


def _run(arguments: Sequence[str]) -> int:
    known = ", ".join(COMMANDS)
    if arguments[:1] in (["-h"], ["--help"]):
        print(f"usage: python -m tck COMMAND …\n\nCommands: {known}. Each tells of itself with --help.")
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        raise KitError(f"python -m tck takes one of these commands: {known}.")
    return COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
