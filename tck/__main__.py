"""`sessions-tck`, or `python -m tck`: judge a target, and what is done with results once a run is over."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from tck import __version__
from tck.cli.parser import Commands
from tck.values.ci_commands import WithoutCommands

COMMANDS: Mapping[str, str] = {
    "run": "Judge a target: all options are pytest's, the kit's own among them. This is the default.",
    "load": "Judge a target while many users work on it at the same time.",
    "nightly": "Judge, close what was left open, compare with the last result, keep this one, and send word.",
    "doctor": "Look at a target as a run does first, and print what each look found; nothing is judged.",
    "report": "Write the reports of a result again: index.html, ctrf.json, badge.json and summary.md.",
    "diff": "Compare two results: new and fixed failures, new deviations, requirements no longer tested.",
    "drift": "Compare what the vendor publishes with what the contract was written from.",
    "history": "Show kept results over time: what failed since when, how steady it is, figures; also a page.",
    "waivers": "Print a template of waivers for the failures of a result, to be filled in by a person.",
    "cleanup": "Close the sessions that an interrupted run left open.",
    "guide": "Show the requirements in the order of building, what holds of them, and what is next.",
    "requirements": "List and search the requirements by contract, level, page and words.",
    "serve": "Serve a contract's reference on a port, to develop against or to try the kit on.",
    "certify": "Sign a certificate for the result of a complete, conformant run.",
    "verify": "Check a certificate with the signer's public key, and show what it claims and proves.",
    "submit": "Copy a certificate, its result and the public key to the published ones, with a README.",
    "submissions": "Check published certificates; reject edited, unsigned, misplaced and newly expired ones.",
    "matrix": "Write the page of the published certificates, implementations by requirements.",
}
"""The subcommands and their help; tck.cli holds a module for each, imported when it is chosen."""
PASSING_ON = frozenset({"run", "load", "serve", "doctor", "nightly"})
"""Those that read their arguments themselves, or give them to another program."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand, or pytest over the suites where none is named; its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given in (["--version"], ["-V"]):
        sys.stdout.write(f"sessions-tck {__version__}\n")
        return 0
    if not given or _is_pytests(given[0]):
        given.insert(0, "run")
    about = "Judge a target, or use the results of earlier runs. Without a command, it is run."
    commands = Commands("sessions-tck", "tck.cli", COMMANDS, about, PASSING_ON)
    out, err = WithoutCommands(sys.stdout), WithoutCommands(sys.stderr)
    with redirect_stdout(out), redirect_stderr(err):
        return commands.run(given)


def _is_pytests(argument: str) -> bool:
    """Whether this is an option or a path, as pytest takes them, and no name of a command."""
    if argument in ("-h", "--help") or argument in COMMANDS:
        return False
    return argument.startswith("-") or "/" in argument or Path(argument.partition("::")[0]).exists()


if __name__ == "__main__":
    sys.exit(main())
