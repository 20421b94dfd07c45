"""tck.randomized.fuzzing.shrinking: a failing value gets smaller, within a number of looks."""

from typing import Any

from tck.randomized.fuzzing.shrinking import reduced, smaller


def test_only_what_matters_is_left() -> None:
    value = {"a": 1, "b": {"c": ["x", "yy", "needle in it"], "d": None}}
    assert reduced(value, lambda one: "needle" in str(one), 200) == {"b": {"c": ["needle"]}}


def test_a_text_shrinks_to_its_shortest_length() -> None:
    assert reduced("ü" * 300, lambda text: len(text) > 256, 200) == "a" * 257


def test_no_more_looks_than_allowed() -> None:
    looks: list[Any] = []

    def shows(value: Any) -> bool:
        looks.append(value)
        return False

    reduced(list(range(100)), shows, 5)
    assert len(looks) == 5


def test_a_value_that_cannot_be_made_smaller_stays() -> None:
    assert list(smaller({})) == list(smaller(None)) == list(smaller(True)) == []
    assert reduced({"a": True}, lambda value: "a" in value, 50) == {"a": True}


def test_numbers_become_small_ones() -> None:
    assert reduced({"n": 123456}, lambda value: value.get("n", 0) > 0, 50) == {"n": 1}
