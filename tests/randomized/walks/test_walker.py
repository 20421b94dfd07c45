"""What a walk blames a server for, and what it leaves to other checks."""

import re
from pathlib import Path

from mutants.trigger.latitudes.replicas import CachedCreatesLag
from mutants.trigger.randomized.lifecycle import CachedCreateShowsFirstTags
from mutants.trigger.replies.form import TimesLackTheZone
from reference.application import Json
from reference.trigger import Row, TriggerReference
from suites.trigger.randomized.model import Action, Ask
from suites.trigger.randomized.walk_machine import Step, create_step
from suites.trigger.randomized.walker import Walker
from tck.checking.check import Check
from tck.randomized import packed
from tck.randomized.walks.explore import Violation
from tck.vocabulary import Outcome
from tck.waiting import pause
from tests.support.lifecycle_harness import LIFECYCLE, explored, kit_on, walks


class UpdatedAtRunsBackwards(TriggerReference):
    """updatedAt is before createdAt, and ten thousand times as long as it should be after it."""

    def shown_updated_at(self, row: Row) -> Json:
        return self.shown_instant(row.created_at - 10_000 * (row.updated_at - row.created_at))


def test_times_that_cannot_be_read_are_left_to_the_monitors(tmp_path: Path) -> None:
    with kit_on(TimesLackTheZone, tmp_path) as run:
        found = explored(run, walks(4))
    failed = {name: one.reason for name, one in found.items() if one.outcome is not Outcome.PASSED}
    assert found.keys() == set(LIFECYCLE)
    assert failed.keys() == {"lifecycle.model-create"}
    assert "expiresAt is " in failed["lifecycle.model-create"]  # it is not shown as it was sent


def test_a_change_that_is_earlier_than_the_one_before_it_is_a_failure(tmp_path: Path) -> None:
    with kit_on(UpdatedAtRunsBackwards, tmp_path) as run:
        found = explored(run, walks(4))
    assert found["lifecycle.model-update"].outcome is Outcome.FAILED
    assert re.search(r"call \d+: updatedAt is ", found["lifecycle.model-update"].reason)


CREATE = create_step("A", {"type": "chat.agent", "triggerConfig": {"basePayload": {}}})
CHANGE = Step("A", Ask(Action.UPDATE, body=packed({"tags": ["red"]})))


def violation_on(server: type[TriggerReference], folder: Path) -> Violation | None:
    """What a walk that makes, changes and finds a session sees; its replicas have the session as it was made."""
    with kit_on(server, folder) as run:
        walker = Walker(run, Check("test_it", LIFECYCLE))
        walker.go([CREATE])
        pause(1.5 * CachedCreatesLag.LAG)
        return walker.go([CHANGE, CREATE]).violation


def test_a_create_that_finds_its_session_may_read_as_late_as_a_retrieve(tmp_path: Path) -> None:
    assert violation_on(CachedCreatesLag, tmp_path) is None


def test_a_create_that_never_shows_the_update_is_a_failure(tmp_path: Path) -> None:
    found = violation_on(CachedCreateShowsFirstTags, tmp_path)
    assert found is not None
    assert found.requirement == "lifecycle.model-create"
