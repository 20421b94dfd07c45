"""`--plan`: a pytest plugin that tells what a run would cost at most, and sends nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tck.costs.cost_table import Costs
from tck.costs.estimate import Spending, table
from tck.errors import KitError
from tck.run.inputs import Plan

MEASURED = (
    "Measured on the reference. A target that answers late, or that must be asked again, is sent more "
    "requests; --max-requests and --max-sessions hold whatever happens."
)


def spending_of(plan: Plan, checks: Iterable[str], processes: int) -> Spending:
    """What these checks, by node id, would cost."""
    lent = plan.spec.contract.ownership.existing_session_option
    functions = Counter(in_table(check, plan.spec.contract.name) for check in checks)
    makes_sessions = not (lent and plan.options.own[lent])
    costs, telling = plan.spec.costs, plan.spec.telling
    if plan.options.quick and telling.quick:
        costs = telling.costs(costs.start)
    return Spending(costs, functions, processes, plan.allowance, makes_sessions)


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
        checks = [item.nodeid for item in session.items]
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
        for line in [*lines_of(self.spending), *calls_of(self.plan, self.spending)]:
            terminalreporter.write_line(line)


def lines_of(spending: Spending) -> list[str]:
    """The plan as lines of text."""
    if spending.costs == Costs():
        return ["No table of costs is kept for this contract; python -m bench --costs measures one."]
    unknown = f"The table of costs lacks {', '.join(spending.unknown)}." if spending.unknown else ""
    refusal = f"ERROR: {spending.refusal()}" if spending.refusal() else ""
    cut = f"Generated checks are cut by {spending.cut()}." if spending.cut() else ""
    return [*table(spending.groups()), MEASURED, *filter(None, [unknown, cut, refusal])]


def calls_of(plan: Plan, spending: Spending) -> Iterator[str]:
    """A sentence on each operation of a chosen group whose calls may cost money, and on its large bodies."""
    for name, group in plan.spec.contract.groups.items():
        if not spending.costs.groups.get(name, Costs()).checks.isdisjoint(spending.checks):
            for operation, most in group.calls.items():
                yield f"Of the requests of group {name}, up to {most} are {operation}, which may cost money."
            if group.large_bodies:
                most = group.large_bodies
                yield f"Of the requests of group {name}, up to {most} have a body of half a mebibyte or more."


def verified_limits(plan: Plan, checks: Iterable[str], processes: int) -> str:
    """Which limit of the run cuts the generated checks among these, by node id; empty when none does.

    Raises KitError when the checks may exceed the limits.
    """
    spending = spending_of(plan, checks, processes)
    refusal = spending.refusal()
    if refusal:
        raise KitError(refusal)
    return spending.cut()


def workers_of(config: pytest.Config) -> int:
    """The processes that run checks."""
    return max(1, len(getattr(config.option, "tx", None) or []))


def in_table(check: str, contract: str) -> str:
    """A check's name as the table has it: its file below the contract's suites, and the function."""
    file, _, function = check.partition("::")
    return f"{file.rpartition(f'{contract}/')[2]}::{function.partition('[')[0]}"
