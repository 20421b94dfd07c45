"""A real failure end to end: found, told as a short numbered story with its curl lines, without secrets."""

import re
from pathlib import Path

from mutants.trigger.randomized.lifecycle import CloseClearsMetadataAfterUpdateByExternalId
from mutants.trigger.randomized.races_create import RacingCreatesAreAllNew
from mutants.trigger.randomized.races_write import RacingUpdateReopens
from reference.trigger import TriggerReference
from suites.trigger.randomized.model import Action, Ask
from suites.trigger.randomized.race_rounds import CloseAndUpdateRace, CreateRace, MixedRace
from suites.trigger.randomized.racer import Lane, Racer, update
from tck.randomized.races.history import Event
from tck.randomized.races.racer import flat
from tck.results.outcomes import Finding
from tck.vocabulary import Outcome
from tests.support.lifecycle_harness import LIFECYCLE, explored, kit_on, racer, walks


def test_the_reference_breaks_nothing(tmp_path: Path) -> None:
    with kit_on(TriggerReference, tmp_path) as run:
        found = explored(run, walks(4))
    assert {name: one.outcome for name, one in found.items()} == dict.fromkeys(LIFECYCLE, Outcome.PASSED)


def test_a_state_dependent_fault_becomes_a_short_story(tmp_path: Path) -> None:
    with kit_on(CloseClearsMetadataAfterUpdateByExternalId, tmp_path) as run:
        finding = explored(run, walks(12))["lifecycle.model-close"]
        secrets = run.target.credentials.values()
    assert finding.outcome is Outcome.FAILED
    calls = [line for line in finding.story if re.match(r"\d+\. (create|update|close|retrieve) ", line)]
    curls = [line for line in finding.story if re.match(r"\d+\. curl ", line)]
    assert [line.split()[1] for line in calls] == ["create", "update", "close"]
    assert len(curls) == len(calls) == len(finding.exchanges)
    assert "by externalId" in calls[1]
    assert any("wrong: metadata is null, not " in line for line in finding.story)
    assert '"authorization: Bearer $TRIGGER_SECRET_KEY"' in curls[0]
    assert not any(secret in line for secret in secrets for line in finding.story)
    assert "seen 3 of 3" in finding.reason


def test_a_race_is_told_as_a_timeline_of_the_calls_that_prove_it(tmp_path: Path) -> None:
    with kit_on(RacingCreatesAreAllNew, tmp_path) as run:
        found = one_that_breaks("races.one-create-is-not-cached", CreateRace(racer(run)))
    assert re.match(r"\d creates with one externalId answered isCached false", found.reason)
    assert all(
        re.match(r"\d\. connection \d, from [\d.]+ to [\d.]+ ms, create ", line) for line in found.story[:2]
    )


def test_the_smallest_unexplained_part_of_a_race_is_told(tmp_path: Path) -> None:
    with kit_on(RacingUpdateReopens, tmp_path) as run:
        found = one_that_breaks("races.replies-have-one-order", CloseAndUpdateRace(racer(run)), calls=4)
    asked = calls_in(found)
    assert re.match(
        r"no order of these \d calls explains their answers, whatever the other \d+ calls", found.reason
    )
    assert any("close" in line for line in asked)


def one_that_breaks(requirement: str, race: CreateRace | CloseAndUpdateRace, calls: int = 99) -> Finding:
    """A finding of the first of some rounds in which the race is met, and so many calls at most prove it."""
    rounds = (race.play(number) for number in range(20))
    broken = (one for played in rounds for one in played.broken if one.requirement == requirement)
    return next(one for one in broken if len(calls_in(one)) <= calls)


def calls_in(found: Finding) -> list[str]:
    """The lines of a story that each show a call."""
    return [line for line in found.story if "connection" in line]


def test_a_violation_planted_in_a_recorded_history_is_found(tmp_path: Path) -> None:
    with kit_on(TriggerReference, tmp_path) as run:
        histories = [recorded(racer(run), number) for number in range(3)]
        judge = racer(run).checker
        for events in histories:
            assert judge.judged(events, None) == []
            planted = [*events[:-1], swapped(events)]
            assert [one.requirement for one in judge.judged(planted, None)] == [
                "races.replies-show-own-session", "races.replies-have-one-order", "races.outcomes-have-an-order",
            ]  # fmt: skip


def recorded(one: Racer, number: int) -> list[Event[Ask]]:
    """A mixed round on the reference, and an update after it."""
    name = one.run.new_name()
    drawn = MixedRace(one, "planted")
    made = one.alone(one.create_ask(name, metadata={"first": True}), name)
    lanes = [
        Lane(name, (update(tags=[f"{number}.{lane}"]), update(metadata={"lane": lane}))) for lane in range(6)
    ]
    assert drawn.racer is one
    return [made, *flat(one.race(lanes)), one.alone(update(tags=["last"]), name)]


def swapped(events: list[Event[Ask]]) -> Event[Ask]:
    """The last update, as if it had been answered with the row that the create made."""
    first = next(event for event in events if event.call.action is Action.CREATE)
    last = events[-1]
    return Event(last.connection, last.call, first.reply, last.started, last.ended)
