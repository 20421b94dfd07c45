"""The kit's options as pytest declares them, and how they are read."""

import argparse
import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pytest

from tck.contract.contract import Contract, available_contracts, load_contract
from tck.errors import KitError
from tck.program import called_program
from tck.pytest_plugin import contract_dir
from tck.results.slo import Objective, read_objective
from tck.run.inputs import Plan, load_specification
from tck.run.options import CAREFUL_SESSIONS, FUZZ_EXAMPLES, REQUEST_TIMEOUT, Options
from tck.transport.base_url import read_url
from tck.transport.certificates import Certificates
from tck.transport.limits import read_patience, read_seconds
from tck.transport.rate_limiter import parse_rate
from tck.vocabulary import CORE
from tck.waiting import PATIENCE

PLAN: pytest.StashKey[Plan] = pytest.StashKey()
DEFAULT_CONTRACT_INI = "contract"
MOST_CONFIRMED = 20
CERTIFICATES = ("--ca-file", "--client-cert", "--client-key")
PATH_OPTIONS = ("--report-dir", "--waivers", *CERTIFICATES, contract_dir.FLAG)


def add_options(parser: pytest.Parser, config: pytest.Config) -> None:
    """Declare the options of the kit and those that the contracts bring."""
    group = parser.getgroup("sessions-tck", "conformance of agent sessions APIs")
    add = group.addoption
    parser.addini(DEFAULT_CONTRACT_INI, "the contract that is judged unless --contract names one")
    folder = contract_dir.declare(parser, config)
    contracts = available_contracts(folder)
    add("--contract", metavar="NAME", help="contract to judge: " + ", ".join(contracts))
    add(
        "--report-dir",
        metavar="DIR",
        default="reports/latest",
        help="where the reports are written (reports/latest)",
    )
    add("--fail-on-deviations", action="store_true", help="count a failed SHOULD as a failed MUST")
    add(
        "--accept-not-tested", action="append", default=[], metavar="CAPABILITY",
        help="exit 0 although requirements that need this capability were not tested (still inconclusive)",
    )  # fmt: skip
    add(
        "--without", action="append", default=[], metavar="CAPABILITY",
        help="declare that the target lacks this capability; what needs it does not apply, by your claim",
    )  # fmt: skip
    add(
        "--requirement", action="append", default=[], metavar="ID",
        help="run only the checks of this requirement, or of those that match, such as 'create.*'; "
        "repeatable; the run is then partial",
    )  # fmt: skip
    add(
        "--operation", action="append", default=[], metavar="NAME,…",
        help="run only the checks of these operations or themes, such as create,retrieve; repeatable",
    )  # fmt: skip
    add(
        "--groups", metavar="NAME,…",
        help="groups of requirements to judge, such as core,list; all that the target offers unless given",
    )  # fmt: skip
    add(
        "--waivers",
        metavar="FILE",
        help="YAML file of accepted failures, each with a reason and an expiry date",
    )
    add(
        "--fuzz-examples",
        metavar="N",
        default=str(FUZZ_EXAMPLES),
        help=f"generated examples for each operation ({FUZZ_EXAMPLES})",
    )
    add("--rate-limit", metavar="N/s", help="requests per second, all processes together, such as 10/s")
    add("--max-requests", metavar="N", help="upper bound on requests")
    add(
        "--max-sessions",
        metavar="N",
        help=f"upper bound on sessions ({CAREFUL_SESSIONS} and those of optional groups, off loopback)",
    )
    add(
        "--request-timeout",
        metavar="SECONDS",
        default=f"{REQUEST_TIMEOUT:g}",
        help="time until a response must be complete (10)",
    )
    add(
        "--no-trace-headers", action="store_true",
        help="send no traceparent, the header by which a request is found in the target's logs",
    )  # fmt: skip
    add(
        "--restart-command", default="", metavar="CMD",
        help="command that restarts the target; what must outlive a restart is then judged, last of all",
    )  # fmt: skip
    add(
        "--patience", metavar="SECONDS", default=f"{PATIENCE:g}",
        help=f"how long to wait for a target that went away ({PATIENCE:g})",
    )  # fmt: skip
    add(
        "--confirm", metavar="N", default="0",
        help="judge each failed check again, N times on fresh sessions, at the end of the run (0)",
    )  # fmt: skip
    add("--ca-file", metavar="FILE", help="certificate of a further authority to trust (PEM)")
    add("--client-cert", metavar="FILE", help="certificate to show a server that requires one (PEM)")
    add("--client-key", metavar="FILE", help="its key, unless it is in the same file (PEM)")
    add(
        "--quick", action="store_true",
        help="run the checks alone that catch most for what they cost: at most 25 sessions and 400 requests",
    )  # fmt: skip
    add(
        "--slo", action="append", default=[], metavar="OPERATION:QUANTILE=TIME",
        help="an objective for latency, such as close:p95=300ms, judged beside the contract; repeatable",
    )  # fmt: skip
    add("--fail-on-slo", action="store_true", help="exit 1 for an objective of --slo that is not held")
    add("--plan", action="store_true", help="print an upper bound on requests and sessions, and send nothing")
    for flag, notes in _own_flags(contracts, folder).items():
        try:
            add(flag, metavar="VALUE", default=None, help="; ".join(notes))
        except (ValueError, argparse.ArgumentError):
            raise KitError(f"{flag} is an option of pytest or of the kit; rename the contract's.") from None


