"""What a run does about a target that is not there: when it waits, when it repeats a check, when it gives up."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tck import waiting
from tck.checking.check import Check
from tck.errors import BadGateway, Indeterminate, NoReply, Overloaded, SentAgain, Unreachable
from tck.run.absence import Absence


@dataclass
class Target:
    """A target that answers a look as told; the last answer stays."""

    looks: list[bool]
    asked: int = 0

    def answers(self) -> bool:
        self.asked += 1
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


@dataclass
class Here:
    folder: Path
    waited: list[float] = field(default_factory=list)

    def over(self, failure: Exception, *looks: bool, patience: float = 60.0, judged: bool = False) -> Any:
        self.target = Target(list(looks))
        run = SimpleNamespace(
            options=SimpleNamespace(patience=patience),
            client=self.target,
            worker="main",
            target=SimpleNamespace(shared=self.folder),
        )
        check = Check("c", ("a.one",))
        if isinstance(failure, Indeterminate):
            check.hit_by(failure)
        check.conclude(None if judged else failure)
        return Absence(cast("Any", run)).is_over(check)


@pytest.fixture
def here(tmp_path, monkeypatch):
    found = Here(tmp_path)
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds
        found.waited.append(seconds)

    monkeypatch.setattr(waiting, "pause", pause)
    monkeypatch.setattr("tck.waiting.time.monotonic", lambda: now[0])
    return found


def test_a_target_that_comes_back_is_waited_for(here):
    assert here.over(Unreachable("none"), *[False] * 9, True) == pytest.approx(sum(here.waited))
    assert here.over(BadGateway("503"), False, False, True) > 0


def test_a_connection_that_broke_is_no_absence_but_the_check_is_repeated(here):
    assert here.over(NoReply("reset"), True) == 0.0
    assert here.waited == []


@pytest.mark.parametrize("failure", [Overloaded("503, come again"), SentAgain("twice")])
def test_a_target_that_was_busy_for_a_moment_is_no_absence_but_the_check_is_repeated(here, failure):
    assert here.over(failure, True) == 0.0
    assert here.waited == []


@pytest.mark.parametrize(
    "failure",
    [BadGateway("502 each time"), NoReply("slow", timed_out=True)],
)
def test_a_request_that_is_lost_while_the_target_is_there_is_not_repeated(here, failure):
    assert here.over(failure, True) is None
    assert here.target.asked == 1


@pytest.mark.parametrize("failure", [Indeterminate("the body is too long"), AssertionError("wrong")])
def test_a_target_that_answers_is_not_looked_at(here, failure):
    assert here.over(failure, False) is None
    assert here.target.asked == 0


def test_a_check_that_was_judged_all_the_same_is_not_repeated(here):
    assert here.over(NoReply("reset"), True, judged=True) is None


def test_a_target_that_stays_away_is_waited_for_once_by_all_processes(here):
    assert here.over(Unreachable("none"), False, patience=10) is None
    assert 10 <= sum(here.waited) < 15
    here.waited.clear()
    assert here.over(Unreachable("none"), False, patience=10) is None
    assert here.waited == []
    assert here.over(Unreachable("none"), True, patience=10) == 0.0


def test_without_patience_nothing_is_asked(here):
    assert here.over(Unreachable("none"), True, patience=0) is None
    assert here.target.asked == 0


def test_what_was_found_broken_before_the_absence_stands():
    check = Check("c", ("a.one", "a.two"))
    with check.judging("a.one"):
        raise AssertionError("it is broken")
    check.conclude(NoReply("reset"))
    again = check.begun_again()
    again.conclude(None)
    assert {one.requirement: one.outcome.value for one in again.findings} == {
        "a.one": "failed",
        "a.two": "passed",
    }
