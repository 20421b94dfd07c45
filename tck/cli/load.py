"""`sessions-tck load …`: users who walk through the lives of sessions, every reply judged."""

import os
import re
import sys
from argparse import SUPPRESS, Namespace
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tck.cli.own_options import chosen, contracts_named_by, declare
from tck.cli.parser import Arguments
from tck.contract.contract import Contract, default_contract, load_contract
from tck.errors import KitError
from tck.load.command import Load, settings_with_program
from tck.load.settings import DEFAULT_PORT, Settings, WorkerSettings
from tck.load.shape import Shape
from tck.load.worker import work
from tck.program import called_program
from tck.results.slo import read_objective
from tck.run.inputs import load_specification
from tck.run.options import FUZZ_EXAMPLES, REQUEST_TIMEOUT, Options
from tck.transport.base_url import read_url
from tck.transport.certificates import Certificates
from tck.transport.limits import read_seconds
from tck.transport.rate_limiter import parse_rate

PROG = "sessions-tck load"
DESCRIPTION = """Have users walk through the lives of sessions at the same time, and judge every reply.
Sessions are closed at the end. The keys come from the environment, as for a run."""
EXITS = """Exits with 0 when every rule that was looked at held, with 1 when one was broken or an objective
of --slo was missed, with 2 when it was interrupted, with 3 when the kit broke, with 4 when it could not
start."""
OF_WORKERS = frozenset(
    {
        "--worker", "--master-host", "--master-port", "--report-dir", "--contract-dir", "--ca-file",
        "--client-cert", "--client-key",
    }
)  # fmt: skip
"""The options that --worker takes."""
MOST_USERS, MOST_MINUTES = 100_000, 7 * 24 * 60
NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")


def main(given: Namespace) -> int:
    known = _parser(contracts_named_by(given.arguments, PROG)).parse_args(given.arguments)
    contract = load_contract(known.contract, known.contract_dir)
    _refuse_misplaced(known, given.arguments)
    settings = _worker_settings(known) if known.worker else _settings(known, contract)
    if find_spec("locust") is None:
        raise KitError("load needs a package that is not installed; pip install locust.")
    if isinstance(settings, WorkerSettings):
        return work(settings, _say)
    return Load(settings_with_program(settings), _say).go()


def _parser(contracts: Sequence[Contract]) -> Arguments:
    parser = Arguments(prog=PROG, description=DESCRIPTION, epilog=EXITS, allow_abbrev=False)
    add = parser.add_argument
    add("--base-url", metavar="URL", default="", help="the target; without it, the embedded reference")
    usual = default_contract()
    add("--contract", metavar="NAME", default=usual, help=f"the contract to judge by ({usual})")
    parser.add_contract_dir()
    add("--users", metavar="N", default="10", help="users at the same time, each with one session (10)")
    add("--minutes", metavar="M", help="how long, such as 5 or 0.5 (1, or as long as --requests takes)")
    add("--requests", metavar="N", help="end after about so many requests")
    add("--spawn-rate", metavar="N", help="users that begin in a second (all within ten seconds)")
    add("--shape", metavar="SHAPE", default="steady", help="steady, ramp or spike (steady)")
    add("--seed", metavar="TEXT", default="0", help="what decides what the users do (0)")
    add("--processes", metavar="N", default="1", help="processes of users here; 0 for one a core (1)")
    add("--master", action="store_true", help="lead workers on other machines; no user runs here")
    add("--expect-workers", metavar="N", help="with --master: how many workers the load begins with (1)")
    add("--worker", action="store_true", help="run users here that another machine leads")
    add("--master-host", metavar="HOST", help="with --worker: the machine that leads")
    add("--master-port", metavar="PORT", help=f"where workers meet the one who leads ({DEFAULT_PORT})")
    add("--web-port", metavar="PORT", help="show Locust's own page on this port of this machine")
    add("--slo", action="append", default=[], metavar="OPERATION:QUANTILE=TIME",
        help="an objective such as close:p95=300ms; a call without a clear reply takes --request-timeout; "
        "exit 1 where it is missed; repeatable")  # fmt: skip
    add("--rate-limit", metavar="N/s", help="requests per second, all workers together")
    add("--max-requests", metavar="N", help="upper bound on requests; needed off loopback")
    add("--max-sessions", metavar="N", help="upper bound on sessions; needed off loopback")
    add("--request-timeout", metavar="SECONDS", default=f"{REQUEST_TIMEOUT:g}",
        help="until a reply must be complete (10)")  # fmt: skip
    add("--report-dir", metavar="DIR", default="reports/load", help="reports (reports/load)")
    add("--no-trace-headers", action="store_true", help="send no traceparent")
    add("--fail-on-deviations", action="store_true", help="count a failed SHOULD as a failed MUST")
    parser.add_certificates()
    add("--raw", action="store_true", help=SUPPRESS)
    declare(parser, contracts)
    return parser


