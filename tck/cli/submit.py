"""`sessions-tck submit CERTIFICATE.json --key PUBLIC.pem`."""

import shutil
import sys
from argparse import Namespace
from pathlib import Path

from tck.atomic_write import whole_file
from tck.certification.entries import CERTIFICATE, KEY, README, RESULT, place
from tck.certification.entry_readme import readme
from tck.certification.implementation import Implementation
from tck.certification.validity import today
from tck.certification.verification import borne_out
from tck.cli.parser import Arguments
from tck.cli.signing_extra import signing
from tck.contract.contract import load_contract
from tck.errors import KitError, NotValid

DEFAULT = "reports/certified"
ENVIRONMENT = "A run needs its keys in {}:"
EPILOG = "Existing files are replaced, except an existing README."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EPILOG
    add = parser.add_argument
    add("certificate", type=Path, metavar="CERTIFICATE.json")
    add("--result", type=Path, metavar="FILE", help="result.json beside the certificate")
    add("--key", type=Path, required=True, metavar="PEM", help="file of the public key")
    add(
        "--to",
        type=Path,
        metavar="DIR",
        default=DEFAULT,
        help=f"folder of the published certificates ({DEFAULT})",
    )
    add("--setup", default="", metavar="TEXT", help="how the server is set up for the run, for the README")


def main(given: Namespace) -> int:
    source = given.result or given.certificate.with_name(RESULT)
    try:
        said, _ = signing().read_certificate(given.certificate, given.key)
        found = borne_out(said, source, today())
    except NotValid as error:
        raise KitError(f"not submitted: {given.certificate} {error}") from None
    contract = found.result["contract"]["name"]
    folder = given.to / place(contract, Implementation.from_json(found.ours["implementation"]))
    for path, name in ((given.certificate, CERTIFICATE), (source, RESULT), (given.key, KEY)):
        _copy(path, folder / name)
    if not (folder / README).exists():
        with whole_file(folder / README) as file:
            file.write(readme(found, f"{given.setup} {ENVIRONMENT.format(keys_of(contract))}".strip()))
    sys.stdout.write(f"{folder}\n")
    return 0


def keys_of(contract: str) -> str:
    """The variables that hold the secrets of a run."""
    return " and ".join(item.env for item in load_contract(contract).credentials)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.resolve() != target.resolve():
        shutil.copyfile(source, target)
