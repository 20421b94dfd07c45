"""Refused creates share one externalId; the one that leaves a session is named by what was sent."""

import json
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest

from suites.trigger.support.bodies import Bodies
from suites.trigger.support.create import Creates, UnusedName
from tck.checking import Broken, Check, NotTested
from tck.waiting import ReadPatience
from tests.support.fabricated import MADE, reply

FAULTS = {f"tags {number}": {"tags": number} for number in (1, 2, 3)}
WRITTEN = {"an array": lambda name: json.dumps([{"externalId": name}]).encode()}


@dataclass
class Target:
    """Refuses what it does not take; `leaves` leave a session, `late` is one that is found from then on."""

    takes: tuple[Any, ...] = ()
    leaves: tuple[Any, ...] = ()
    late: int = 0
    status: int = 422
    sent: list[tuple[str, Any]] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    there: set[str] = field(default_factory=set)

    def create(self, raw):
        body = json.loads(raw)
        body = body if isinstance(body, dict) else body[0]
        name, tags = body["externalId"], body.get("tags")
        self.sent.append((name, tags))
        if name in self.there or tags in self.takes:
            return reply("createSession", 200, {**MADE, "isCached": name in self.there})
        if tags in self.leaves or len(self.sent) == self.late:
            self.there.add(name)
        return reply("createSession", self.status, {"error": "no"})

    def retrieve(self, name):
        self.looks.append(name)
        return reply("retrieveSession", 200 if name in self.there else 404, MADE)


def creates(target, lag=0.0):
    names = map("name-{}".format, count(1))
    run = SimpleNamespace(new_name=names.__next__, patience=ReadPatience(lag=lag))
    known = cast("Any", run)
    return Creates(known, Check("check", ()), cast("Any", target), Bodies(known), UnusedName(known))


def test_refused_creates_are_sent_with_one_name_and_looked_at_once():
    target = Target()
    asked = creates(target)
    asked.all_refused(FAULTS)
    asked.all_refused(WRITTEN)
    assert target.sent == [("name-1", 1), ("name-1", 2), ("name-1", 3), ("name-1", None)]
    assert target.looks == ["name-1", "name-1"]


def test_where_reads_lag_the_next_check_has_a_name_of_its_own():
    target = Target()
    asked = creates(target, lag=0.2)
    asked.all_refused(FAULTS)
    asked.all_refused(WRITTEN)
    assert target.looks == ["name-1", "name-2"]


def test_a_create_that_is_taken_is_named():
    target = Target(takes=(3,))
    asked = creates(target)
    with pytest.raises(Broken, match=r"^a create with tags 3 was not refused as it must be$"):
        asked.all_refused(FAULTS)
    asked.all_refused(WRITTEN)
    assert target.looks == ["name-2"]


@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_create_that_left_a_session_is_named(place):
    target = Target(leaves=(place,))
    with pytest.raises(Broken, match=rf"^a refused create with tags {place} left a session$"):
        creates(target).all_refused(FAULTS)


@pytest.mark.parametrize("place", [1, 3])
def test_what_none_of_them_leaves_again_is_not_tested(place):
    with pytest.raises(NotTested, match="left a session some time later") as signal:
        creates(Target(late=place)).all_refused(FAULTS)
    assert signal.value.left_to == ("create.refusal-is-repeated-and-makes-nothing",)


def test_a_bad_body_may_be_refused_as_a_conflict():
    asked = creates(Target(status=409))
    asked.all_refused(FAULTS)
    [deviation] = asked.check.findings
    assert deviation.requirement == "create.invalid-body-answers-422"
