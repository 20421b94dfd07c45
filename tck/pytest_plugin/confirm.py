"""`--confirm=N`: each failed check is judged again, N times on fresh sessions, once all checks have ended."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tck.checking.check import Check
from tck.pytest_plugin.collection import QUIET
from tck.results.outcomes import WORST_FIRST, Finding
from tck.results.repeats import Trial
from tck.run.context import Run
from tck.transport.limits import Counter
from tck.vocabulary import Outcome
from tck.waiting import QUIET_WITHIN, eventually

AGAIN = "again"
"""How a file of the run begins that is there while a process judges failed checks again."""
ALLURE = "allure_listener"
"""The plugin that would take what is judged again for the check's result."""
RESTARTS = "a check that waits for all others, as to restart the target, is not run again"
UNDER_WAY = "other checks were still under way"
NOT_SEEN = "the check ended before it came to this requirement"


@dataclass(frozen=True)
class Failed:
    """A check that failed, and the requirements of it to judge again."""

    item: pytest.Item
    requirements: tuple[str, ...]


@dataclass
class Confirmation:
    """What one process judges again; `waived` are the requirements whose failure is accepted.

    Of a rule on every reply that is broken, the first check that showed it stands for all.
    """

    run: Run
    times: int
    waived: frozenset[str]
    failed: list[Failed] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    under_way: bool = False
    """Whether checks are judged again now."""

    def ended(self, item: pytest.Item, check: Check) -> None:
        """Take in what a check found: in the run itself, or when it was judged again."""
        if self.under_way:
            wanted = next(one.requirements for one in self.failed if one.item is item)
            self.trials += [_trial(name, check) for name in wanted]
            return
        broken = dict.fromkeys(one.requirement for one in check.failures())
        known = self.rules & check.broken_reply_rules
        self.rules |= check.broken_reply_rules
        names = tuple(name for name in broken if name not in known and name not in self.waived)
        if names:
            self.failed.append(Failed(item, names))

    def go(self, session: pytest.Session) -> None:
        """Judge again what failed in this process, once the checks of all processes have ended."""
        if not self._others_ended():
            self._tell_of(self.failed, UNDER_WAY)
            return
        chosen = [one for one in self.failed if one.item.get_closest_marker(QUIET) is None]
        self._tell_of([one for one in self.failed if one not in chosen], RESTARTS)
        with self._begun(session, [one.item for one in chosen]):
            for number in range(1, self.times + 1):
                self._round(number, [one.item for one in chosen])

    def _others_ended(self) -> bool:
        ended = Counter(self.run.target.shared / "processes-ended")
        ended.step()
        return eventually(
            lambda: ended.count, lambda count: count >= self.run.target.workers, QUIET_WITHIN
        ).held

    def _tell_of(self, failed: Sequence[Failed], why: str) -> None:
        for one in failed:
            for name in one.requirements:
                trial = Trial(name, one.item.nodeid, Outcome.NOT_TESTED, why)
                self.trials += [trial] * self.times

    @contextmanager
    def _begun(self, session: pytest.Session, items: list[pytest.Item]) -> Iterator[None]:
        """Let the session consist of these items alone, and no report be made of them."""
        pluginmanager, every = session.config.pluginmanager, session.items
        allure = pluginmanager.unregister(name=ALLURE) if pluginmanager.has_plugin(ALLURE) else None
        mark = self.run.target.shared / f"{AGAIN}-{self.run.worker}"
        session.items, self.under_way = items, True
        mark.touch()
        try:
            yield
        finally:
            mark.unlink()
            session.items, self.under_way, self.run.again = every, False, ""
            if allure is not None:
                pluginmanager.register(allure, ALLURE)

    def _round(self, number: int, items: Sequence[pytest.Item]) -> None:
        """All of them once, one after the other; all fixtures are torn down before, and after the last."""
        self.run.again = f"-{AGAIN}-{number}-{self.run.worker}"
        self.run.monitors.clear()
        self.run.group_monitors.clear()
        following = [*items[1:], None]
        for item, after in zip(items, following, strict=False):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)


def _trial(requirement: str, check: Check) -> Trial:
    """What a check says of a requirement, by its worst finding."""
    found = [one for one in check.findings if one.requirement == requirement]
    worst = min(found, key=_rank, default=Finding(requirement, Outcome.NOT_TESTED, check.node, NOT_SEEN))
    return Trial(requirement, check.node, worst.outcome, worst.reason)


def _rank(finding: Finding) -> int:
    return WORST_FIRST.index(finding.outcome)
