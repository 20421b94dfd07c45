"""The sessions of the create array: made once a run, first of all, one for each combination and name."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, repeat
from typing import Any

import pytest

from suites.trigger.support.api import COLLECTION, LiveSession, Sessions
from suites.trigger.support.bodies import OMITTED, Bodies, Body, changed
from suites.trigger.support.body_sizes import INSIDE
from suites.trigger.support.doors.arrays import Combination, combinations, words_of
from suites.trigger.support.doors.names import ALIKE, FORMS, stem
from suites.trigger.support.doors.shapes import CONFIGS, OBJECTS, TAGS, TYPES, deadlines
from suites.trigger.support.doors.wire import PLAIN, sending, spelt
from tck.checking import Broken, Call, Check, Indeterminate, NotTested, Origin, Reply, Row, Status, encoded
from tck.run import Run, in_order

PURPOSE = "the sessions of the create array"
"""What the exchanges that make them are recorded for."""
KEPT = "create-array"
CLOSED = ("capital", "file", "dots-at-either-end")
"""The sessions that are closed as soon as all have been made."""
CLOSED_FOR = "closed early"
UPDATED_EARLY: Body = {"tags": ["updated early"], "metadata": {"updated": {"early": [1, 2]}}}
FOUND = 200
Answer = list[int | str]
"""A status and the id of its exchange."""
BY_NAME = ("retrieveSession", "updateSession", "closeSession")


@dataclass(frozen=True)
class ArraySession:
    """One session of the array.

    `words`: its combination and name; `read`: the row as it was read by id after all had been made;
    `before`: what each operation answered when nothing had the name yet;
    `alone`: the values that were refused when everything else was plain, by dimension, with the status;
    `together`: the status with which the combination was refused, though each of its values was accepted.
    """

    words: Combination
    session: LiveSession
    body: Body = field(repr=False)
    read: Row = field(repr=False)
    before: Mapping[str, Status]
    alone: Mapping[str, Status]
    together: Status | None
    closed: bool
    closed_at: str | None = None
    """The closedAt that the reply to its early close showed."""

    @property
    def about(self) -> str:
        """The combination for a person."""
        return words_of(self.words)

    @property
    def rows(self) -> tuple[Row, Row]:
        """What its create showed, and what was then read."""
        return self.session.created.row, self.read

    def sent(self, dimension: str) -> bool:
        """Whether the session was made with its value of this dimension."""
        return dimension not in self.alone


@dataclass(frozen=True)
class Array:
    """All of them, as one check sees them."""

    every: tuple[ArraySession, ...]
    updated: LiveSession
    """A further session, whose tags and metadata were replaced early."""
    made_at: float
    refused: tuple[str, ...]
    """The externalIds of creates that were refused early."""
    """When the last one was made, in seconds since 1970 by this machine's clock."""

    @property
    def open(self) -> tuple[ArraySession, ...]:
        """Those that nobody closed."""
        return tuple(one for one in self.every if not one.closed)

    @property
    def closed(self) -> tuple[ArraySession, ...]:
        """Those that were closed early."""
        return tuple(one for one in self.every if one.closed)

    def named(self, form: str) -> ArraySession:
        """The one whose name has this form; raises NotTested when that was refused."""
        return next(one for one in self.having("name") if one.words["name"] == form)

    def accepted(self, dimension: str) -> tuple[ArraySession, ...]:
        """Those that were made with their value of a dimension; raises Broken when one was refused."""
        for one in self.every:
            if not one.sent(dimension):
                said = f"a create was refused for its {dimension} {one.words[dimension]}"
                refused = one.alone[dimension]
                raise Broken(said, "a 2xx", str(refused), refused.origin.exchange)
        return self.every

    def having(self, *dimensions: str) -> tuple[ArraySession, ...]:
        """Those that were made with their values of these dimensions; raises NotTested without any."""
        found = tuple(one for one in self.every if all(map(one.sent, dimensions)))
        if not found:
            raise NotTested(f"creates were refused for their {dimensions[0]}, which other requirements judge")
        return found


