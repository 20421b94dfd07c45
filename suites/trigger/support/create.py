"""What the checks on create share: refusals and their controls, names that are taken, and what is shown."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies, Body, with_trigger
from tck.checking import (
    FITS_A_BAD_BODY,
    Broken,
    Check,
    JsonValue,
    Kind,
    NotApplicable,
    NotTested,
    Reply,
    encoded,
    shown,
)
from tck.run import Run

Path = tuple[str, ...]
Writer = Callable[[str], bytes]
"""Writes a body with an externalId."""
INVALID = "create.invalid-body-answers-422"
MAKES_NOTHING = "create.refusal-is-repeated-and-makes-nothing"
FITS_AN_UNKNOWN_NAME = FITS_A_BAD_BODY | {404}
"""Statuses that refuse a body, also for naming something that the target does not have."""
CONFLICT = 409
CJK_BEGIN, CJK_COUNT = 0x4E00, 20_902
"""Characters of the Basic Multilingual Plane that no normalisation changes."""
LEGIBLE = 60
"""Characters of a value that a sentence shows."""
CANDIDATES = 8
"""How many one-character names are tried."""


@dataclass
class UnusedName:
    """The externalId of creates that are to be refused; checks of a process share one that finds nothing."""

    run: Run
    _kept: str = ""

    def take(self) -> str:
        """The name, for one check; the next one has another unless it is given back."""
        name, self._kept = self._kept or self.run.new_name(), ""
        return name

    def give_back(self, name: str) -> None:
        """Share the name further, as nothing was found at it; not where what was made may show late."""
        self._kept = "" if self.run.patience.lag else name


@dataclass(frozen=True)
class Creates:
    """Creates that are to be refused or accepted for one part of their body."""

    run: Run
    check: Check
    sessions: Sessions
    bodies: Bodies
    unused: UnusedName

    def all_refused(
        self,
        faults: Mapping[str, Body | Writer],
        fitting: Collection[int] = FITS_A_BAD_BODY,
        deviation: str = INVALID,
        **sending: Any,
    ) -> None:
        """Judge that a create with each fault is refused as a bad body, and that none leaves a session.

        A fault is a body, which is sent with another externalId, or writes one with the externalId given. All
        are sent with one name, at which nothing stands afterwards; where something does, each is sent with a
        name of its own.
        """

        def send(about: str, name: str) -> Reply:
            fault = faults[about]
            raw = fault(name) if callable(fault) else encoded({**fault, "externalId": name})
            return self.sessions.create(raw=raw, **sending)

        def judge(about: str, reply: Reply) -> None:
            self.check.refused(reply, 422, deviation, fitting, request=f"a create with {about}")

        def nothing_was_made(name: str) -> bool:
            for about in faults:
                reply = send(about, name)
                if reply.succeeded and is_taken(reply):
                    return False
                judge(about, reply)
            return not self.sessions.retrieve(name).succeeded

        name = self.unused.take()
        if nothing_was_made(name):
            self.unused.give_back(name)
            return
        for about in faults:
            name = self.bodies.new_name()
            reply = send(about, name)
            judge(about, reply)
            self._none_at(name, reply, f"a refused create with {about}")
        raise NotTested("a refused create left a session some time later", judged_by=MAKES_NOTHING)

    def refused(self, body: Body, fitting: Collection[int] = FITS_A_BAD_BODY) -> None:
        """Judge that a create is refused as a bad body and leaves no session at an externalId of its own."""
        reply = self.sessions.create(body)
        self.check.refused(reply, 422, INVALID, fitting)
        name = body.get("externalId")
        if isinstance(name, str) and name:
            self._none_at(name, reply, "a refused create")

    def _none_at(self, name: str, reply: Reply, who: str) -> None:
        found = self.sessions.retrieve(name)
        if found.succeeded:
            said = f"{who} left a session"
            raise Broken(said, "none at its externalId", found.told, reply.exchange, found.exchange)

    def made_or_left_nothing(self, reply: Reply, again: Reply) -> None:
        """Judge that a create made a session or was refused, and that the next one of its name then made one.

        Raises NotTested where the next one made none and there was none to find.
        """
        if not reply.succeeded and reply.status not in FITS_A_BAD_BODY:
            raise Broken(
                "a create was neither accepted nor refused", "2xx or 4xx", reply.told, reply.exchange
            )
        if reply.succeeded or (again.succeeded and again["isCached"].value is False):
            return
        if is_taken(again):
            said = "a refused create left a session"
            raise Broken(said, "a new session by the next create", again.told, reply.exchange, again.exchange)
        self.check.control(again, judged_by="create.new-session-answers-201")

    def control(self) -> None:
        """The control of every body with one part spoilt: the complete body is accepted; sent once a run."""
        self.run.once("complete-create", self._complete_is_accepted)

    def _complete_is_accepted(self) -> bool:
        reply = self.sessions.create(self.bodies.complete())
        return self.check.control(reply, judged_by="create.new-session-answers-201").succeeded

    def takes_invented(self, what: str, reply: Reply, other: Body) -> None:
        """Raise NotApplicable when a name was not taken, nor is another one well inside its limits."""
        if not reply.succeeded and not self.sessions.create(other).succeeded:
            raise NotApplicable(f"the target takes no invented {what}, of whatever length")

    def named_by_one_character(self) -> Reply:
        """The reply to a create whose externalId is a character that nobody has; raises NotTested without."""
        for name in self._rare_characters():
            if self.sessions.retrieve(name).succeeded:
                continue
            reply = self.sessions.create(self.bodies.minimal(externalId=name))
            if not is_taken(reply):
                return reply
        raise NotTested(f"{CANDIDATES} externalIds of one character were tried, and all were taken")

    def sent(self, reply: Reply) -> Mapping[str, Any]:
        """The body that a create sent."""
        return LiveSession(reply, self.sessions).sent

    def _rare_characters(self) -> Iterator[str]:
        start = int(self.run.tag.rpartition("-")[2], 16)
        for step in range(CANDIDATES):
            yield chr(CJK_BEGIN + (start + 4_099 * step) % CJK_COUNT)

    def shown(self, reply: Reply, *path: str) -> JsonValue:
        """What an accepted create shows at a path; a triggerConfig that its reply leaves out is read."""
        if path[0] != "triggerConfig":
            return reply[path[0]]
        session = LiveSession(reply, self.sessions)
        config = shown_config(reply["triggerConfig"], lambda: session.read()["triggerConfig"])
        kind = Kind.UNORDERED if path[1] == "tags" else Kind.PLAIN
        return config.made(config.value.get(path[1]), kind, path[1])


def is_taken(reply: Reply) -> bool:
    """Whether a create found its externalId in use."""
    found = reply.succeeded and reply.is_object and reply["isCached"].value is True
    return found or reply.status == CONFLICT


def shown_config(seen: JsonValue, read: Callable[[], JsonValue]) -> JsonValue:
    """The triggerConfig of a reply, or else that of a retrieve; raises NotTested without either."""
    config = read() if seen.is_null else seen
    if config.is_null:
        raise NotTested("no reply shows triggerConfig", judged_by="retrieve.includes-trigger-config")
    if not isinstance(config.value, Mapping):
        raise Broken("triggerConfig is not an object", "an object", repr(config), config.origin.exchange)
    return config


def picked(shown: JsonValue, sent: Mapping[str, Any]) -> JsonValue:
    """Of a shown triggerConfig the members that were sent; the same tags in another order are the same."""
    members = {name: shown.value[name] for name in sent if name in shown.value}
    same_tags = "tags" in members and JsonValue(members["tags"], Kind.UNORDERED) == sent["tags"]
    return shown.made({**members, "tags": sent["tags"]} if same_tags else members)


def with_each(body: Body, path: Path, values: Iterable[Any]) -> dict[str, Body]:
    """The body with each of the values at a path, by what the path and the value are for a person."""
    return {f"{'.'.join(path)} {shown(value, LEGIBLE)}": put(body, path, value) for value in values}


def put(body: Body, path: Path, value: Any) -> Body:
    """The body with the value at a path, which leads to a member of the body or of its triggerConfig."""
    return with_trigger(body, **{path[1]: value}) if len(path) > 1 else {**body, path[0]: value}


def id_at(sessions: Sessions, address: str) -> JsonValue:
    """The id of the session that a retrieve finds at an address, null when it finds none."""
    reply = sessions.retrieve(address)
    found = reply.succeeded and reply.is_object
    return reply["id"] if found else JsonValue(None, origin=reply.origin.at("id"))


def first_of(value: JsonValue, count: int) -> JsonValue:
    """The first characters of a value as text, to compare with a prefix."""
    return value.beginning(count)
