"""`python -m releasing`: make a release up to its upload, or check the attestation of a wheel."""

import argparse
import io
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from releasing.attestation import attest, check
from releasing.entries import Signer, make_entries
from releasing.freeze import freeze
from releasing.record import day_in_changelog, record, refuse_uncommitted
from releasing.wheel import build_wheel
from tck import __version__
from tck.cli.parser import Arguments
from tck.errors import KitError
from tck.paths import ROOT
from tck.vocabulary import CANNOT_START

DIST = Path("dist")
LEFT = """\

What is left to do by hand:

    git add -A CHANGELOG.md spec reports/certified && git commit -m 'Release {version}'
    git tag v{version}
    twine upload {wheel}
    hand out {attestation}, and publish the key {key}

and, with the next change of the kit, __version__ in tck/__init__.py and a new part of CHANGELOG.md.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # in one order with what the runs say
    try:
        given = arguments(argv)
        return COMMANDS[given.command](given)
    except KitError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return CANNOT_START


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Arguments(prog="python -m releasing", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("make", help="make a release of what is committed")
    made.add_argument("--month", default=f"{datetime.now(UTC):%Y-%m}", help="what the frozen sets are called")
    made.add_argument("--key", type=Path, required=True, help="file of the Ed25519 private key that signs")
    made.add_argument("--organization", default="sessions-tck", help="who signs (%(default)s)")
    made.add_argument("--url", required=True, help="where the references are found")
    made.add_argument("--contact", help="a mail address or a page to write to (the URL)")
    made.add_argument("--port", type=int, default=8770, help="the first reference's (%(default)s)")
    made.add_argument("--processes", default="2", help="that judge at a time (%(default)s)")
    frozen = commands.add_parser("freeze", help="freeze the requirements and record the digests of the kit")
    frozen.add_argument("name", metavar="YYYY-MM", help="the month, which is the name of the frozen sets")
    seen = commands.add_parser("check", help="check a wheel and the attestation beside it")
    seen.add_argument("wheel", type=Path)
    seen.add_argument("--key", type=Path, required=True, help="file of the public key")
    return parser.parse_args(argv)


def make(given: argparse.Namespace) -> int:
    """Every step up to the upload; what is done already is left as it is. Raises KitError."""
    refuse_uncommitted(ROOT)
    signer = Signer(given.organization, given.url, given.contact or given.url, given.key)
    public = signer.public_key(DIST / "release.pub")
    day_in_changelog(ROOT / "CHANGELOG.md", __version__, datetime.now(UTC).date())
    digests = record(__version__, given.month)
    wheel = build_wheel(DIST, __version__, digests)
    attestation = attest(wheel, __version__, digests, given.key)
    check(wheel, public)
    print(f"{wheel}\n{attestation}")
    make_entries(signer, given.port, given.processes, DIST / "runs")
    print(LEFT.format(version=__version__, wheel=wheel, attestation=attestation, key=public))
    return 0


def checked(given: argparse.Namespace) -> int:
    """Say whether a wheel is the one that was attested."""
    version = check(given.wheel, given.key)
    print(
        f"{given.wheel} is the wheel of sessions-tck {version} that this key signed, and is unchanged since."
    )
    return 0


def frozen(given: argparse.Namespace) -> int:
    """Freeze the requirements of this checkout."""
    freeze(given.name)
    return 0


COMMANDS = {"make": make, "freeze": frozen, "check": checked}

if __name__ == "__main__":
    sys.exit(main())