def _own_flags(contracts: Iterable[str], folder: Path | None) -> dict[str, list[str]]:
    flags: dict[str, list[str]] = {}
    for name in contracts:
        for option in load_contract(name, folder).options:
            note = f"{option.help} (contract {name}; default: {option.default or 'none'})"
            flags.setdefault(option.flag, []).append(note)
    return flags


def joined(arguments: Iterable[str]) -> tuple[str, ...]:
    """The arguments with our options that take a path in one piece.

    A pytest that does not know them yet, as a worker's does not, looks for tests in a path after a space.
    """
    pieces: list[str] = []
    for argument in arguments:
        if pieces and pieces[-1] in PATH_OPTIONS:
            pieces[-1] = f"{pieces[-1]}={argument}"
        else:
            pieces.append(argument)
    return tuple(pieces)


def contract_name(config: pytest.Config) -> str:
    """The name of the contract that is chosen, whether or not there is one."""
    return str(config.getoption("--contract") or config.getini(DEFAULT_CONTRACT_INI) or "")


def read_options(config: pytest.Config) -> Options:
    """The options of this run; raises KitError for a value that makes no sense."""
    get = config.getoption
    name, folder = contract_name(config), contract_dir.chosen_dir(config)
    if name not in available_contracts(folder):
        known = ", ".join(available_contracts(folder))
        raise KitError(f"--contract={name} names no contract; there are: {known}.")
    contract_dir.verify_choice(folder, name, get("--contract") is not None)
    contract = load_contract(name, folder)
    for capability in get("--accept-not-tested"):
        if capability not in contract.capabilities:
            known = ", ".join(contract.capabilities) or "none"
            raise KitError(f"--accept-not-tested={capability} names no capability; there are: {known}.")
    base_url = read_base_url(config)
    options = Options(
        contract=name,
        base_url=base_url,
        report_dir=Path(config.invocation_params.dir, _directory("--report-dir", get("--report-dir"))),
        fail_on_deviations=bool(get("--fail-on-deviations")),
        accept_not_tested=tuple(get("--accept-not-tested")),
        waivers=_path(config, "--waivers"),
        fuzz_examples=_whole("--fuzz-examples", get("--fuzz-examples"), 0) or 0,
        rate_limit=parse_rate(get("--rate-limit")) if get("--rate-limit") else None,
        max_requests=_whole("--max-requests", get("--max-requests"), 1),
        max_sessions=_whole("--max-sessions", get("--max-sessions"), 1),
        request_timeout=read_seconds(get("--request-timeout")),
        own=_own_options(config, contract),
        requirement=tuple(get("--requirement")),
        without=_declared_lacks(contract, get("--without")),
        operation=tuple(get("--operation")),
        quick=bool(get("--quick")),
        trace_headers=not get("--no-trace-headers"),
        contract_dir=folder,
        patience=read_patience(get("--patience")),
        certificates=Certificates(*(_path(config, flag) for flag in CERTIFICATES)),
        restart_command=_command("--restart-command", get("--restart-command")),
        groups=_groups(contract, get("--groups")),
        program=called_program(),
        confirm=_confirm(config),
        objectives=_objectives(config, contract),
        fail_on_slo=bool(get("--fail-on-slo")),
    )
    beside = sum(one.sessions for name, one in contract.groups.items() if options.chooses(name))
    options = replace(options, usual_sessions=CAREFUL_SESSIONS + beside)
    if options.max_sessions is None and not options.on_loopback:
        return replace(options, max_sessions=options.usual_sessions)
    return options


