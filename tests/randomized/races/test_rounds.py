"""Rounds: replayed when they fail, cut short for a target that asks for patience, and never passed unseen."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier

import pytest

from mutants.trigger.latitudes.replicas import LaggingReads
from mutants.trigger.latitudes.rows import (
    CachedRefreshesTriggerConfig,
    ClosedIsNotUpdated,
    OpenRowMoves,
)
from reference.application import Call, Operation, Reply
from reference.trigger import TriggerReference
from suites.trigger.randomized.race_rounds import (
    CloseAndUpdateRace,
    CloseRace,
    CreateRace,
    MixedRace,
    UpdateRace,
)
from tck.checking.check import Check
from tck.randomized.races.history import overlapping, together
from tck.randomized.races.history_checker import RACE_RULES
from tck.randomized.races.rounds import FEW_ROUNDS, NEVER_TOGETHER, NO_ROOM, RoundResult, play_rounds
from tck.randomized.tally import Tally
from tck.results.outcomes import Finding
from tck.unjudged import NotTested
from tck.vocabulary import Outcome
from tests.support.histories import get, put
from tests.support.lifecycle_harness import kit_on, racer

ALWAYS = RACE_RULES.all
HELD = RoundResult((), ("a.rule",))
BROKEN = RoundResult((Finding("a.rule", Outcome.FAILED, "test_it", "it is wrong"),), ())


def played(rounds: int, play: Callable[[int], RoundResult]) -> Finding:
    check = Check("test_it", ("a.rule",))
    play_rounds(rounds, play, Tally(check))
    [finding] = check.findings
    return finding


def test_rounds_that_hold() -> None:
    assert played(3, lambda number: HELD).outcome is Outcome.PASSED


def test_a_failing_round_is_played_again() -> None:
    assert played(3, lambda number: BROKEN).reason == "it is wrong (seen 3 of 3, round 1)"


def test_a_round_that_fails_once_is_failed_all_the_same() -> None:
    left = [BROKEN, HELD]
    finding = played(3, lambda number: left.pop() if left else HELD)
    assert (finding.outcome, finding.reason) == (Outcome.FAILED, "it is wrong (seen 1 of 3, round 2)")


def test_calls_that_never_met_prove_nothing() -> None:
    finding = played(3, lambda number: RoundResult((), ("a.rule",), together=False))
    assert (finding.outcome, finding.reason) == (Outcome.NOT_TESTED, NEVER_TOGETHER)


def test_no_round_at_all() -> None:
    assert played(0, lambda number: HELD).reason == NO_ROOM


def test_a_target_that_asks_for_patience_gets_few_rounds() -> None:
    numbers: list[int] = []

    def play(number: int) -> RoundResult:
        numbers.append(number)
        return RoundResult((), ("a.rule",), strained=True)

    assert played(10, play).outcome is Outcome.PASSED
    assert len(numbers) == FEW_ROUNDS


def test_a_precondition_that_fails() -> None:
    def play(number: int) -> RoundResult:
        raise NotTested("create answered 500")

    assert played(2, play).outcome is Outcome.NOT_TESTED


def test_rounds_that_are_lost_are_indeterminate() -> None:
    assert (
        played(3, lambda number: RoundResult((), (), "timeout", strained=True)).outcome
        is Outcome.INDETERMINATE
    )


def test_together_is_at_the_same_time() -> None:
    barrier = Barrier(8, timeout=10)
    assert sorted(together([barrier.wait] * 8)) == list(range(8))


def test_together_raises_what_an_action_raised() -> None:
    def broken() -> int:
        raise NotTested("no")

    with pytest.raises(NotTested):
        together([lambda: 1, broken])


def test_overlapping() -> None:
    assert overlapping([put("1", 0, 5), get("1", 4, 6)])
    assert not overlapping([put("1", 0, 5), get("1", 5, 6)])


class Impatient(TriggerReference):
    """Answers every third request with 429."""

    seen = 0

    def answer_status(self) -> int:
        return 429

    def obey(self, operation: Operation, call: Call) -> Reply:
        self.seen += 1
        if self.seen % 3 == 0:
            return Reply(self.answer_status(), {"error": "Later"}, {"retry-after": "1"})
        return super().obey(operation, call)


class Overwhelmed(Impatient):
    """Answers every third request with 503, after it took effect."""

    def answer_status(self) -> int:
        return 503

    def obey(self, operation: Operation, call: Call) -> Reply:
        self.seen += 1
        reply = TriggerReference.obey(self, operation, call)
        return Reply(503, {"error": "Later"}) if self.seen % 3 == 0 else reply


GOOD = [
    TriggerReference, OpenRowMoves, LaggingReads, ClosedIsNotUpdated, CachedRefreshesTriggerConfig, Impatient,
]  # fmt: skip


@pytest.mark.parametrize("server", GOOD, ids=lambda server: server.__name__)
def test_good_servers_are_not_blamed(server: type[TriggerReference], tmp_path: Path) -> None:
    with kit_on(server, tmp_path) as run:
        run.client.wait = lambda seconds: None
        one = racer(run)
        rounds = [
            race.play(number)
            for race in (
                CreateRace(one),
                CloseRace(one),
                UpdateRace(one),
                CloseAndUpdateRace(one),
                MixedRace(one),
            )
            for number in range(2)
        ]
    assert [found for played in rounds for found in played.broken] == []
    assert all(played.held for played in rounds)


def test_a_server_that_breaks_down_after_taking_effect_is_not_blamed(tmp_path: Path) -> None:
    check = Check("test_it", ("races.closes-return-one-row", *ALWAYS))
    with kit_on(Overwhelmed, tmp_path) as run:
        run.client.wait = lambda seconds: None
        play_rounds(4, CloseRace(racer(run)).play, Tally(check))
    assert {found.outcome for found in check.findings} <= {Outcome.PASSED, Outcome.INDETERMINATE}


def test_a_rate_limit_lets_a_second_worth_of_calls_go_at_once(tmp_path: Path) -> None:
    waits: list[float] = []
    with kit_on(TriggerReference, tmp_path, rate_limit=20.0) as run:
        run.client.wait = waits.append
        played = CreateRace(racer(run)).play(0)
    assert played.together
    assert played.broken == ()
    assert max(waits) > 0.5
