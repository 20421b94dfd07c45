"""The fixtures of the checks."""

import pytest

from suites.notes.support import Notes
from tck.checking import Check, Reply, response_rules
from tck.run import Run


@pytest.fixture(scope="session", autouse=True)
def monitored(run: Run) -> None:
    """Every success is judged by the schema, whatever its check is about."""

    def judge(check: Check, reply: Reply) -> None:
        if reply.call.operation and reply.succeeded:
            check.observe("replies.match-schema", response_rules.matches(run.api, "Note", reply), reply)

    run.monitors.append(judge)


@pytest.fixture
def notes(run: Run, check: Check) -> Notes:
    """The operations, with the key."""
    return Notes(run, check, run.authorization("key"))
