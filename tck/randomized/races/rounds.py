"""Rounds of concurrent calls: playing them, and playing one that fails again on fresh sessions."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tck.errors import Indeterminate
from tck.randomized.tally import REPLAYS, Tally
from tck.results.outcomes import Finding
from tck.unjudged import Unjudged

MOST_FAILED_ROUNDS = 3
FEW_ROUNDS = 3
"""Rounds after which a target that asks for patience is left in peace."""
NO_ROOM = "--max-sessions leaves too few sessions for a race round"
NEVER_TOGETHER = "no two calls were under way at the same time; a higher --rate-limit lets them"


@dataclass(frozen=True)
class RoundResult:
    """What one round showed: requirements that it broke and kept, and why it may say less than it should."""

    broken: tuple[Finding, ...]
    held: tuple[str, ...]
    lost: str = ""
    together: bool = True
    strained: bool = False
    """The target asked for patience."""
    exchanges: tuple[str, ...] = ()
    """Those of all its calls."""


Play = Callable[[int], RoundResult]


def play_rounds(rounds: int, play: Play, tally: Tally, replay: str = "") -> int:
    """Play so many rounds, settle the tally, and return how many were played.

    `replay` is the option that draws the same rounds again. A target that asks for patience is left in peace
    early.
    """
    tally.check.weighs_doubt = True
    together = False
    failures = played = 0
    try:
        for number in range(rounds):
            one = _played(number, play)
            played += 1
            together = together or one.together
            failures += bool(one.broken)
            _tell(one, number, play, tally, f"round {number + 1}" + (f" of {replay}" if replay else ""))
            if failures == MOST_FAILED_ROUNDS or (one.strained and played >= FEW_ROUNDS):
                break
    except Unjudged as reason:
        tally.stops(str(reason))
    if not rounds:
        tally.stops(NO_ROOM)
    elif played and not together:
        tally.stops(NEVER_TOGETHER)
    tally.settle(max(played, 1))
    return played


def _played(number: int, play: Play) -> RoundResult:
    try:
        return play(number)
    except Indeterminate as weather:
        return RoundResult((), (), str(weather), strained=True)


def _tell(one: RoundResult, number: int, play: Play, tally: Tally, name: str) -> None:
    for requirement in one.held:
        tally.holds(requirement, exchanges=one.exchanges)
    if one.lost:
        tally.loses(one.lost)
    news = [found for found in one.broken if found.requirement not in tally.broken]
    if not news:
        return
    again = [_again(number, play) for _ in range(REPLAYS)]
    for found in news:
        seen = 1 + sum(found.requirement in names for names in again)
        said = f"{found.reason} (seen {seen} of {1 + REPLAYS}, {name})"
        tally.breaks(replace(found, reason=said))


def _again(number: int, play: Play) -> set[str]:
    try:
        return {found.requirement for found in _played(number, play).broken}
    except Unjudged:
        return set()