def _confirm(config: pytest.Config) -> int:
    """How often failed checks are judged again; raises KitError where the run does not get that far."""
    times = _whole("--confirm", config.getoption("--confirm"), 0) or 0
    if times > MOST_CONFIRMED:
        raise KitError(f"--confirm takes a whole number from 0 to {MOST_CONFIRMED}, not {times}.")
    if times and config.getoption("maxfail", 0):
        raise KitError(
            "--confirm judges failed checks again at the end of the run, which -x and --maxfail cut short; "
            "leave one of them out."
        )
    return times


def _groups(contract: Contract, text: str | None) -> tuple[str, ...]:
    """The groups that --groups names, in the contract's order; raises KitError for an unknown one."""
    if text is None:
        return ()
    known = [CORE, *contract.groups]
    named = [name.strip() for name in str(text).split(",")]
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}? There" if near else "there"
            raise KitError(f"--groups={text} names no group {name!r}; {hint} are: {', '.join(known)}.")
    return tuple(name for name in known if name in named)


def _objectives(config: pytest.Config, contract: Contract) -> tuple[Objective, ...]:
    """What --slo asks for; raises KitError for a value that makes no sense."""
    given = config.getoption("--slo")
    if config.getoption("--fail-on-slo") and not given:
        raise KitError("--fail-on-slo needs --slo, the objectives that it is about.")
    if not given:
        return ()
    api = load_specification(contract.name, contract_dir.chosen_dir(config)).api
    operations = [one.id for one in api.operations]
    return tuple(dict.fromkeys(read_objective(text, operations) for text in given))


def _path(config: pytest.Config, flag: str) -> Path | None:
    """A path from where the command was given; None where the option was not."""
    value = config.getoption(flag)
    return Path(config.invocation_params.dir, value) if value else None


def read_base_url(config: pytest.Config) -> str:
    """The target's URL without a trailing slash, empty for the embedded reference; raises KitError."""
    given = (
        config.getoption("base_url", None)
        or config.getini("base_url")
        or os.environ.get("PYTEST_BASE_URL", "")
    )
    return read_url(str(given))


def _declared_lacks(contract: Contract, names: Iterable[str]) -> tuple[str, ...]:
    """The capabilities that are declared missing, each once; raises KitError for one that cannot be."""
    declarable = [name for name, one in contract.capabilities.items() if one.declared_lack]
    for name in names:
        if name not in declarable:
            known = ", ".join(declarable) or "none"
            raise KitError(
                f"--without={name} names no capability that can be declared missing; there are: {known}."
            )
    return tuple(dict.fromkeys(names))


def _own_options(config: pytest.Config, contract: Contract) -> dict[str, str]:
    _refuse_others(config, contract)
    values: dict[str, str] = {}
    for option in contract.options:
        value = config.getoption(option.flag)
        if value is not None and not str(value).strip() and option.default:
            raise KitError(f"{option.flag} is empty; leave it out for {option.default}, or give a value.")
        if value is not None and option.choices and value not in option.choices:
            choices = ", ".join(option.choices)
            raise KitError(f"{option.flag}={value} is not one of: {choices}.")
        values[option.name] = option.default if value is None else str(value)
    return values


def _directory(flag: str, text: str) -> str:
    """The value of an option; raises KitError when it is empty."""
    if not text.strip():
        raise KitError(f"{flag} is empty; give a directory.")
    return text


def _refuse_others(config: pytest.Config, contract: Contract) -> None:
    """Raise KitError for an option that only other contracts have."""
    folder = contract_dir.chosen_dir(config)
    own = {option.flag for option in contract.options}
    for name in available_contracts(folder):
        for option in load_contract(name, folder).options:
            if option.flag not in own and config.getoption(option.flag) is not None:
                raise KitError(
                    f"{option.flag} is an option of the contract {name}, not of {contract.name}; "
                    f"leave it out, or add --contract={name}."
                )


def _command(flag: str, text: str) -> str:
    """A command line as given; raises KitError for one that is empty or has a quote without its end."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise KitError(f"{flag} has a quotation mark without its counterpart.") from None
    if text and not words:
        raise KitError(f"{flag} is empty; give the command that restarts the target.")
    return text


def _whole(flag: str, text: Any, least: int) -> int | None:
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", str(text)) is None or int(text) < least:
        raise KitError(f"{flag} takes a whole number of at least {least}, not {text!r}.")
    return int(text)
