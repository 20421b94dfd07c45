"""Mutants that one server has all at once: none of them breaks what another must be caught by."""

from collections.abc import Collection, Mapping, Sequence

from mutants.catalogue import Mutant, changed, gathered

MOST_TOGETHER = 8
"""Mutants of one server, so that few keep each other's checks from being run."""
NARROW = 9
"""Requirements that may fail on one of them; the check of another often needs what a wider one breaks."""


def together(
    mutants: Sequence[Mutant], rows: Mapping[str, Collection[str]], groups: Mapping[str, str]
) -> list[list[Mutant]]:
    """The mutants, those that go together in one list.

    `rows` are the requirements that fail on each alone, as they were kept; one without a row stays alone.
    `groups` are the groups of requirements, whose mutants do not mix.
    """

    def clash(one: Mutant, other: Mutant) -> bool:
        return groups[one.name] != groups[other.name] or not _apart(one, other, rows)

    return gathered(mutants, MOST_TOGETHER, clash)


def _apart(one: Mutant, other: Mutant, rows: Mapping[str, Collection[str]]) -> bool:
    """Whether each leaves alone what the other changes, and what it is caught by."""
    failing, others = rows.get(one.name, ()), rows.get(other.name, ())
    narrow = 0 < len(failing) <= NARROW and 0 < len(others) <= NARROW
    blind = other.caught_by not in failing and one.caught_by not in others
    return narrow and blind and not changed(one.server) & changed(other.server)