def _refuse_misplaced(known: Namespace, arguments: Sequence[str]) -> None:
    """Raise KitError for options that contradict one another."""
    if known.worker and known.master:
        raise KitError("--worker and --master exclude each other: a machine leads, or is led.")
    given = [argument.partition("=")[0] for argument in arguments if argument.startswith("--")]
    if known.worker:
        others = [flag for flag in given if flag not in OF_WORKERS]
        if others:
            raise KitError(f"{others[0]} is for the machine that leads; --worker takes it from there.")
        if not known.master_host:
            raise KitError("--worker needs --master-host, the machine that leads.")
        return
    if known.master_host:
        raise KitError("--master-host is for --worker; a machine that leads waits for workers.")
    if known.master and not known.base_url:
        raise KitError("--master needs --base-url: no other machine reaches the embedded reference.")
    if not known.master and (known.expect_workers or known.master_port):
        flag = "--expect-workers" if known.expect_workers else "--master-port"
        raise KitError(f"{flag} is for --master; --processes says how many processes of users run here.")
    if known.master and "--processes" in given:
        raise KitError("--processes is for a load without --master: where one leads, no user runs.")


def _worker_settings(known: Namespace) -> WorkerSettings:
    if not known.report_dir.strip():
        raise KitError("--report-dir is empty; give a directory.")
    certificates = Certificates(known.ca_file, known.client_cert, known.client_key)
    folder = Path.cwd() / known.report_dir
    return WorkerSettings(known.master_host, _port(known), folder, certificates, known.contract_dir)


def _port(known: Namespace) -> int:
    return (
        DEFAULT_PORT if known.master_port is None else _whole("--master-port", known.master_port, 1, 65_535)
    )


def _settings(known: Namespace, contract: Contract) -> Settings:
    """Everything that can be wrong is so before anything begins."""
    users = _whole("--users", known.users, 1, MOST_USERS)
    requests = None if known.requests is None else _whole("--requests", known.requests, 1)
    minutes = known.minutes or (str(MOST_MINUTES) if requests else "1")
    spawn_rate = _number("--spawn-rate", known.spawn_rate) if known.spawn_rate else max(1.0, users / 10)
    if known.shape not in [*Shape]:
        raise KitError(f"--shape={known.shape} is no shape; there are: {', '.join(Shape)}.")
    if requests and known.shape != Shape.STEADY and not known.minutes:
        raise KitError(f"--shape={known.shape} needs --minutes, as its course takes a known time.")
    if not known.seed.strip():
        raise KitError("--seed is empty; give a number or a text.")
    return Settings(
        options=_options(known, contract), users=users, seconds=60 * _minutes(minutes), requests=requests,
        spawn_rate=spawn_rate, shape=Shape(known.shape), seed=known.seed,
        leads=known.master,
        expected=_whole("--expect-workers", known.expect_workers or "1", 1, 1000),
        port=_port(known),
        web_port=None if known.web_port is None else _whole("--web-port", known.web_port, 1, 65_535),
        raw=known.raw, processes=_whole("--processes", known.processes, 0, 256) or (os.cpu_count() or 1),
    )  # fmt: skip


def _options(known: Namespace, contract: Contract) -> Options:
    api = load_specification(contract.name, known.contract_dir).api
    operations = [one.id for one in api.operations]
    objectives = tuple(dict.fromkeys(read_objective(text, operations) for text in known.slo))
    if not known.report_dir.strip():
        raise KitError("--report-dir is empty; give a directory.")
    options = Options(
        contract=contract.name,
        base_url=read_url(known.base_url),
        report_dir=Path.cwd() / known.report_dir,
        fail_on_deviations=known.fail_on_deviations,
        accept_not_tested=(),
        waivers=None,
        fuzz_examples=FUZZ_EXAMPLES,
        rate_limit=parse_rate(known.rate_limit) if known.rate_limit else None,
        max_requests=None if known.max_requests is None else _whole("--max-requests", known.max_requests, 1),
        max_sessions=None if known.max_sessions is None else _whole("--max-sessions", known.max_sessions, 1),
        request_timeout=read_seconds(known.request_timeout),
        own=dict(chosen(known, contract)),
        trace_headers=not known.no_trace_headers,
        contract_dir=known.contract_dir,
        certificates=Certificates(known.ca_file, known.client_cert, known.client_key),
        program=called_program(),
        objectives=objectives,
        fail_on_slo=bool(objectives),
        usual_sessions=0,
    )
    lent = contract.ownership.existing_session_option
    if lent and options.own.get(lent):
        flag = lent.replace("_", "-")
        raise KitError(f"--{flag} is for a run: users of a load make sessions of their own.")
    if not options.on_loopback and (options.max_requests is None or options.max_sessions is None):
        raise KitError(
            "--base-url is not this machine: say with --max-requests and --max-sessions how much load may "
            "send and make there."
        )
    return options


def _whole(flag: str, text: Any, least: int, most: int = 999_999_999) -> int:
    if re.fullmatch(r"[0-9]{1,9}", str(text)) is None or not least <= int(text) <= most:
        raise KitError(f"{flag} takes a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def _number(flag: str, text: str) -> float:
    if NUMBER.fullmatch(text) is None or not float(text):
        raise KitError(f"{flag} takes a number above 0, not {text!r}.")
    return float(text)


def _minutes(text: str) -> float:
    minutes = _number("--minutes", text)
    if minutes > MOST_MINUTES:
        raise KitError(f"--minutes takes at most {MOST_MINUTES}, which is a week, not {text!r}.")
    return minutes


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
