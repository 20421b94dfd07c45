"""What `python -m bench load` makes of its loads."""

import re
from argparse import Namespace

import pytest

from bench.commands import load as command
from bench.loading import Course, Pace, pairs, rate_of, share
from tck.errors import KitError

MIB = 1 << 20


def pace(rate, memory=((0.0, 90 * MIB), (30.0, 100 * MIB), (90.0, 110 * MIB)), code=0):
    return Pace(rate, code, memory)


def test_a_rate_is_that_of_requests():
    assert rate_of({"work": {"requests": 3000}, "seconds": 30.0}) == 100


def test_the_share_is_the_median_of_the_pairs():
    assert share([(pace(200), pace(100)), (pace(100), pace(90)), (pace(100), pace(10))]) == 0.5


def test_early_memory_is_that_of_the_first_minute_or_of_a_third_of_less():
    long = pace(1, [(float(at), at * MIB) for at in range(600)])
    assert (long.early, long.late) == (60 * MIB, 599 * MIB)
    assert (pace(1).early, pace(1).late) == (100 * MIB, 110 * MIB)


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ((pace(200), pace(110)), 0),
        ((pace(200), pace(90)), 1),
        ((pace(200), pace(110, [(0.0, 90 * MIB), (30.0, 100 * MIB), (90.0, 130 * MIB)])), 1),
        ((pace(200), pace(110, code=3)), 3),
    ],
)  # fmt: skip
def test_too_slow_growing_or_failing_loads_are_no_success(monkeypatch, capsys, pair, code):
    monkeypatch.setattr(command, "pairs", lambda course: iter([pair]))
    given = Namespace(contract="trigger", users=5, minutes=0.1, pairs=1)
    assert command.main(given) == code
    said = capsys.readouterr().out
    assert f"{pair[1].rate:.0f} judged, 200 raw" in said
    assert "100 MiB early" in said


@pytest.mark.parametrize(
    ("course", "said"),
    [
        (Course("trigger", 5, 0.1, 0), "--pairs takes a whole number from 1 on, not 0."),
        (Course("trigger", 0, 0.1, 1), "the load ended with exit 4 and measured nothing."),
    ],
)  # fmt: skip
def test_a_load_that_cannot_be_is_one_sentence(course, said):
    with pytest.raises(KitError, match=re.escape(said)):
        list(pairs(course))
