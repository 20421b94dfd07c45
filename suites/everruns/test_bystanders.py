"""An update leaves every other session as it was."""

import pytest

from suites.everruns.conftest import NewSession
from suites.everruns.support.api import Body, LiveSession
from suites.everruns.support.rows import without_volatile
from suites.everruns.support.update import arranged
from tck.checking import Check

UPDATES: tuple[Body, ...] = (
    {"title": "Mine", "tags": ["mine"]},
    {"title": "Mine alone"},
    {"tags": []},
    {"tags": ["mine", "again"]},
    {},
    {"title": 5, "tags": "wrong"},
)


@pytest.mark.requirement("bystanders.update-leaves-others")
def test_an_update_leaves_other_sessions_alone(check: Check, new_session: NewSession) -> None:
    elder, own, younger = new_session(), new_session(), new_session()
    before = [arranged(elder), younger.read()]
    for number, body in enumerate(UPDATES):
        own.update(body)
        after = [one.still(was) for one, was in zip((elder, younger), before, strict=True)]
        for seen, was in zip(after, before, strict=True):
            assert without_volatile(seen) == without_volatile(was), f"after update {number + 1}"
    check.control(own.update(UPDATES[0]), judged_by="update.answers-200")


@pytest.mark.requirement("bystanders.update-leaves-others")
def test_sessions_updated_in_turn_keep_their_own(check: Check, new_session: NewSession) -> None:
    pair: tuple[LiveSession, ...] = (new_session(), new_session())
    for turn in range(3):
        for one, other in (pair, pair[::-1]):
            before = arranged(other)
            check.control(
                one.update({"title": f"Turn {turn}", "tags": ["turn"]}), judged_by="update.answers-200"
            )
            assert without_volatile(other.still(before)) == without_volatile(before)
