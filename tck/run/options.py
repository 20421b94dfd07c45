"""The kit's own command-line options, read once into a value."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tck.contract.contract import Contract, available_contracts, load_contract
from tck.errors import KitError
from tck.transport.limits import parse_rate

DEFAULT_CONTRACT_INI = "contract"
CAREFUL_SESSIONS = 340
"""Sessions that a run may make on a target off loopback unless --max-sessions says otherwise."""
PATH_OPTIONS = ("--report-dir", "--waivers")
LONGEST_TIMEOUT = 600
"""Seconds that one request may be given."""
FUZZ_EXAMPLES = 50
LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1", re.ASCII)


@dataclass(frozen=True)
class Options:
    """What the user asked for; holds no secret."""

    contract: str
    base_url: str
    report_dir: Path
    fail_on_deviations: bool
    accept_not_tested: tuple[str, ...]
    waivers: Path | None
    fuzz_examples: int
    rate_limit: float | None
    max_requests: int | None
    max_sessions: int | None
    request_timeout: float
    own: dict[str, str]
    requirement: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """The options as they stand in a result, which must not depend on where the kit ran."""
        values = {
            key: value for key, value in vars(self).items() if key not in ("own", "report_dir", "base_url")
        }
        return {**values, "waivers": self.waivers.name if self.waivers else None, **self.own}

    @property
    def generating(self) -> dict[str, int | None]:
        """What decides how many cases are generated, by flag; None for what the next run does by itself."""
        return {
            "--fuzz-examples": None if self.fuzz_examples == FUZZ_EXAMPLES else self.fuzz_examples,
            "--max-sessions": None if self.max_sessions == CAREFUL_SESSIONS else self.max_sessions,
        }

    @property
    def on_loopback(self) -> bool:
        """Whether the target is this machine."""
        return not self.base_url or is_loopback(self.base_url)


def is_loopback(base_url: str) -> bool:
    """Whether a URL leads to this machine."""
    return LOOPBACK.fullmatch(urlsplit(base_url).hostname or "") is not None


def add_options(parser: pytest.Parser) -> None:
    """Declare the options of the kit and those that the contracts bring."""
    group = parser.getgroup("sessions-tck", "conformance of agent sessions APIs")
    add = group.addoption
    parser.addini(DEFAULT_CONTRACT_INI, "the contract that is judged unless --contract names one")
    add("--contract", metavar="NAME", help="contract to judge: " + ", ".join(available_contracts()))
    add(
        "--report-dir",
        metavar="DIR",
        default="reports/latest",
        help="where the reports land (reports/latest)",
    )
    add("--fail-on-deviations", action="store_true", help="let a failed SHOULD count like a failed MUST")
    add(
        "--accept-not-tested", action="append", default=[], metavar="CAPABILITY",
        help="exit 0 although what needs this capability was not tested (the verdict stays inconclusive)",
    )  # fmt: skip
    add(
        "--requirement", action="append", default=[], metavar="ID",
        help="run only the checks of this requirement (repeatable; makes the run partial)",
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
        help=f"generated examples an operation ({FUZZ_EXAMPLES})",
    )
    add("--rate-limit", metavar="N/s", help="requests per second, all workers together, such as 10/s")
    add("--max-requests", metavar="N", help="requests that the run may send")
    add("--max-sessions", metavar="N", help=f"sessions that it may make ({CAREFUL_SESSIONS} off loopback)")
    add(
        "--request-timeout",
        metavar="SECONDS",
        default="10",
        help="seconds until a reply must be complete (10)",
    )
    add("--plan", action="store_true", help="tell what the run would send and make at most; send nothing")
    for flag, notes in _own_flags().items():
        add(flag, metavar="VALUE", default=None, help="; ".join(notes))


def _own_flags() -> dict[str, list[str]]:
    flags: dict[str, list[str]] = {}
    for name in available_contracts():
        for option in load_contract(name).options:
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


def read_options(config: pytest.Config) -> Options:
    """The options of this run; raises KitError for a value that makes no sense."""
    get = config.getoption
    name = get("--contract") or str(config.getini(DEFAULT_CONTRACT_INI) or "")
    if name not in available_contracts():
        known = ", ".join(available_contracts())
        raise KitError(f"--contract={name} names no contract; there are: {known}.")
    contract = load_contract(name)
    for capability in get("--accept-not-tested"):
        if capability not in contract.capabilities:
            known = ", ".join(contract.capabilities) or "none"
            raise KitError(f"--accept-not-tested={capability} names no capability; there are: {known}.")
    base_url = read_base_url(config)
    options = Options(
        contract=name,
        base_url=base_url,
        report_dir=Path(config.invocation_params.dir, get("--report-dir")),
        fail_on_deviations=bool(get("--fail-on-deviations")),
        accept_not_tested=tuple(get("--accept-not-tested")),
        waivers=Path(config.invocation_params.dir, get("--waivers")) if get("--waivers") else None,
        fuzz_examples=_whole("--fuzz-examples", get("--fuzz-examples"), 0) or 0,
        rate_limit=parse_rate(get("--rate-limit")) if get("--rate-limit") else None,
        max_requests=_whole("--max-requests", get("--max-requests"), 1),
        max_sessions=_whole("--max-sessions", get("--max-sessions"), 1),
        request_timeout=read_seconds(get("--request-timeout")),
        own=_own_options(config, contract),
        requirement=tuple(get("--requirement")),
    )
    if options.max_sessions is None and not options.on_loopback:
        return Options(**{**vars(options), "max_sessions": CAREFUL_SESSIONS})
    return options


def read_base_url(config: pytest.Config) -> str:
    """The target's URL without a trailing slash, empty for the embedded reference; raises KitError."""
    given = (
        config.getoption("base_url", None)
        or config.getini("base_url")
        or os.environ.get("PYTEST_BASE_URL", "")
    )
    text = str(given).strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise KitError("--base-url is not a URL; give one such as https://sessions.example.com.") from None
    if "@" in parts.netloc:
        raise KitError("--base-url carries a user name or password; secrets come from the environment only.")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", text):
        shown = "" if "@" in text else f"={text!r}"
        raise KitError(
            f"--base-url{shown} is not an http or https URL; give one such as https://sessions.example.com."
        )
    if parts.query or parts.fragment:
        raise KitError("--base-url carries a query or a fragment; give the address before them only.")
    return text.rstrip("/")


def _own_options(config: pytest.Config, contract: Contract) -> dict[str, str]:
    values: dict[str, str] = {}
    for option in contract.options:
        value = config.getoption(option.flag)
        if value is not None and option.choices and value not in option.choices:
            choices = ", ".join(option.choices)
            raise KitError(f"{option.flag}={value} is not one of: {choices}.")
        values[option.name] = option.default if value is None else str(value)
    return values


def _whole(flag: str, text: Any, least: int) -> int | None:
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", str(text)) is None or int(text) < least:
        raise KitError(f"{flag} takes a whole number of at least {least}, not {text!r}.")
    return int(text)


def read_seconds(text: str) -> float:
    """The value of --request-timeout; raises KitError for anything that is none."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise KitError(f"--request-timeout takes seconds between 0 and {LONGEST_TIMEOUT}, not {text!r}.")
    return seconds
