"""An update leaves every other session as it was."""

import time
from functools import partial

import pytest

from suites.everruns.conftest import NewSession
from suites.everruns.support.api import Body, LiveSession
from suites.everruns.support.rows import without_volatile
from suites.everruns.support.times import Touches, is_time_of_update, status_stays
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


@pytest.mark.requirement(
    "bystanders.update-leaves-others", "update.updated-at-is-time-of-update", "update.other-members-stay"
)
def test_an_update_leaves_other_sessions_alone(check: Check, new_session: NewSession) -> None:
    started = time.monotonic()
    elder, own, younger = new_session(), new_session(), new_session()
    made = [one.read() for one in (elder, own, younger)]
    before = [arranged(elder), made[-1]]
    touches, looks = Touches(elder), []
    for body in UPDATES:
        touches.around(partial(own.update, body))
        looks.append([one.still(was) for one, was in zip((elder, younger), before, strict=True)])
    last = check.control(own.update(UPDATES[0]), judged_by="update.answers-200")
    took = time.monotonic() - started
    with check.judging("bystanders.update-leaves-others"):
        for number, after in enumerate(looks):
            for seen, was in zip(after, before, strict=True):
                assert without_volatile(seen) == without_volatile(was), f"after update {number + 1}"
        touches.judge(lambda reply: reply.succeeded)
    with check.judging("update.updated-at-is-time-of-update"):
        is_time_of_update(last, took)
    with check.judging("update.other-members-stay"):
        status_stays(made, [elder.read(), own.read()], younger)


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
    for one in pair:
        check.control(one.update({"title": "Twins", "tags": ["twin"]}), judged_by="update.answers-200")
    before = pair[1].read()
    check.control(pair[0].update({"title": "Alone", "tags": ["alone"]}), judged_by="update.answers-200")
    assert without_volatile(pair[1].still(before)) == without_volatile(before)
