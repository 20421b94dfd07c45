"""`sessions-tck drift FILE-OR-URL…`: whether the vendor's documents are still those of the contract."""

import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from tck.cli.parser import Arguments
from tck.contract.contract import default_contract, load_contract
from tck.drift import drift, facts_now
from tck.drift.kept_facts import KeptFacts, load_facts, write_facts
from tck.errors import KitError
from tck.reports.cause_view import count
from tck.reports.labels import rendered
from tck.reports.markdown import plain

EPILOG = """A source is an OpenAPI 3 document, or a page of the contract: its address in contract.yaml, a file
with the page's id as its name, or PAGE=FILE-OR-URL. OpenAPI documents on a page are read too. Exits with 0 if
nothing moved, with 1 if something did."""
FORMATS = ("text", "markdown", "json")


def add_arguments(parser: Arguments) -> None:
    parser.epilog = EPILOG
    add = parser.add_argument
    add("sources", nargs="+", metavar="FILE-OR-URL", help="what the vendor publishes")
    chosen = default_contract()
    add("--contract", metavar="NAME", default=chosen, help=f"the contract ({chosen})")
    parser.add_contract_dir()
    add("--format", choices=FORMATS, default="text", help="text (default), markdown or json")
    add("--facts", type=Path, metavar="FILE", help="facts to compare with, instead of those of the contract")
    add(
        "--write",
        type=Path,
        metavar="FILE",
        help="write the facts of the sources to this file",
    )


def main(given: Namespace) -> int:
    contract = load_contract(given.contract, given.contract_dir)
    if given.write:
        before = load_facts(given.write) if given.write.exists() else KeptFacts()
        facts = facts_now(given.sources, contract, before, datetime.now(UTC).date())
        if not given.write.parent.is_dir():
            raise KitError(f"--write={given.write} names a folder that does not exist.")
        write_facts(given.write, facts)
        told = f"{count(len(facts.operations), 'operation')} and {count(len(facts.pages), 'page')}"
        sys.stdout.write(f"{given.write}: facts of {told}.\n")
        return 0
    found = drift(given.sources, contract, given.facts)
    if given.format == "json":
        sys.stdout.write(rendered(found.to_json()))
    elif given.format == "markdown":
        lines = [f"## {plain(found.sentence)}\n", *(f"- {plain(one)}" for one in found.sentences[1:])]
        sys.stdout.write("\n".join(lines) + "\n")
    else:
        sys.stdout.write("\n".join(found.sentences) + "\n")
    return int(found.moved)
