"""Measure what each check of a contract costs on the reference, and write spec/CONTRACT/costs.yaml."""

import argparse

from bench.costs import write_costs
from bench.judging import add_contract, say
from tck.paths import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_contract(parser)


def main(given: argparse.Namespace) -> int:
    say("measured anew", str(write_costs(given.contract).relative_to(ROOT)))
    return 0
