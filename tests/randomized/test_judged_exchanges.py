"""What the generated checks find names the exchanges that they judged, and what differed in them."""

from pathlib import Path

import pytest

from mutants.catalogue import server_named
from reference.trigger import TriggerReference
from suites.trigger.randomized.race_rounds import CreateRace, Race, UpdateRace
from tck.randomized.failure_trace import recorded
from tck.results.outcomes import Finding
from tck.run.context import Run
from tck.vocabulary import Outcome
from tests.support.lifecycle_harness import explored, kit_on, racer, walks


def judged(run: Run, found: Finding) -> list[tuple[str, int | None]]:
    """The method and the status of each judged exchange."""
    exchanges = recorded(run, found.judged)
    return [(exchanges[name].method, exchanges[name].status) for name in found.judged]


@pytest.mark.parametrize(
    ("mutant", "requirement", "called", "seen"),
    [
        ("CloseClearsMetadataAfterUpdateByExternalId", "lifecycle.model-close", [("POST", 200)], "metadata: null"),
        ("LaterUpdatesMergeMetadata", "lifecycle.model-update", [("PATCH", 200)], "metadata.five: "),
    ],
)  # fmt: skip
def test_a_walk_names_the_call_that_the_model_does_not_permit(
    mutant: str, requirement: str, called: list[tuple[str, int]], seen: str, tmp_path: Path
) -> None:
    with kit_on(server_named("trigger", mutant), tmp_path) as run:
        found = explored(run, walks(12))[requirement]
        assert judged(run, found) == called
    assert found.exchanges[-1] == found.judged[-1]
    assert found.seen.startswith(seen)
    assert found.expected != found.seen


@pytest.mark.parametrize(
    ("mutant", "race", "requirement", "called"),
    [
        ("RacingCreatesMakeTwoRows", CreateRace, "races.creates-converge-on-one-session", ["POST", "POST"]),
        ("RacingUpdatesLoseEachOther", UpdateRace, "races.updates-lose-nothing", ["GET"]),
    ],
)
def test_a_race_names_the_calls_that_contradict_each_other(
    mutant: str, race: type[Race], requirement: str, called: list[str], tmp_path: Path
) -> None:
    with kit_on(server_named("trigger", mutant), tmp_path) as run:
        rounds = race(racer(run))
        broken = [one for number in range(12) for one in rounds.play(number).broken]  # type: ignore[attr-defined]
        found = next(one for one in broken if one.requirement == requirement)
        assert [method for method, _ in judged(run, found)] == called
    assert found.exchanges[-1] == found.judged[-1]
    assert found.expected
    assert found.seen
    assert found.expected != found.seen


def test_what_walks_and_races_saw_hold_names_where(tmp_path: Path) -> None:
    with kit_on(TriggerReference, tmp_path) as run:
        held = explored(run, walks(6))
        raced = CreateRace(racer(run)).play(0)
    assert {one.outcome for one in held.values()} == {Outcome.PASSED}
    assert all(one.judged for one in held.values())
    assert raced.exchanges
