"""Measure what each check of a contract costs on the reference, and write spec/CONTRACT/costs.yaml."""

from argparse import Namespace

from bench.costs import write_costs
from bench.judging import say
from tck.cli.parser import Arguments
from tck.contract.contract import available_contracts


def add_arguments(parser: Arguments) -> None:
    parser.add_argument("--contract", default=available_contracts()[-1], metavar="NAME")
    parser.add_contract_dir()


def main(given: Namespace) -> int:
    say("measured anew", str(write_costs(given.contract, given.contract_dir)))
    return 0
