"""A planted violation is found, and told as small as it can be; a legal overlapping history is not one."""

from random import Random

import pytest

from tck.randomized.races import linearizability
from tck.randomized.races.history import Event, with_earlier_tries
from tck.randomized.races.linearizability import MOST_PLACES, TooManyPlaces, explained, unexplained_part
from tests.support.histories import Register, get, put, told


@pytest.mark.parametrize("last", ["1", "2"])
def test_either_of_two_overlapping_writes_may_be_the_last(last: str) -> None:
    assert told(put("1", 0, 10), put("2", 1, 9), get(last, 11, 12)) == []


def test_reads_among_writes_may_see_each_in_turn() -> None:
    assert told(put("1", 0, 10), put("2", 0, 10), get("0", 1, 2), get("2", 3, 4), get("1", 5, 6)) == []


def test_an_old_value_after_a_newer_one_has_no_order() -> None:
    part = told(put("1", 0, 1), put("2", 2, 3), get("1", 4, 5))
    assert part == ["put 1 1", "put 2 2", "get 1"]


def test_values_cannot_come_back() -> None:
    assert told(put("1", 0, 10), get("1", 1, 2), get("0", 3, 4)) == ["get 1", "get 0"]


def test_a_value_that_nobody_wrote_is_a_part_of_its_own() -> None:
    assert told(put("1", 0, 10), put("2", 0, 10), get("9", 1, 2), get("1", 11, 12)) == ["get 9"]


def test_what_has_nothing_to_do_with_it_is_left_out() -> None:
    beside = [put(str(number), number, number + 2.5) for number in range(20, 30)]
    part = told(*beside, put("1", 40, 41), put("2", 42, 43), get("1", 44, 45), get("2", 46, 47))
    assert part == ["put 1 1", "put 2 2", "get 1"]


def test_a_lost_write_may_take_effect_late_or_never() -> None:
    assert told(put("1", 0), get("0", 1, 2), get("1", 3, 4)) == []
    assert told(put("1", 0), get("0", 1, 2), get("0", 3, 4)) == []
    assert told(put("1", 0), get("1", 1, 2), get("0", 3, 4)) == ["get 1", "get 0"]


def test_a_lost_write_has_no_effect_before_it_was_sent() -> None:
    assert told(get("1", 0, 1), put("1", 2)) == ["get 1"]


def test_a_write_that_was_tried_twice_may_take_effect_twice() -> None:
    twice = [put("1", 0, 9, doubtful=True), put("2", 3, 4), get("1", 1, 2), get("2", 5, 6), get("1", 7, 8)]
    assert told(*twice) != []
    assert told(*with_earlier_tries(twice)) == []


def test_a_read_may_be_as_old_as_it_is_allowed_to_be() -> None:
    writes = [put("1", 0, 1), put("2", 2, 3)]
    assert told(*writes, get("1", 4, 5)) != []
    assert told(*writes, get("1", 4, 5).began_earlier(2)) == []
    assert told(*writes, get("0", 4, 5).began_earlier(2)) != []


def test_every_answer_of_the_part_is_needed() -> None:
    events = [
        put("1", 0, 4),
        put("2", 1, 5),
        get("1", 6, 7),
        get("2", 8, 9),
        get("1", 10, 11),
        put("3", 0, 20),
    ]
    part = unexplained_part(events, "0", Register())
    assert part
    for one in part:
        rest = [event.forgotten() if event is one or event not in part else event for event in events]
        assert explained(rest, "0", Register(), MOST_PLACES)


@pytest.mark.parametrize("seed", range(60))
def test_what_a_register_answers_always_has_an_order(seed: int) -> None:
    assert unexplained_part(history(Random(seed)), "0", Register()) == []


@pytest.mark.parametrize("seed", range(60))
def test_one_answer_changed_to_a_future_value_is_found(seed: int) -> None:
    events = history(Random(seed))
    read = next(number for number, event in enumerate(events) if event.call == "get")
    planted = get("never", events[read].started, events[read].ended)
    part = unexplained_part([*events[:read], planted, *events[read + 1 :]], "0", Register())
    assert part == [planted]


def history(draw: Random) -> list[Event[str]]:
    """Calls of a register that takes them one by one, each between a random start and end."""
    state, events = "0", [get("0", -2, -1)]
    for instant in range(24):
        start, end = instant - draw.random() * 4, instant + draw.random() * 4
        if draw.random() < 0.5:
            state = str(instant)
            events.append(put(state, start, end))
        else:
            events.append(get(state, start, end))
    return events


def test_a_search_that_is_given_up_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linearizability, "MOST_PLACES", 1)
    events = [put("1", 0, 10), put("2", 0, 10), put("3", 0, 10), get("9", 11, 12)]
    with pytest.raises(TooManyPlaces):
        explained(events, "0", Register(), 1)
    assert unexplained_part(events, "0", Register()) == []


def test_a_story_that_cannot_be_shortened_is_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linearizability, "TELLING_PLACES", 1)
    events = [put("1", 0, 10), put("2", 0, 10), put("3", 0, 10), get("9", 11, 12)]
    assert unexplained_part(events, "0", Register()) == events
