"""Which checks catch most for what they cost, by the kept kill matrix, and in which order they tell; pure.

A check is an item of pytest, named by file, function and parameters; what it costs was measured on the
reference. A mutant counts as caught by the checks that failed on it when the matrix was made.
"""

import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_SESSIONS, MOST_REQUESTS = 25, 400
ENOUGH = 0.85
"""The share of the mutants that the chosen checks must catch."""
OVERHEAD = 0.005
"""Seconds that any check takes."""
TOLD_BY_THEN = 0.99
"""The share of the mutants that are caught before generated checks begin."""
Rows = Mapping[str, Collection[str]]
"""By mutant the checks that failed on it."""
Cost = tuple[int, int]
"""Requests and sessions."""


@dataclass(frozen=True)
class Item:
    """One check, with the most that it was seen to cost; `once` is what it needs that is made once a run."""

    name: str
    cost: Cost
    seconds: float
    once: frozenset[str] = frozenset()
    waits: bool = False
    """Whether it comes after all others; such a check is no part of a quick run."""

    @property
    def file(self) -> str:
        """The file, which is among `once`: what its checks share is made by the first of them."""
        return file_of(self.name)

    @property
    def function(self) -> str:
        """The file and the function."""
        return self.name.partition("[")[0]


def file_of(name: str) -> str:
    """The file of a check or function."""
    return name.partition("::")[0]


@dataclass(frozen=True)
class Measured:
    """All handwritten checks of a contract in the order of their files.

    `once` has what is made once a run, by its name; `start` is what a run needs besides its checks.
    """

    items: tuple[Item, ...]
    once: Mapping[str, Cost]
    start: Cost

    def price(self, item: Item, made: Collection[str]) -> Cost:
        """What one more check costs where some of what is made once is there already."""
        return total([item.cost, *(self.once.get(name, (0, 0)) for name in item.once - set(made))])

    def bill(self, items: Iterable[Item]) -> Cost:
        """What a run of these checks costs."""
        chosen = list(items)
        made = frozenset[str]().union(*(item.once for item in chosen))
        return total(
            [self.start, *(item.cost for item in chosen), *(self.once.get(name, (0, 0)) for name in made)]
        )


def total(costs: Iterable[Cost]) -> Cost:
    """All of them together."""
    listed = list(costs)
    return sum(one[0] for one in listed), sum(one[1] for one in listed)


def chosen(measured: Measured, rows: Rows, most: Cost = (MOST_REQUESTS, MOST_SESSIONS)) -> list[str]:
    """A greedy cover: again and again the check that catches most of what is left for its cost."""
    catching = _by_check(rows)
    offered = [item for item in measured.items if not item.waits and item.name in catching]
    left, paid, made, picked = set(rows), measured.start, set[str](), set[Item]()
    while True:
        offers = list[tuple[float, str, Item]]()
        for item in offered:
            requests, sessions = measured.price(item, made)
            if item in picked or paid[0] + requests > most[0] or paid[1] + sessions > most[1]:
                continue
            gain = len(left & catching[item.name])
            if gain:
                share = (requests + 1) / most[0] + sessions / most[1]
                offers.append((gain / share, item.name, item))
        if not offers:
            return [item.name for item in measured.items if item in picked]
        _, _, best = max(offers, key=lambda offer: offer[:2])
        paid = total([paid, measured.price(best, made)])
        made |= best.once
        picked.add(best)
        left -= catching[best.name]


def caught(names: Collection[str], rows: Rows) -> set[str]:
    """The mutants on which one of these checks failed."""
    return {mutant for mutant, failed in rows.items() if not set(names).isdisjoint(failed)}


def order(measured: Measured, rows: Rows, generated: Sequence[str] = ()) -> list[str]:
    """The functions, file by file, as checks of a file share sessions: what catches most for its time first.

    Generated checks, of which no matrix is kept, come before the files that hardly any mutant is left for, so
    that these fill the time in which the last long ones run.
    """
    functions = _by_function(measured.items)
    by_check = _by_check(rows)
    catching = {one: _all_caught(items, by_check) for one, items in functions.items()}
    seconds = {one: sum(item.seconds + OVERHEAD for item in items) for one, items in functions.items()}
    files: dict[str, list[str]] = {}
    for one in functions:
        files.setdefault(file_of(one), []).append(one)
    of_file = {name: set[str]().union(*(catching[one] for one in ones)) for name, ones in files.items()}
    took = {name: sum(seconds[one] for one in ones) for name, ones in files.items()}
    known, placed, drawn = set[str](), list[str](), list(generated)
    for name in _most_telling(of_file, took, known):
        placed += _most_telling({one: catching[one] for one in files[name]}, seconds, known)
        known |= of_file[name]
        if drawn and len(known) >= TOLD_BY_THEN * len(set[str]().union(*of_file.values())):
            placed, drawn = placed + drawn, []
    return placed + drawn


def _most_telling(
    catching: Mapping[str, Collection[str]], seconds: Mapping[str, float], known: Collection[str]
) -> list[str]:
    """Again and again the one that catches most mutants, of those that are left, for the time it takes."""
    left = set[str]().union(*catching.values()) - set(known)
    waiting, placed = sorted(catching), list[str]()
    while waiting:
        best = max(
            waiting,
            key=lambda one: (
                len(left.intersection(catching[one])) / seconds[one],
                len(catching[one]) / seconds[one],
            ),
        )
        waiting.remove(best)
        placed.append(best)
        left -= set(catching[best])
    return placed


def shares_until_first_failure(names: Sequence[str], measured: Measured, rows: Rows) -> list[float]:
    """For each mutant that a handwritten check catches, the share of the time until the first failure."""
    functions, catching = _by_function(measured.items), _by_check(rows)
    spent, first = 0.0, dict[str, float]()
    for one in names:
        for item in functions.get(one, ()):  # of generated checks nothing is known
            spent += item.seconds + OVERHEAD
            for name in catching.get(item.name, ()):
                first.setdefault(name, spent)
    return [time / spent for time in first.values()]


def median_share(names: Sequence[str], measured: Measured, rows: Rows) -> float:
    return statistics.median(shares_until_first_failure(names, measured, rows))


def functions_of(measured: Measured) -> list[str]:
    """The functions in the order of their files."""
    return list(_by_function(measured.items))


def _by_function(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.function, []).append(item)
    return found


def _all_caught(items: Iterable[Item], by_check: Mapping[str, set[str]]) -> set[str]:
    return set[str]().union(*(by_check.get(item.name, ()) for item in items))


def _by_check(rows: Rows) -> Mapping[str, set[str]]:
    """The mutants that each check caught."""
    found = defaultdict[str, set[str]](set)
    for mutant, failed in rows.items():
        for name in failed:
            found[name].add(mutant)
    return dict(found)
