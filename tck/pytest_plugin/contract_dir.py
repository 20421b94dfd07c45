"""`--contract-dir`: contracts in a folder outside the checkout, judged as those inside it are."""

import os
import shlex
from pathlib import Path

import pytest

from tck.contract.contract import available_contracts
from tck.errors import KitError
from tck.paths import ROOT, suites_dir
from tck.pytest_internals import move_root

FLAG = "--contract-dir"
INI = "contract_dir"


def declare(parser: pytest.Parser, config: pytest.Config) -> Path | None:
    """Declare the option and its ini value, and read them before contracts declare options of their own."""
    parser.addini(INI, f"the folder of contracts outside the kit, unless {FLAG} names one")
    parser.getgroup("sessions-tck").addoption(
        FLAG, metavar="DIR", help="folder outside the kit with contracts in spec/, suites/ and reference/"
    )
    environment = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    arguments = [*config.getini("addopts"), *environment, *config.invocation_params.args]
    return _folder(config, parser.parse_known_args(arguments).contract_dir)


def chosen_dir(config: pytest.Config) -> Path | None:
    """The folder that the command or the ini file names, if any."""
    return _folder(config, config.getoption(FLAG))


def _folder(config: pytest.Config, option: str | None) -> Path | None:
    if option:
        return Path(config.invocation_params.dir, option).resolve()
    ini = str(config.getini(INI) or "")
    return Path(config.inipath.parent if config.inipath else "", ini).resolve() if ini else None


def outside_contracts(contract_dir: Path | None) -> list[str]:
    """The contracts in a folder outside the kit; raises KitError for a bad folder."""
    return sorted(set(available_contracts(contract_dir)) - set(available_contracts()))


def verify_choice(contract_dir: Path | None, contract: str, named: bool) -> None:
    """Raise KitError where a folder is given and the command names none of its contracts."""
    outside = outside_contracts(contract_dir)
    if outside and contract not in outside and not named:
        raise KitError(f"{FLAG} needs --contract=NAME; {contract_dir} holds {', '.join(outside)}.")


def go_outside(config: pytest.Config, contract: str) -> Path | None:
    """Collect a contract outside the kit as if pytest had been started in its folder, which is returned.

    Check names are then the same wherever the folder lies, and no conftest.py above its suites is imported.
    """
    root = chosen_dir(config)
    if root is None or contract not in outside_contracts(root):
        return None
    suites = suites_dir(contract, root)
    package = suites.parent / "__init__.py"
    if not package.is_file():
        raise KitError(f"{package} is missing; make an empty file, so that checks can import from suites.")
    config.args = [_outside(config, argument, suites, root) for argument in config.args]
    move_root(config, root, suites)
    return root


def _outside(config: pytest.Config, argument: str, suites: Path, root: Path) -> str:
    """The path of a check below another root, when it is named as the kit's own checks are."""
    name, separator, rest = argument.partition("::")
    path = Path(config.invocation_params.dir, name)
    if path == ROOT / "suites":
        return str(suites)
    below = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(name)
    found = root / below
    return f"{found}{separator}{rest}" if found.exists() and not path.exists() else argument