def rows() -> tuple[Combination, ...]:
    """The combinations of content and wire, each with a name of its own; what the second lacks is plain."""
    names = (*ALIKE, *FORMS)
    wire = chain(combinations("create-wire"), repeat(PLAIN))
    return tuple(
        {"name": name, **content, **PLAIN, **written}
        for name, content, written in zip(names, combinations("create-content"), wire, strict=False)
    )


def array_of(run: Run, sessions: Sessions) -> Array:
    """The sessions of the array, made by the first process that asks; raises NotTested when that failed."""
    kept: Mapping[str, Any] = run.once(KEPT, lambda: _made(run))
    every = tuple(_restored(run, sessions, one) for one in kept["array"])
    updated = LiveSession(_reply(run, kept["updated"]).noted_by(sessions.check.note), sessions)
    return Array(every, updated, kept["made_at"], tuple(kept["refused"]))


@pytest.fixture(scope="session", autouse=True)
def array_made_early(request: pytest.FixtureRequest, run: Run) -> None:
    """Make the sessions before all others when a check of this run asks for them."""
    if any("array" in getattr(item, "fixturenames", ()) for item in request.session.items):
        with suppress(NotTested, Indeterminate, Broken):
            array_of(run, Sessions(run, Check(PURPOSE, ()), run.authorization("key")))


def _made(run: Run) -> dict[str, Any]:
    sessions = Sessions(run, Check(PURPOSE, ()), run.authorization("key"))
    maker = _Maker(sessions, Bodies(run), stem(Bodies(run)), deadlines())
    made = list(_side_by_side(run, maker))
    body = maker.bodies.minimal()
    updated = _kept(sessions.create(body))
    every = (*made, updated)
    for one, read in zip(
        every, in_order(run.lanes, (partial(_read, sessions, one) for one in every)), strict=True
    ):
        one["read"] = read
    sessions.update(body["externalId"], UPDATED_EARLY)
    for one in made:
        if one["words"]["name"] in CLOSED:
            reply = sessions.close(json.loads(one["reply"])["id"], {"reason": CLOSED_FOR})
            one["closed"] = reply.succeeded
            one["closed_at"] = reply.parsed.get("closedAt") if reply.succeeded and reply.is_object else None
    bad = [maker.bodies.minimal(tags=[f"tag-{number}" for number in range(11)]), maker.bodies.minimal(type=5)]
    refused = [one["externalId"] for one in bad if sessions.create(one).refused]
    return {"array": made, "updated": updated, "made_at": time.time(), "refused": refused}


def _side_by_side(run: Run, maker: "_Maker") -> Iterator[dict[str, Any]]:
    """What is kept of the sessions, in their order; those with names that are alike are made in it, too."""
    alike = [words for words in rows() if words["name"] in ALIKE]
    others = [words for words in rows() if words["name"] not in ALIKE]
    groups = [alike, *([words] for words in others)]
    for group in in_order(run.lanes, (partial(lambda some: [*map(maker.made, some)], one) for one in groups)):
        yield from group


