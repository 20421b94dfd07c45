"""The options that contracts bring, for commands that read their arguments themselves."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from tck.cli.parser import Arguments
from tck.contract.contract import Contract, available_contracts, load_contract
from tck.errors import KitError


def contracts_named_by(arguments: Sequence[str], prog: str) -> list[Contract]:
    """The kit's contracts, or those in the folder that --contract-dir names."""
    first = Arguments(prog=prog, add_help=False, allow_abbrev=False)
    first.add_contract_dir()
    folder: Path | None = first.parse_known_args(arguments)[0].contract_dir
    return [load_contract(name, folder) for name in available_contracts(folder)]


def declare(parser: Arguments, contracts: Sequence[Contract]) -> None:
    """Declare the options of these contracts; each is None unless it is given."""
    for flag, helped in {one.flag: one.help for contract in contracts for one in contract.options}.items():
        parser.add_argument(flag, metavar="VALUE", help=helped.replace("%", "%%"))


def chosen(given: Namespace, contract: Contract) -> Mapping[str, str]:
    """The values of a contract's own options; raises KitError for an option that only others have."""
    own = {option.flag for option in contract.options}
    for name in available_contracts(given.contract_dir):
        for option in load_contract(name, given.contract_dir).options:
            if option.flag not in own and getattr(given, option.name) is not None:
                raise KitError(
                    f"{option.flag} is an option of the contract {name}, not of {contract.name}; "
                    f"leave it out, or add --contract={name}."
                )
    return {option.name: _value(given, option.name, option.default) for option in contract.options}


def _value(given: Namespace, name: str, default: str) -> str:
    value: str | None = getattr(given, name)
    return default if value is None else value
