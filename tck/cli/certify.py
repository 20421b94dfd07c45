"""`sessions-tck certify RESULT.json …`."""

import sys
from argparse import Namespace
from pathlib import Path

from tck.atomic_write import whole_file
from tck.certification.implementation import NAMES, Implementation
from tck.certification.statement import statement
from tck.certification.validity import today
from tck.certification.verification import refusal, result_digest
from tck.cli.parser import Arguments
from tck.cli.signing_extra import signing
from tck.errors import KitError
from tck.results.result_file import read_result

CERTIFICATE = "certificate.json"
EPILOG = "A key is made by: openssl genpkey -algorithm ed25519 -out ed25519.pem"
WORDS = {
    "organization": "who makes the implementation",
    "implementation": "what it is called",
    "version": "the version that was judged",
    "url": "where it is found",
    "contact": "a mail address or a page to write to",
}


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EPILOG
    parser.add_argument("result", type=Path, metavar="RESULT.json", help="the result to certify")
    for name in NAMES:
        parser.add_argument(f"--{name}", default="", metavar="TEXT", help=WORDS[name])
    parser.add_argument(
        "--key", type=Path, required=True, metavar="PEM", help="file of an Ed25519 private key"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"{CERTIFICATE} beside the result")


def main(given: Namespace) -> int:
    result = read_result(given.result)
    implementation = Implementation.from_json(vars(given))
    reason = refusal(result, today()) or implementation.fault()
    if reason:
        raise KitError(f"not certified: {reason}")
    text, keyid = signing().signed_with(
        statement(result, result_digest(given.result), implementation), given.key
    )
    certificate = given.output or given.result.with_name(CERTIFICATE)
    with whole_file(certificate) as file:
        file.write(text)
    sys.stdout.write(f"{certificate}, signed by key {keyid}\n")
    return 0