def _read(sessions: Sessions, one: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a read of a session by its id, once it shows what the create wrote."""
    created = _reply(sessions.run, one)
    row = LiveSession(created, sessions).eventually_shows_written(created)
    shown, exchange = json.dumps(dict(row.values)), row.origin.exchange
    return {"body": {}, "status": FOUND, "headers": (), "reply": shown, "exchange": exchange}


@dataclass(frozen=True)
class _Maker:
    """Makes one session after the other; a combination that is refused is tried value by value."""

    sessions: Sessions
    bodies: Bodies
    stem: str
    deadlines: Mapping[str, Any]

    def made(self, words: Combination) -> dict[str, Any]:
        """What is kept of one session; raises NotTested when not even the plainest create is accepted."""
        name = self._name(words["name"])
        asked = BY_NAME[:1] if words["name"] in ALIKE else BY_NAME
        before = {operation: self._asked(operation, name) for operation in asked}
        reply, alone, together = self._create(name, words), dict[str, Answer](), None
        if not _is_new(reply):
            alone = dict(self._refused_alone(words))
            rest = {what: value for what, value in words.items() if what not in alone}
            reply = self._create(name, rest) if alone else reply
            plain = reply if _is_new(reply) else self._create(name, {})
            if not _is_new(plain):
                alone["name"] = _answer(plain)
                plain = self._create(self.bodies.new_name(), rest)
            elif plain is not reply:
                together = _answer(reply)
            reply = plain
        state = {"before": before, "alone": alone, "together": together, "closed": False}
        return {"words": dict(words), **state, **_kept(reply)}

    def _refused_alone(self, words: Combination) -> Iterator[tuple[str, Answer]]:
        """The values but the name that are refused when all else is plain; the name is not yet taken then."""
        for what, value in ((what, value) for what, value in words.items() if what != "name"):
            reply = self._create(self.bodies.new_name(), {what: value})
            if not _is_new(reply):
                yield what, _answer(reply)

    def _name(self, form: str) -> str:
        return self.stem + ALIKE[form] if form in ALIKE else FORMS[form](self.bodies.new_name())

    def _asked(self, operation: str, name: str) -> Answer:
        ask: Mapping[str, Callable[[], Reply]] = {
            "retrieveSession": lambda: self.sessions.retrieve(name),
            "updateSession": lambda: self.sessions.update(name, {}),
            "closeSession": lambda: self.sessions.close(name, {}),
        }
        return _answer(ask[operation]())

    def _create(self, name: str, words: Combination) -> Reply:
        body = self._body(name, words)
        raw = spelt(words.get("spelling", "compact"), body, INSIDE)
        return self.sessions.create(raw=raw, **sending(words))

    def _body(self, name: str, words: Combination) -> Body:
        tags = words.get("tags")
        config = dict(CONFIGS[words["config"]]) if "config" in words else {}
        payload = dict(OBJECTS[words["payload"]]) if "payload" in words else {}
        return changed(
            self.bodies.minimal(externalId=name),
            type=TYPES.get(words.get("type", ""), "chat.agent"),
            metadata=dict(OBJECTS[words["metadata"]]) if "metadata" in words else OMITTED,
            tags=OMITTED if tags == "left-out" else [self.bodies.run.tag, *TAGS.get(tags or "", ())],
            expiresAt=self.deadlines[words["expiry"]] if "expiry" in words else OMITTED,
            triggerConfig={"basePayload": payload, **config},
        )


def _answer(reply: Reply) -> Answer:
    """What is kept of a reply of which the status alone counts."""
    return [int(reply.status), reply.exchange]


def _status(kept: Answer) -> Status:
    status, exchange = kept
    return Status(int(status), Origin(str(exchange)))


def _is_new(reply: Reply) -> bool:
    return reply.succeeded and reply.is_object and isinstance(reply["id"].value, str)


def _kept(reply: Reply) -> dict[str, Any]:
    """What is kept of the create of a session; raises NotTested unless it made one."""
    if not _is_new(reply):
        raise NotTested(f"create answered {reply.status}", judged_by="create.new-session-answers-201")
    return {
        "body": json.loads(reply.call.body or b"{}"), "status": reply.status, "headers": reply.headers,
        "reply": _without_token(reply), "exchange": reply.exchange,
    }  # fmt: skip


def _without_token(reply: Reply) -> str:
    """The reply's body without the signature of its token, which is kept in no file."""
    body = dict(reply.row.values)
    token = body.get("publicAccessToken")
    if isinstance(token, str):
        body["publicAccessToken"] = token.rpartition(".")[0]
    return json.dumps(body)


def _restored(run: Run, sessions: Sessions, kept: Mapping[str, Any]) -> ArraySession:
    return ArraySession(
        words=kept["words"],
        session=LiveSession(_reply(run, kept).noted_by(sessions.check.note), sessions),
        body=kept["body"],
        read=_reply(run, kept["read"]).noted_by(sessions.check.note).row,
        before={operation: _status(answer) for operation, answer in kept["before"].items()},
        alone={what: _status(answer) for what, answer in kept["alone"].items()},
        together=_status(kept["together"]) if kept["together"] else None,
        closed=kept["closed"],
        closed_at=kept.get("closed_at"),
    )


def _reply(run: Run, kept: Mapping[str, Any]) -> Reply:
    """The reply to the create of a session, as it was kept."""
    call = Call("createSession", "POST", COLLECTION, run.authorization("key"), "key", encoded(kept["body"]))
    headers = tuple((name, value) for name, value in kept["headers"])
    return Reply(call, kept["exchange"], kept["status"], headers, kept["reply"].encode(), run.client.shape)
