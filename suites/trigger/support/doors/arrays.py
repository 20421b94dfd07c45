"""The arrays of spec/trigger/doors.yaml: combinations in which each pair of values occurs."""

from collections.abc import Mapping
from functools import cache

from tck.checking import Combination, load_doors, words_of

__all__ = ["Combination", "combinations", "words_of"]


@cache
def combinations(name: str) -> tuple[Combination, ...]:
    """The rows of one array, in the order of the file."""
    return _every()[name]


@cache
def _every() -> Mapping[str, tuple[Combination, ...]]:
    return load_doors("trigger").arrays
