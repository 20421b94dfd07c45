"""`sessions-tck doctor --base-url=URL`: look at all that lies between this machine and a verdict."""

from argparse import Namespace
from collections.abc import Sequence

from tck.cli.own_options import chosen, contracts_named_by, declare
from tck.cli.parser import Arguments
from tck.contract.contract import Contract, default_contract, load_contract
from tck.errors import KitError
from tck.run.examination import Examination
from tck.transport.base_url import read_url
from tck.transport.certificates import Certificates
from tck.transport.limits import read_seconds

PROG = "sessions-tck doctor"
DESCRIPTION = """Send the requests that a run sends before its first check, and print what each found.
At most one session is made, and closed again. The keys come from the environment, as for a run."""
EXITS = "Exits with 0 if a run could begin, with 4 otherwise."
WIDTH = 16


def main(given: Namespace) -> int:
    options = _parser(contracts_named_by(given.arguments, PROG)).parse_args(given.arguments)
    contract = load_contract(options.contract, options.contract_dir)
    own = chosen(options, contract)
    if not options.base_url:
        raise KitError(f"{PROG} needs --base-url, the address to look at.")
    examination = Examination(
        contract,
        read_url(options.base_url),
        own,
        Certificates(options.ca_file, options.client_cert, options.client_key),
        read_seconds(options.request_timeout),
        not options.no_trace_headers,
    )
    refusal, remarks = "", []
    for look in examination.looks():
        print(f"{look.name:{WIDTH}}{look.found}", flush=True)
        refusal = refusal or look.refusal
        remarks += [text for text in (look.no_sessions, look.remark) if text]
    for remark in remarks:
        print(f"NOTE: {remark}")
    if refusal:
        raise KitError(refusal)
    print("A run can begin.")
    return 0


def _parser(contracts: Sequence[Contract]) -> Arguments:
    parser = Arguments(prog=PROG, description=DESCRIPTION, epilog=EXITS, allow_abbrev=False)
    add = parser.add_argument
    add("--base-url", metavar="URL", default="", help="the target")
    usual = default_contract()
    add("--contract", metavar="NAME", default=usual, help=f"the contract to judge by ({usual})")
    parser.add_certificates()
    add("--request-timeout", metavar="SECONDS", default="10", help="until a reply must be complete (10)")
    add("--no-trace-headers", action="store_true", help="send no traceparent")
    parser.add_contract_dir()
    declare(parser, contracts)
    return parser
