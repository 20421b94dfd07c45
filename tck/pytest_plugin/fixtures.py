"""The fixtures that every suite has."""

from collections.abc import Callable

import pytest

from tck.checking.check import Check
from tck.pytest_plugin.collection import other_users, used_up
from tck.pytest_plugin.item_reports import CHECK
from tck.run.context import Run
from tck.run.groups import Groups
from tck.run.restart import Restart
from tck.run.shared_use import SharedUse
from tck.transport.messages import Call, Reply
from tck.unjudged import NotApplicable, NotTested

RUN: pytest.StashKey[Run] = pytest.StashKey()
Send = Callable[[Call], Reply]


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """The run that this process takes part in."""
    return pytestconfig.stash[RUN]


@pytest.fixture
def check(pytestconfig: pytest.Config) -> Check:
    """The check that is running: judging, refused, control, visible."""
    check = pytestconfig.stash[CHECK]
    assert check is not None
    return check


@pytest.fixture
def send(run: Run, check: Check) -> Send:
    """Sends a call for the running check and returns its reply."""
    return lambda call: run.send(call, check)


@pytest.fixture
def has_restart(run: Run) -> bool:
    """Whether the operator has given a command that restarts the target."""
    return Restart(run).is_given


@pytest.fixture
def restart(request: pytest.FixtureRequest, run: Run) -> Callable[[], None]:
    """Restarts the target once all other checks have ended."""
    return lambda: Restart(run).when_quiet(len(request.session.items) - 1)


@pytest.fixture(autouse=True)
def others_have_ended(request: pytest.FixtureRequest) -> None:
    """Let a check that uses up what others share wait until those have ended, in whichever process."""
    run = request.config.stash.get(RUN, None)
    if run is None:
        return
    for fixture in used_up(request.node):
        SharedUse(run, fixture).wait_for(other_users(request.node, fixture))


@pytest.fixture(autouse=True)
def needed_capabilities(request: pytest.FixtureRequest) -> None:
    """Leave out a check of a group that is not offered, or one that needs a capability that is missing."""
    run = request.config.stash.get(RUN, None)
    check = request.config.stash.get(CHECK, None)
    if run is None or check is None:
        return
    for group in sorted({run.registry[name].group for name in check.declared}):
        Groups(run).require(group)
    needs = {need for name in check.declared for need in run.registry[name].needs}
    for need in sorted(needs):
        require_capability(run, need, request)


def require_capability(run: Run, need: str, request: pytest.FixtureRequest) -> None:
    """Raise NotTested or NotApplicable when the capability lacks; a fixture `has_<name>` probes for it."""
    capability = run.contract.capabilities[need]
    if need in run.options.without:
        run.capability_seen(need, False)
        raise NotApplicable(f"The vendor declares by --without={need}: {capability.declared_lack}", need)
    brings = [item for item in run.contract.credentials if item.capability == need]
    if brings:
        present = all(item.name in run.target.credentials for item in brings)
    else:
        present = bool(request.getfixturevalue(f"has_{need.replace('-', '_')}"))
    removed_by = capability.removed_by_option
    present = present and not (removed_by and run.options.own[removed_by])
    run.capability_seen(need, present)
    if not present:
        kind = NotApplicable if capability.when_missing == "not_applicable" else NotTested
        raise kind(capability.missing_reason, need)
