"""The kept tables of costs: complete, and true of the reference."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tck.contract.contract import available_contracts, load_contract
from tck.costs.cost_table import load_costs
from tck.costs.estimate import Spending
from tck.costs.generated_share import PROCESSES, Allowance
from tck.results.result_file import read_result
from tck.run.accounting import written_checks
from tests.support.reference_run import PROCESSES as WORKERS
from tests.support.reference_run import handwritten_run, judge

GENERATED = {"everruns": ("test_lifecycle.py", "test_fuzz.py"), "trigger": ("test_races.py",)}
"""Files of generated checks whose costs are compared with a run of theirs; `test_fuzz.py` of both with limits, too."""


@pytest.mark.parametrize("contract", available_contracts())
def test_the_table_holds_every_check_and_no_other(contract):
    functions = {name.removeprefix(f"suites/{contract}/") for name in written_checks(contract)}
    assert load_costs(contract).checks == functions, f"python -m bench costs --contract={contract}"


@pytest.mark.slow
@pytest.mark.parametrize("contract", GENERATED)
def test_the_handwritten_checks_cost_no_more_than_their_plan(tmp_path_factory, contract: str):
    table = load_costs(contract)
    checks = {name: 1 for name in table.checks if name not in table.generated}
    workers = WORKERS[contract]
    bound = Spending(table, checks, workers, Allowance(table)).total()
    result = read_result(handwritten_run(contract, tmp_path_factory) / "result.json")
    assert result["requests"] <= bound.requests
    assert result["sessions_created"] <= bound.sessions
    shared = workers * table.shared.requests + table.once.requests
    assert 2 * result["requests"] > bound.requests - shared


@pytest.mark.slow
@pytest.mark.parametrize("contract", GENERATED)
def test_the_generated_checks_cost_no_more_than_their_plan(tmp_path: Path, contract: str):
    table, files = load_costs(contract), GENERATED[contract]
    checks = {name: 1 for name in table.checks if name.startswith(files)}
    bound = Spending(table, checks, 1, Allowance(table)).total()
    result = judge(contract, tmp_path, *(f"suites/{contract}/{name}" for name in files))
    assert result["requests"] <= bound.requests
    assert result["sessions_created"] <= bound.sessions


@pytest.mark.slow
@pytest.mark.parametrize("contract", GENERATED)
def test_fuzzing_that_limits_leave_the_least_costs_no_more_than_its_plan(tmp_path: Path, contract: str):
    table = load_costs(contract)
    reserved = table.reserved(PROCESSES)
    requests = reserved.requests + sum(one.least.requests for one in table.parts().values())
    checks = {name: 1 for name in table.checks if name.startswith("test_fuzz.py")}
    bound = Spending(table, checks, 1, Allowance(table, requests, reserved.sessions)).total()
    limits = (f"--max-requests={requests}", f"--max-sessions={reserved.sessions}")
    result = judge(contract, tmp_path, f"suites/{contract}/test_fuzz.py", *limits)
    assert result["requests"] <= bound.requests
    assert result["sessions_created"] <= bound.sessions


@pytest.mark.parametrize("contract", available_contracts())
def test_the_least_is_no_more_than_the_most(contract):
    for name, one in load_costs(contract).generated.items():
        assert one.least.requests <= one.most.requests, name
        assert one.least.sessions <= one.most.sessions, name


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
