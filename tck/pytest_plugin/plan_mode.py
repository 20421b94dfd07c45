"""`--plan`: a pytest plugin that tells what a run would cost at most, and sends nothing."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable

import pytest

from tck.costs.cost_table import Costs
from tck.costs.estimate import REFUSED, Spending, table
from tck.errors import KitError
from tck.pytest_plugin.collection import function_of
from tck.run.plan import Plan

FLAG = "--plan"
LONGEST = 120
"""Seconds after which collecting for a plan counts as hanging."""
MEASURED = (
    "Measured on the reference. A target that answers late, or that must be asked again, is sent more "
    "requests; --max-requests and --max-sessions hold whatever happens."
)


def spending_of(plan: Plan, checks: Iterable[str], processes: int) -> Spending:
    """What checks that come from these functions would cost."""
    lent = plan.spec.contract.ownership.instead
    makes_sessions = not (lent and plan.options.own[lent])
    return Spending(plan.spec.costs, Counter(checks), processes, plan.allowance, makes_sessions)


class Planner:
    """Registered where a command asks for the plan alone."""

    def __init__(self, config: pytest.Config, plan: Plan) -> None:
        self.plan = plan
        self.processes = workers_of(config)
        self.spending: Spending | None = None
        config.option.dist, config.option.tx, config.option.xmlpath = "no", [], None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run nothing; what was selected is all that a plan needs."""
        checks = [_in_table(function_of(item)) for item in session.items]
        self.spending = spending_of(self.plan, checks, self.processes)
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Exit like the run that could not start."""
        if self.spending is not None and self.spending.refusal():
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the plan."""
        if self.spending is None:
            return
        for line in lines_of(self.spending):
            terminalreporter.write_line(line)


def lines_of(spending: Spending) -> list[str]:
    """The plan as lines of text."""
    if spending.costs == Costs():
        return ["No table of costs is kept for this contract; python -m bench --costs measures one."]
    unknown = f"The table of costs lacks {', '.join(spending.unknown)}." if spending.unknown else ""
    refusal = f"ERROR: {spending.refusal()}" if spending.refusal() else ""
    return [*table(spending.groups()), MEASURED, *filter(None, [unknown, refusal])]


def verify_limits(config: pytest.Config, plan: Plan) -> None:
    """Raise KitError when the run that this command asks for would exceed its limits; sends nothing."""
    if plan.options.max_requests is None and plan.options.max_sessions is None:
        return
    if spending_of(plan, plan.spec.costs.checks, workers_of(config)).refusal():
        sentence = _refusal_of_the_selection(config)
        if sentence:
            raise KitError(sentence)


def _refusal_of_the_selection(config: pytest.Config) -> str:
    """What the plan of the same command says, which collects the checks that the command selects."""
    given = config.invocation_params
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    done = subprocess.run(  # noqa: S603 - the command that was given, once more
        [sys.executable, "-m", "pytest", *map(str, given.args), FLAG],
        cwd=given.dir, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    begun = f"ERROR: {REFUSED} "
    told = (line.removeprefix("ERROR: ") for line in done.stdout.splitlines() if line.startswith(begun))
    return next(told, "")


def workers_of(config: pytest.Config) -> int:
    """The processes that run checks."""
    return max(1, len(getattr(config.option, "tx", None) or []))


def _in_table(function: str) -> str:
    """A check's name as the table has it: its file below the contract's suites, and the function."""
    return "/".join(function.split("/")[2:]) if function.startswith("suites/") else function
