"""Which checks a run collected, started and finished, what they found, and why nothing was judged."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tck.paths import ROOT, suites_dir
from tck.results.differences import Difference
from tck.results.outcomes import Finding
from tck.results.repeats import Trial
from tck.results.selection import CRASHED, NEVER_FINISHED, NEVER_STARTED, WITHDRAWN
from tck.vocabulary import BROKE, CANNOT_START, Outcome


@dataclass
class Collected:
    """The checks that a process saw by node id, those it was to run, and the functions they come from."""

    checks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)

    def see(self, check: str, function: str, requirements: tuple[str, ...]) -> None:
        """Note a check by its node id, whether it will be selected or not."""
        self.checks[check] = requirements
        self.functions.add(function)

    def add(self, other: "Collected") -> None:
        """Take over what another process saw."""
        self.checks.update(other.checks)
        self.functions |= other.functions
        self.selected |= other.selected

    def to_json(self) -> dict[str, Any]:
        """A plain dict, as it travels from a worker to the controller."""
        checks = {check: list(ids) for check, ids in self.checks.items()}
        return {"checks": checks, "functions": sorted(self.functions), "selected": sorted(self.selected)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Collected":
        """What `to_json` made this dict of."""
        checks = {check: tuple(ids) for check, ids in values["checks"].items()}
        return cls(checks, set(values["functions"]), set(values["selected"]))


@dataclass(frozen=True)
class NoVerdict:
    """A run that judged nothing: its exit code, and why; empty when pytest says why by itself."""

    exit: int
    why: str


class Accounting:
    """What a run came to: the hooks of the controlling process report it, and its end asks for it."""

    def __init__(self, collected: Collected) -> None:
        """`collected` goes on growing while this process collects."""
        self._collected = collected
        self._findings: list[Finding] = []
        self._differences: list[Difference] = []
        self._replies: list[Finding] = []
        self._started: set[str] = set()
        self._finished: set[str] = set()
        self._crashed: set[str] = set()
        self._refusal = ""
        self._waits: list[float] = []
        self._trials: list[Trial] = []
        self._interrupted = self._unreadable = self._worker_lost = self._broke = False

    # What the hooks report

    def saw(self, collected: Collected) -> None:
        """A worker collected these checks."""
        self._collected.add(collected)

    def started(self, check: str) -> None:
        """A check began."""
        self._started.add(check)

    def found(self, findings: Iterable[Finding]) -> None:
        """A check found this."""
        self._findings.extend(findings)

    def differed(self, differences: Iterable[Difference]) -> None:
        """A check saw the target do this, which the pages leave open."""
        self._differences.extend(differences)

    def replied(self, shown: Iterable[Finding]) -> None:
        """Replies showed a check this of the rules on every reply."""
        self._replies.extend(shown)

    def began_again(self, waited: float) -> None:
        """A check was run again from its beginning, after so many seconds without the target."""
        self._waits.append(waited)

    def tried(self, trials: Iterable[Trial]) -> None:
        """A process judged failed checks again, and saw this."""
        self._trials.extend(trials)

    def finished(self, check: str) -> None:
        """A check came to its end."""
        self._finished.add(check)

    def crashed(self, check: str) -> None:
        """The worker of a check died."""
        self._crashed.add(check)

    def lost_worker(self) -> None:
        """A worker ended with an error."""
        self._worker_lost = True

    def refused(self, sentence: str) -> None:
        """A worker could not start for this reason."""
        self._refusal = sentence

    def unreadable(self) -> None:
        """A file of checks could not be read."""
        self._unreadable = True

    def interrupted(self) -> None:
        """The user ended the run."""
        self._interrupted = True

    def broke(self) -> None:
        """Pytest or a plugin broke."""
        self._broke = True

    # What the end of the run asks

    @property
    def differences(self) -> Sequence[Difference]:
        """What the target was seen to do where the pages are silent."""
        return self._differences

    @property
    def replies(self) -> Sequence[Finding]:
        """What replies showed of the rules on every reply, check by check."""
        return self._replies

    @property
    def was_interrupted(self) -> bool:
        """Whether the user ended the run."""
        return self._interrupted

    @property
    def waits(self) -> Sequence[float]:
        """For each check that was run again, the seconds that were waited for the target before."""
        return self._waits

    @property
    def trials(self) -> Sequence[Trial]:
        """What judging failed checks again showed."""
        return self._trials

    @property
    def is_sound(self) -> bool:
        """Whether all check files could be read and no plugin broke."""
        return not (self._broke or self._unreadable)

    def no_verdict(self, usage_error: bool) -> NoVerdict | None:
        """Why there is no verdict, not even a partial one; None when there is."""
        if usage_error or self._refusal:
            return NoVerdict(CANNOT_START, self._refusal)
        if self._finished or self._crashed:
            return None
        if self._unreadable:
            return NoVerdict(BROKE, "a file of checks cannot be read; nothing was judged.")
        if self._worker_lost:
            return NoVerdict(BROKE, "a worker did not start; nothing was judged.")
        if self._interrupted or self._broke:
            return None
        return NoVerdict(CANNOT_START, "no check was selected; nothing was judged.")

    def is_partial(self, written: Iterable[str]) -> bool:
        """Whether any of these test functions was left out, deselected or cut short."""
        left_out = set(written) - self._collected.functions
        return self._interrupted or self._unreadable or bool(self._unfinished or left_out)

    def findings(self) -> list[Finding]:
        """All that checks found, and what is to be said of those that did not come to their end."""
        return [*self._findings, *self._of_unfinished()]

    @property
    def _unfinished(self) -> set[str]:
        return self._collected.checks.keys() - self._finished

    def _of_unfinished(self) -> Iterator[Finding]:
        for check in sorted(self._unfinished):
            outcome, reason = self._why_unfinished(check)
            for requirement in self._collected.checks[check]:
                yield Finding(requirement, outcome, check, reason)

    def _why_unfinished(self, check: str) -> tuple[Outcome, str]:
        if check in self._crashed:
            return Outcome.ERROR, CRASHED
        if check in self._started:
            return Outcome.NOT_TESTED, NEVER_FINISHED
        return Outcome.NOT_TESTED, NEVER_STARTED if check in self._collected.selected else WITHDRAWN


@cache
def written_checks(contract: str, root: Path | None = None) -> frozenset[str]:
    """The test functions in the contract's suites, whatever is collected: file below the root, and name."""
    files = sorted(suites_dir(contract, root).rglob("test_*.py"))
    return frozenset(name for path in files for name in _tests_in(path, root))


def _tests_in(path: Path, root: Path | None) -> Iterator[str]:
    name = below_root(path, root)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield f"{name}::{node.name}"
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            inner = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            yield from (f"{name}::{node.name}::{item.name}" for item in inner if item.name.startswith("test"))


@cache
def below_root(path: Path, root: Path | None = None) -> str:
    """The path below the kit's root or another one, or the whole path of a file elsewhere."""
    whole, root = path.resolve(), root or ROOT
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else str(whole)
