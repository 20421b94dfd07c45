"""`sessions-tck verify CERTIFICATE.json --key PUBLIC.pem`."""

import sys
from argparse import Namespace
from pathlib import Path

from tck.certification.description import certificate_text
from tck.certification.validity import today
from tck.certification.verification import borne_out
from tck.cli.parser import Arguments
from tck.cli.signing_extra import signing
from tck.errors import NotValid

EXITS = "Exits with 0 if the certificate is valid, with 1 and the reason if it is not. Needs no network."


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EXITS
    parser.add_argument("certificate", type=Path, metavar="CERTIFICATE.json")
    parser.add_argument("--result", type=Path, metavar="FILE", help="result.json beside the certificate")
    parser.add_argument("--key", type=Path, required=True, metavar="PEM", help="file of the public key")


def main(given: Namespace) -> int:
    result = given.result or given.certificate.with_name("result.json")
    read_certificate = signing().read_certificate
    try:
        said, keyid = read_certificate(given.certificate, given.key)
        found = borne_out(said, result, today())
    except NotValid as error:
        sys.stderr.write(f"NOT VALID: {given.certificate} {error}\n")
        return 1
    sys.stdout.write(certificate_text(found, keyid, str(result)))
    return 0
