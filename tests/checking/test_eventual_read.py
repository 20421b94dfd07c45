"""Reads of one session: what one proves, and what ten in a row must where reads lag or go back."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tck import waiting
from tck.checking.check import Check
from tck.checking.eventual_read import EventualRead
from tck.errors import Broken
from tck.transport.messages import Call, Reply
from tck.unjudged import NotTested
from tck.values.json_equality import Kind
from tck.values.row import Row, RowShape
from tck.vocabulary import Outcome
from tck.waiting import IN_A_ROW, ReadPatience

SHAPE = RowShape({"tags": Kind.PLAIN, "at": Kind.PLAIN}, volatile=frozenset({"at"}))
OLD, NEW = ["old"], ["new"]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "VISIBLE_WITHIN", 0.05)
    monkeypatch.setattr(waiting, "PAUSE", 0.001)


def reply(tags: list[str] | None, at: int = 0) -> Reply:
    """What a read shows; None is a session that is not found."""
    status, body = (404, b"{}") if tags is None else (200, f'{{"tags": ["{tags[0]}"], "at": {at}}}'.encode())
    return Reply(Call("", "GET", "/"), "main-1", status, (), body, SHAPE)


class Replica:
    """Reads that show these tags in turn, and the last ones for ever; `count` is how often they were asked."""

    def __init__(self, *tags: list[str] | None) -> None:
        self.left, self.count = list(tags), 0

    def __call__(self) -> Reply:
        self.count += 1
        return reply(self.left.pop(0) if len(self.left) > 1 else self.left[0], self.count)


def reading(check: Check, *replicas: Callable[[], Reply], lag: float = 0.0, probes: int = 0) -> EventualRead:
    patience = ReadPatience(lag=lag, probes=probes)
    return EventualRead(replicas, check, "nobody judges", "a.at-once", "a.steady", patience)


@pytest.fixture
def check() -> Check:
    return Check("a check", ())


def shows(tags: list[str]) -> Callable[[Row], bool]:
    return lambda row: bool(row["tags"] == tags)


def failed(check: Check) -> Sequence[Any]:
    return [found.requirement for found in check.findings if found.outcome is Outcome.FAILED]


def test_where_reads_do_not_lag_one_read_proves_that_something_changed(check):
    first, second = Replica(NEW), Replica(NEW)
    assert reading(check, first, second).until(shows(NEW))["tags"] == NEW
    assert (first.count, second.count, failed(check)) == (1, 0, [])


def test_where_reads_do_not_lag_one_read_proves_that_nothing_changed(check):
    first, second = Replica(OLD), Replica(OLD)
    assert reading(check, first, second).still(shows(OLD))["tags"] == OLD
    assert (first.count, second.count) == (1, 0)


def test_a_process_finds_out_by_ten_reads_of_each_address_whether_reads_go_back(check):
    every_other = Replica(NEW, OLD, NEW, OLD, NEW)
    read = reading(check, every_other, probes=1)
    assert read.until(shows(NEW))["tags"] == NEW
    assert read.patience.lag > 0
    assert failed(check) == ["a.steady"]


def test_a_write_that_shows_late_is_seen_by_ten_reads_of_each_address(check):
    first, second = Replica(OLD, NEW), Replica(OLD, OLD, NEW)
    assert reading(check, first, second).until(shows(NEW))["tags"] == NEW
    assert min(first.count, second.count) >= IN_A_ROW
    assert "a.at-once" in failed(check)


def test_a_write_that_one_of_two_addresses_never_shows_is_not_seen(check):
    assert reading(check, Replica(OLD, NEW), Replica(OLD)).until(shows(NEW))["tags"] == OLD


def test_what_looks_changed_for_a_moment_has_not_changed(check):
    assert reading(check, Replica(NEW, OLD)).still(shows(OLD))["tags"] == OLD


def test_a_change_that_stays_on_one_of_two_replicas_is_one(check):
    turn = iter([OLD, NEW] * 2000)
    read = reading(check, lambda: reply(next(turn)), lag=0.001)
    assert read.still(shows(OLD))["tags"] == NEW
    assert failed(check) == ["a.steady"]


def test_where_reads_lag_a_row_is_the_one_that_reads_agree_on(check):
    assert reading(check, Replica(None, OLD, NEW), Replica(None, NEW), lag=0.001).now()["tags"] == NEW


def test_an_address_that_was_never_found_is_left_to_its_own_checks(check):
    assert reading(check, Replica(OLD, NEW), Replica(None)).until(shows(NEW))["tags"] == NEW


def test_a_session_that_is_never_found_is_not_tested(check):
    for lag in (0.0, 0.001):
        with pytest.raises(NotTested, match="a read answered 404, which nobody judges"):
            reading(check, Replica(None), lag=lag).now()


def test_a_session_that_is_lost_is_broken(check):
    read = reading(check, Replica(OLD, None))
    assert read.now()["tags"] == OLD
    with pytest.raises(Broken, match="can no longer be read"):
        read.now()
