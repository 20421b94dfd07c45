"""How many users there are in the course of a load."""

import pytest

from tck.load.shape import Shape, users_at


@pytest.mark.parametrize("elapsed", [0, 30, 60])
def test_a_steady_load_has_all_users_from_the_first(elapsed):
    assert users_at(Shape.STEADY, 200, elapsed, 60) == 200


def test_a_ramp_grows_by_even_steps_to_all_users():
    numbers = [users_at(Shape.RAMP, 200, second, 60) for second in range(61)]
    assert numbers == sorted(numbers)
    assert numbers[0] == 10
    assert numbers[-1] == 200


def test_a_ramp_of_few_users_begins_with_one():
    assert users_at(Shape.RAMP, 2, 0, 60) == 1


@pytest.mark.parametrize(("elapsed", "number"), [(0, 20), (19, 20), (20, 200), (39, 200), (40, 20), (60, 20)])
def test_a_spike_has_all_users_in_the_middle_third_and_a_tenth_around_it(elapsed, number):
    assert users_at(Shape.SPIKE, 200, elapsed, 60) == number
