"""What this contract brings for load: lives of sessions, and sessions that several users call at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from suites.trigger.randomized.load_groups import channel_life, list_life
from suites.trigger.randomized.made_sessions import MadeMonitor
from suites.trigger.randomized.model import Action, Ask, Bearer, State
from suites.trigger.randomized.racer import LOOK, Racer, close, update
from suites.trigger.randomized.walk_machine import DEADLINE, OTHER, OWN, Step, create_step
from suites.trigger.randomized.walker import Walker
from suites.trigger.support.replies.group_replies import CHANNELS, LIST, GroupMonitor
from suites.trigger.support.replies.monitors import ReplyMonitor
from tck.checking import Check
from tck.load.plan import LoadPlan
from tck.randomized import packed
from tck.run import Run

SESSION = "A"
"""The one session of a life, by its own name."""
CONFIGS: Sequence[dict[str, Any]] = (
    {"basePayload": {}},
    {"basePayload": {"chatId": "c"}, "maxAttempts": 3},
    {"basePayload": {"n": [1]}},
)
OPEN_CALLS, CLOSED_CALLS = range(4, 13), range(1, 5)
"""How many calls a session gets while it is open, and once it is closed."""
FIRST = ".0"
"""How the mark of a user's first call on a shared session ends."""
Drawn = Callable[[], Step]


def watch(run: Run) -> None:
    """Have every reply judged, as the checks of the suites do."""
    task = run.options.own["task_identifier"]
    run.monitors += [ReplyMonitor(run.api, run.target.credentials, task), MadeMonitor(run)]
    for group in (LIST, CHANNELS):
        run.group_monitors[group] = [GroupMonitor(group, run.target.credentials)]


@dataclass
class Life:
    """Makes up the calls of one life; every value that is written stands nowhere else."""

    draw: Random
    mark: str
    written: int = 0

    def steps(self) -> list[Step]:
        """The whole life: made, used, closed, and looked at again."""
        opened = [self._drawn(self._while_open()) for _ in range(self.draw.choice(OPEN_CALLS))]
        closed = [self._drawn(self._once_closed()) for _ in range(self.draw.choice(CLOSED_CALLS))]
        return [self._create(), *opened, self._close(), *closed, self._retrieve()]

    def _drawn(self, kinds: dict[Drawn, int]) -> Step:
        return self.draw.choices([*kinds], [*kinds.values()])[0]()

    def _while_open(self) -> dict[Drawn, int]:
        return {
            self._retrieve: 6, self._by_token: 2, self._create: 2, self._tag: 3, self._describe: 3,
            self._change: 2, self._rename: 1, self._overstep: 1,
        }  # fmt: skip

    def _once_closed(self) -> dict[Drawn, int]:
        return {self._retrieve: 4, self._close: 3, self._create: 1, self._tag: 1, self._by_token: 1}

    def _new(self) -> str:
        self.written += 1
        return f"{self.mark}-{self.written}"

    def _by_id(self) -> bool:
        return self.draw.random() < 0.5

    def _create(self) -> Step:
        further: dict[str, Any] = {}
        if self.draw.random() < 0.7:
            further["tags"] = [self._new(), "grün"]
        if self.draw.random() < 0.7:
            further["metadata"] = {"by": self._new(), "deep": [1, {"x": None}]}
        if self.draw.random() < 0.2:
            further["expiresAt"] = DEADLINE
        body = {"type": "chat.agent", "triggerConfig": self.draw.choice(CONFIGS), **further}
        return create_step(SESSION, body)

    def _retrieve(self) -> Step:
        return Step(SESSION, Ask(Action.RETRIEVE), self._by_id())

    def _by_token(self) -> Step:
        return Step(SESSION, Ask(Action.RETRIEVE, Bearer.TOKEN))

    def _update(self, **members: Any) -> Step:
        return Step(SESSION, Ask(Action.UPDATE, body=packed(members)), self._by_id())

    def _tag(self) -> Step:
        return self._update(tags=[self._new() for _ in range(self.draw.randrange(3))])

    def _describe(self) -> Step:
        return self._update(metadata=None if self.draw.random() < 0.15 else {"by": self._new()})

    def _change(self) -> Step:
        return self._update(tags=[self._new()], metadata={"by": self._new()})

    def _rename(self) -> Step:
        return self._update(tags=[self._new()], externalId=self.draw.choice([OWN, OTHER]))

    def _overstep(self) -> Step:
        return Step(SESSION, Ask(Action.UPDATE, Bearer.TOKEN, packed({"tags": [self._new()]})))

    def _close(self) -> Step:
        body = {"reason": self._new()} if self.draw.random() < 0.8 else {}
        return Step(SESSION, Ask(Action.CLOSE, body=packed(body)), self._by_id())


@dataclass(frozen=True)
class SharedSession:
    """A session that several users call at the same time."""

    racer: Racer
    name: str
    addresses: tuple[str, ...]
    initial: State = None
    earlier: tuple[State, ...] = ()

    def joined(self, run: Run, check: Check) -> Racer:
        """What sends the calls of a user who joins."""
        return Racer(run, check)

    def drawn(self, draw: Random, mark: str) -> Ask:
        """A call of any operation; at first a create where there is no session yet, sent by all."""
        tags = [mark]
        create = self.racer.create_ask(self.name, tags=tags, metadata={"by": mark})
        if self.initial is None and mark.endswith(FIRST):
            return create
        kinds = {
            create: 3,
            update(tags=tags): 2,
            update(metadata={"by": mark}): 2,
            update(tags=tags, metadata={"by": mark}): 3,
            close(mark): 1,
            LOOK: 4,
        }
        return draw.choices([*kinds], [*kinds.values()])[0]


def shared(run: Run, check: Check) -> SharedSession:
    """A session for several users; every third one is made by all of them at the same time."""
    racer, name = Racer(run, check), run.new_name()
    if int(name.rpartition("-")[2]) % 3 == 0:
        return SharedSession(racer, name, (name,))
    live, state = racer.made(metadata={"round": 0})
    return SharedSession(racer, live.external_id, live.addresses, state, (None,))


LOAD = LoadPlan(
    watch=watch, life=lambda draw, mark: Life(draw, mark).steps(), walker=Walker, share=shared,
    groups={LIST: list_life, CHANNELS: channel_life},
)  # fmt: skip
