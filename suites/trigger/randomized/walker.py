"""Goes a walk on the target: sends each step, and compares each answer with the model's."""

from dataclasses import dataclass, field
from functools import partial

from suites.trigger.randomized.model import Action, Ask, Bearer, Model, State
from suites.trigger.randomized.model_calls import answered, asked, send
from suites.trigger.randomized.walk_machine import DEADLINE, NAMELESS, OTHER, OWN, TASK, Step
from suites.trigger.support.access.public_tokens import key_of
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.closed_rows import but_for_its_run
from tck import randomized
from tck.checking import Check, Mismatch, NotTested, Reply, Row, joined, weeks_ahead
from tck.randomized import Sending, WalkedSession, packed
from tck.run import Run

REFRESHED_BY_A_CREATE = ("triggerConfig", "updatedAt")
"""What a create that is refused for a closed session may write of it."""
OF_TOKENS = "lifecycle.model-tokens"


@dataclass
class KnownSession(WalkedSession[State]):
    """What the walk knows of one session; `quiet` is the closed row, which nothing may have changed since."""

    states: list[State] = field(default_factory=lambda: [None])
    live: LiveSession | None = None
    quiet: Row | None = None


class Walker(randomized.Walker[Step, Ask, State, KnownSession]):
    """Goes one walk, on sessions of its own."""

    model = Model()
    touched = "updatedAt"

    def __init__(self, run: Run, check: Check) -> None:
        super().__init__(run, check)
        self.names: dict[str, str] = {}

    def ready(self, step: Step) -> Sending[Step, Ask] | None:
        """The step as it is sent, None when it needs what the walk does not have: an id or a token."""
        if step.session == NAMELESS and step.ask.action is Action.CREATE:
            self.known.pop(NAMELESS, None)
        known = self.known.setdefault(step.session, KnownSession())
        name = None if step.session == NAMELESS else self._name(step.session)
        address: str | None = name
        if step.by_id or name is None:
            address = known.live.id if known.live else None
        sessions = Sessions(self.run, self.check, self.run.authorization("key"))
        if step.ask.bearer is not Bearer.KEY:
            bearing = self._token_and_key(step.of or step.session)
            if bearing is None:
                return None
            token, key = bearing
            sessions = sessions.bearing(token)
            address = key if step.ask.bearer is Bearer.TOKEN else address
        if address is None and step.ask.action is not Action.CREATE:
            return None
        ask = Ask(step.ask.action, step.ask.bearer, self._body(step))
        told = _asked(step, ask, address or "")
        return Sending(step, step.session, ask, told, partial(send, sessions, address or "", ask))

    def _name(self, session: str) -> str:
        return self.names.setdefault(session, self.run.new_name())

    def _token_and_key(self, session: str) -> tuple[str, str] | None:
        live = self.known.get(session, KnownSession()).live
        try:
            return (live.token, key_of(live)) if live else None
        except NotTested:
            return None

    def _body(self, step: Step) -> str:
        own = None if step.session == NAMELESS else self._name(step.session)
        named = {
            OWN: own,
            OTHER: f"{own or self.run.new_name()}-other",
            TASK: self._task,
            DEADLINE: weeks_ahead(),
        }
        members = {
            name: named.get(value, value) if isinstance(value, str) else value
            for name, value in step.ask.members.items()
        }
        if step.ask.action is Action.CREATE:
            members["tags"] = [self.run.tag, *(members.get("tags") or [])]
        return packed(members)

    @property
    def _task(self) -> str:
        return self.run.options.own["task_identifier"]

    def changes_nothing(self, sending: Sending[Step, Ask]) -> bool:
        """A retrieve, and a create that finds its session, which may read as late as a retrieve."""
        finds = sending.ask.action is Action.CREATE and self.known[sending.session].live is not None
        return finds or super().changes_nothing(sending)

    def also_wrong(self, sending: Sending[Step, Ask], reply: Reply) -> Mismatch | None:
        """What is wrong with a 2xx by what earlier answers showed."""
        known, action = self.known[sending.session], sending.ask.action
        if action is Action.CREATE:
            return self._is_another_ones(sending.session, reply)
        if known.quiet and action in (Action.CLOSE, Action.RETRIEVE):
            row = but_for_its_run(known.live, known.quiet, reply.row) if known.live else reply.row
            moved = known.quiet.without("currentRunId").differences(row)
            return joined(moved) if moved else None
        return self.went_back(sending.session, reply.row) if action in (Action.CLOSE, Action.UPDATE) else None

    def _is_another_ones(self, session: str, reply: Reply) -> Mismatch | None:
        others = (known.live for name, known in self.known.items() if name != session)
        other = next((live for live in others if live and reply["id"] == live.id), None)
        if other is None:
            return None
        said = "its id is that of another session"
        seen = f"{reply['id']!r}, which is another session's"
        return Mismatch(said, "an id of its own", seen, (other.created.exchange, reply.exchange))

    def learn(self, sending: Sending[Step, Ask], reply: Reply) -> None:
        """Note what a good answer shows, and which session it made or closed."""
        super().learn(sending, reply)
        known, action = self.known[sending.session], sending.ask.action
        if action is Action.CREATE and known.quiet and not reply.succeeded:
            known.quiet = known.quiet.without(*REFRESHED_BY_A_CREATE)
        if not reply.succeeded:
            return
        if action is Action.CREATE:
            known.live = LiveSession(reply, Sessions(self.run, self.check, reply.call.authorization))
        if action in (Action.CLOSE, Action.UPDATE):
            known.quiet = reply.row if action is Action.CLOSE else None

    def requirement_of(self, step: Step) -> str:
        """The requirement that the answer to a step is judged by."""
        return OF_TOKENS if step.ask.bearer is not Bearer.KEY else f"lifecycle.model-{step.ask.action}"

    def answered(self, reply: Reply) -> str:
        """A reply in a few words."""
        return answered(reply)


def _asked(step: Step, ask: Ask, address: str) -> str:
    named = "id" if address.startswith("session_") else "externalId"
    by = "" if ask.action is Action.CREATE else named
    return asked(ask, step.session, by, f"{step.of}'s public token")
