"""The kept tables of costs: complete, and true of the reference."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tck.contract.contract import available_contracts, load_contract
from tck.costs.cost_table import Cost, load_costs
from tck.costs.estimate import Spending
from tck.costs.generated_share import PROCESSES, Allowance
from tck.paths import ROOT
from tck.run.accounting import written_checks

FILES = {
    "everruns": ("test_update.py", "test_bystanders.py", "test_lifecycle.py", "test_fuzz.py"),
    "trigger": ("test_create.py", "test_close.py", "test_retrieve.py", "test_races.py"),
}


@pytest.mark.parametrize("contract", available_contracts())
def test_the_table_holds_every_check_and_no_other(contract):
    functions = {name.removeprefix(f"suites/{contract}/") for name in written_checks(contract)}
    assert load_costs(contract).checks == functions, f"python -m bench costs --contract={contract}"


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "workers"), [("everruns", 1), ("trigger", 2)])
def test_a_run_on_the_reference_costs_no_more_than_its_plan(tmp_path: Path, contract: str, workers: int):
    table = load_costs(contract)
    checks = {name: 1 for name in table.checks if name.startswith(FILES[contract])}
    bound = Spending(table, checks, workers, Allowance(table)).total()
    result = ran(
        contract, tmp_path, f"-n{workers}", *(f"suites/{contract}/{name}" for name in FILES[contract])
    )
    spent = Cost(result["requests"], result["sessions_created"])
    assert spent.requests <= bound.requests
    assert spent.sessions <= bound.sessions
    assert 2 * spent.requests > bound.requests - workers * table.shared.requests - table.once.requests


@pytest.mark.slow
@pytest.mark.parametrize("contract", FILES)
def test_fuzzing_that_limits_leave_the_least_costs_no_more_than_its_plan(tmp_path: Path, contract: str):
    table = load_costs(contract)
    reserved = table.reserved(PROCESSES)
    requests = reserved.requests + sum(one.least.requests for one in table.parts().values())
    checks = {name: 1 for name in table.checks if name.startswith("test_fuzz.py")}
    bound = Spending(table, checks, 1, Allowance(table, requests, reserved.sessions)).total()
    limits = (f"--max-requests={requests}", f"--max-sessions={reserved.sessions}")
    result = ran(contract, tmp_path, f"suites/{contract}/test_fuzz.py", *limits)
    assert result["requests"] <= bound.requests
    assert result["sessions_created"] <= bound.sessions


@pytest.mark.parametrize("contract", available_contracts())
def test_the_least_is_no_more_than_the_most(contract):
    for name, one in load_costs(contract).generated.items():
        assert one.least.requests <= one.most.requests, name
        assert one.least.sessions <= one.most.sessions, name


def ran(contract: str, reports: Path, *arguments: str):
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", f"--contract={contract}",
        f"--report-dir={reports}", *arguments,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((reports / "result.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("flag", ["max_sessions", "max_requests"])
def test_a_limit_that_cuts_generated_checks_is_named_with_the_one_that_would_not(flag: str):
    costs = load_costs("trigger")

    def cut(limit: int, parts: Sequence[str] = ("fuzz", "races")) -> str:
        limits: dict[str, Any] = {flag: limit}
        return Allowance(costs, **limits).cut(parts)

    [needed] = re.findall(r"=400: (\d+) would run all", cut(400))
    assert cut(int(needed)) == ""
    assert cut(int(needed) - 1).startswith(f"--{flag}=".replace("_", "-"))
    assert cut(400, []) == ""


def test_what_is_not_cut_makes_all_that_it_wants():
    costs = load_costs("trigger")
    [needed] = re.findall(r": (\d+) would", Allowance(costs, max_sessions=1).cut(costs.parts()))
    enough, less = (Allowance(costs, max_sessions=int(needed) - short) for short in (0, 5))
    wanted = {part: one.most.sessions for part, one in costs.parts().items()}
    assert {part: enough.sessions(part, most) for part, most in wanted.items()} == wanted
    assert {part: less.sessions(part, most) for part, most in wanted.items()} != wanted


@pytest.mark.parametrize("contract", available_contracts())
def test_the_checks_of_a_group_keep_to_its_budget(contract: str):
    groups, table = load_contract(contract).groups, load_costs(contract).groups
    assert set(table) == set(groups)
    for name, group in groups.items():
        spent = table[name].reserved(PROCESSES).sessions
        assert spent + sum(one.most.sessions for one in table[name].generated.values()) <= group.sessions


def test_a_group_beside_the_core_leaves_the_generated_checks_what_they_had():
    costs = load_costs("trigger")
    alone = Allowance(costs, max_sessions=340)
    beside = Allowance(costs, max_sessions=380, beside=40, groups=frozenset({"list"}))
    assert [beside.sessions(part, 1000) for part in costs.parts()] == [
        alone.sessions(part, 1000) for part in costs.parts()
    ]
