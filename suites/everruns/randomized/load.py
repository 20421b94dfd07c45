"""What this contract brings for load: updates and reads of a session, by one user or by several at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from suites.everruns.randomized.model import (
    Action,
    Ask,
    Model,
    Session,
    answered,
    asked,
    send,
    state_of,
    update,
)
from suites.everruns.randomized.races import LOOK, RULES
from suites.everruns.randomized.walks import NAMES, Step, Walker
from suites.everruns.support.api import LiveSession, Sessions
from suites.everruns.support.monitors import ReplyMonitor
from tck.checking import Check
from tck.load.plan import LoadPlan
from tck.randomized import Racer
from tck.run import Run

CALLS = range(6, 18)
"""How many calls a session gets."""


def watch(run: Run) -> None:
    """Have every reply judged, as the checks of the suite do."""
    run.monitors.append(ReplyMonitor(run.api, run.target.credentials))


def life(draw: Random, mark: str) -> Sequence[Step]:
    """The calls of one life; every value that is written stands nowhere else."""
    calls = [_call(draw, f"{mark}-{number}") for number in range(draw.choice(CALLS))]
    return [Step(NAMES[0], one) for one in (*calls, LOOK)]


def _call(draw: Random, mark: str) -> Ask:
    kinds = {
        update(title=mark): 3,
        update(tags=[mark, "grün"]): 3,
        update(title=f"Ä {mark}", tags=[mark]): 2,
        update(tags=[]): 1,
        LOOK: 5,
        Ask(Action.MISS, update(title=mark).body): 1,
    }
    return draw.choices([*kinds], [*kinds.values()])[0]


@dataclass(frozen=True)
class SharedSession:
    """A session that several users call at the same time."""

    racer: Racer[Session, Ask]
    addresses: tuple[str, ...]
    initial: Session
    earlier: tuple[Session, ...] = ()

    def joined(self, run: Run, check: Check) -> Racer[Session, Ask]:
        """What sends the calls of a user who joins."""
        return _racer(run, check)

    def drawn(self, draw: Random, mark: str) -> Ask:
        """An update or a read."""
        kinds: dict[Ask, int] = {
            update(title=mark): 3, update(tags=[mark]): 3, update(title=mark, tags=[mark, "both"]): 2, LOOK: 4
        }  # fmt: skip
        return draw.choices([*kinds], [*kinds.values()])[0]


def shared(run: Run, check: Check) -> SharedSession:
    """A session for several users."""
    sessions = Sessions(run, check, run.authorization("key"))
    live = LiveSession(str(sessions.create()["id"].value), sessions)
    return SharedSession(_racer(run, check), (live.id,), state_of(live.read()))


def _racer(run: Run, check: Check) -> Racer[Session, Ask]:
    sessions: Any = Sessions(run, check, run.authorization("key"))
    return Racer(run, check, Model(), partial(send, sessions), LOOK, asked, answered, RULES)


LOAD = LoadPlan(watch=watch, life=life, walker=Walker, share=shared)
