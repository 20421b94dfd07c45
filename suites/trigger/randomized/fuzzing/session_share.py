"""How the sessions that fuzzing may make are shared among the four operations."""

from collections.abc import Mapping

from tck.run import Run

WANTED: Mapping[str, int] = {"create": 75, "retrieve": 2, "update": 3, "close": 20}
LEAST: Mapping[str, int] = {"create": 5, "retrieve": 2, "update": 3, "close": 5}


def granted(run: Run, operation: str) -> tuple[int, int]:
    """The sessions that fuzzing this operation may make, and how many it would like to make."""
    wanted, least = sum(WANTED.values()), sum(LEAST.values())
    part = run.allowance.sessions("fuzz", wanted)
    more = (WANTED[operation] - LEAST[operation]) * max(0, part - least) // (wanted - least)
    return LEAST[operation] + more, WANTED[operation]
