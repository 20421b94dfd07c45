"""Makes a JSON value that shows a failure smaller, as long as it still shows it."""

from collections.abc import Callable, Iterator
from typing import Any


def smaller(value: Any) -> Iterator[Any]:
    """Simpler values, the boldest cut first."""
    if isinstance(value, dict):
        yield from ({k: v for k, v in value.items() if k != name} for name in value)
        yield from ({**value, name: simpler} for name, item in value.items() for simpler in smaller(item))
    elif isinstance(value, list):
        yield from _shorter(value, [])
        yield from (
            [*value[:at], simpler, *value[at + 1 :]]
            for at, item in enumerate(value)
            for simpler in smaller(item)
        )
    elif isinstance(value, str):
        yield from ([] if set(value) <= {"a"} else ["a" * len(value)])
        yield from _shorter(value, "")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (
            simple for simple in (0, 1, int(value) if abs(value) < 2**53 else 2**53) if simple != value
        )


def reduced(value: Any, shows: Callable[[Any], bool], tries: int) -> Any:
    """The smallest value found that still `shows` what the first one did, in at most this many looks."""
    while True:
        for simpler in smaller(value):
            if tries <= 0:
                return value
            tries -= 1
            if shows(simpler):
                value = simpler
                break
        else:
            return value


def _shorter(value: Any, empty: Any) -> Iterator[Any]:
    """Nothing, then half of it from either end, then ever less cut off its end."""
    size = len(value)
    if size > 1:
        yield empty
        yield value[size // 2 :]
    cut = (size + 1) // 2
    while cut:
        yield value[: size - cut]
        cut //= 2
