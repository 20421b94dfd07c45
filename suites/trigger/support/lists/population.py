"""The sessions that the checks of lists look for: made and written once a run, then left as they are."""

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from suites.trigger.support.api import Sessions
from suites.trigger.support.bodies import OMITTED, Bodies, Body
from tck.checking import (
    Broken,
    Check,
    Indeterminate,
    NotApplicable,
    NotTested,
    Reply,
    parse_instant,
    weeks_ahead,
)
from tck.run import Groups, Run

GROUP = "list"
SOON = 3.0
"""Seconds from the target's clock at the first create to the deadline of the session that expires."""
PAGE = 100
REASON = "done with it"
AMENDED = {"amended": True, "list": [1, {"deep": None}]}
CREATED = "create.new-session-answers-201"
EXPIRING = "expiring"
WIDE = "r\u00f6t & +1 \U0001f600"
"""A word of a tag that has to be encoded in an address."""
OTHER_ROWS = ("filler-1", "filler-2", "filler-3")
Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    """One session: the id that the target gave, and what the create sent."""

    id: str
    body: Body

    @property
    def external_id(self) -> str | None:
        """Its externalId, if it has one."""
        found = self.body.get("externalId")
        return None if found is None else str(found)


@dataclass(frozen=True)
class Population:
    """The sessions by their roles.

    `written` is when the last of them was written, and `due` when the deadline of one has passed, by this
    machine's monotonic clock. `at_once` says whether a list showed all right after, `exchange` which one.
    `validator` is the ETag of the list of all of them before the last was made and any was written; empty for
    none. `elder` is the id of a session that is none of them, and was made with them.
    """

    members: Mapping[str, Member]
    prefix: str
    tag: str
    written: float
    due: float
    at_once: bool
    exchange: str
    validator: str
    elder: str

    @property
    def roles(self) -> Mapping[str, str]:
        """The role of each session by its id."""
        return {member.id: role for role, member in self.members.items()}

    @property
    def certain(self) -> frozenset[str]:
        """The roles of all sessions whose state does not change by itself."""
        return frozenset(self.members) - {EXPIRING}

    def word(self, text: str) -> str:
        """A tag or type of this population's own."""
        return f"{self.tag}-{text}"

    def named(self, suffix: str) -> str:
        """An externalId of this population's own."""
        return f"{self.prefix}{suffix}"


def plan_of(tag: str, prefix: str) -> dict[str, Spec]:
    """What is particular of each session; near misses of one another stand in pairs."""
    red, blue = f"{tag}-red", f"{tag}-blue"
    first, second, wide = f"{tag}-a", f"{tag}-ab", f"{tag}-{WIDE}"
    plans: dict[str, Spec] = {
        "upper": {"externalId": f"{prefix}-Alpha", "type": first, "tags": [red]},
        "lower": {"externalId": f"{prefix}-alpha", "type": f"{tag}-A", "tags": [f"{tag}-Red"]},
        "longer": {"externalId": f"{prefix}-alpha-2", "type": second, "tags": [red, blue]},
        "underscore": {"externalId": f"{prefix}-al_ha", "type": first, "tags": [blue]},
        "percent": {"externalId": f"{prefix}-al%ha", "type": first, "tags": [blue]},
        "nameless": {"externalId": OMITTED, "type": first, "tags": [red]},
        "plain": {"externalId": OMITTED, "type": second, "tags": []},
        "odd": {"externalId": f"{prefix}- ä&+=,%41😀", "type": first, "tags": [f"{tag}-reddish", wide]},
        "closed": {"externalId": f"{prefix}-closed", "type": first, "tags": [red]},
        "closed-nameless": {"externalId": OMITTED, "type": second, "tags": [blue]},
        "updated": {"externalId": f"{prefix}-updated", "type": second, "tags": [f"{tag}-green"]},
        "rich": {
            "externalId": f"{prefix}-rich", "type": second, "tags": [red, blue],
            "metadata": {"kept": {"deep": [1, 2.5, None, "ä"]}, "flag": False}, "expiresAt": weeks_ahead(),
        },
    }  # fmt: skip
    fillers = {name: {"externalId": OMITTED, "type": second, "tags": []} for name in OTHER_ROWS}
    return {**plans, **fillers}


def population(run: Run) -> Population:
    """The run's population; raises NotTested when it cannot be had."""
    kept: dict[str, Any] = run.once("list.sessions", lambda: _made(run))
    members = {role: Member(id_, body) for role, (id_, body) in kept.pop("members").items()}
    return Population(members=members, **kept)


@pytest.fixture(scope="session", autouse=True)
def listed_early(request: pytest.FixtureRequest, run: Run) -> None:
    """Make the population first of all, if a check of lists is to run: lists lag while other checks run."""
    marks = (mark for item in request.session.items for mark in item.iter_markers("requirement"))
    named = {name for mark in marks for name in mark.args if name in run.registry}
    if any(run.registry[name].group == GROUP for name in named):
        with suppress(NotTested, NotApplicable, Indeterminate, Broken):
            Groups(run).require(GROUP)
            population(run)


def namesake(run: Run, there: Sessions, asked: Population) -> tuple[str, float]:
    """A session of another environment with the names of one of the population, and when it was made."""

    def make() -> list[Any]:
        reply = _created(there, dict(asked.members["upper"].body))
        return [_id(reply), time.monotonic()]

    id_, written = run.once("list.namesake", make)
    return str(id_), float(written)


def _made(run: Run) -> dict[str, Any]:
    check = Check("the sessions that lists show", ())
    sessions, bodies = Sessions(run, check, run.authorization("key")), Bodies(run)
    prefix, tag = bodies.new_name(), f"{run.tag}-list"
    bodies_made = {role: _body(bodies, tag, spec) for role, spec in plan_of(tag, prefix).items()}
    members: dict[str, tuple[str, Body]] = {}
    for role, body in bodies_made.items():
        if role == OTHER_ROWS[-1]:
            early = sessions.list({"filter[tags]": tag, "page[size]": str(PAGE)})
        members[role] = (_id(_created(sessions, body)), body)
    started = time.monotonic()
    elder, expiring = _created(sessions, _body(bodies, tag, {"tags": []})), None
    with suppress(ValueError):
        expiring = _expiring(sessions, bodies, tag, elder, started)
    if expiring is not None:
        members[EXPIRING] = (_id(expiring[1]), expiring[0])
    _write(sessions, members)
    written = time.monotonic()
    look = sessions.list({"filter[tags]": tag, "page[size]": str(PAGE)})
    return {
        "members": members, "prefix": prefix, "tag": tag, "written": written,
        "due": expiring[2] if expiring is not None else 0.0,
        "at_once": _shows(look, members), "exchange": look.exchange, "validator": early.header("etag"),
        "elder": _id(elder),
    }  # fmt: skip


def _id(reply: Reply) -> str:
    return str(reply["id"].value)


def _body(bodies: Bodies, tag: str, spec: Spec) -> Body:
    """A create body with the same tags for the row and its runs: the pages differ on which count."""
    tags = [tag, *spec["tags"]]
    body = bodies.minimal(**{**spec, "tags": tags})
    return {**body, "triggerConfig": {"basePayload": {}, "tags": tags}}


def _created(sessions: Sessions, body: Body) -> Reply:
    reply = sessions.create(body)
    if not reply.succeeded or not reply.is_object or not isinstance(reply["id"].value, str):
        raise NotTested(f"create answered {reply.status}", judged_by=CREATED)
    return reply


def _expiring(
    sessions: Sessions, bodies: Bodies, tag: str, look: Reply, started: float
) -> tuple[Body, Reply, float] | None:
    """A session that expires soon by the target's clock, and when; None where such a deadline is refused.

    `look` is the reply to a create that was `started` just before, and shows the target's clock.
    """
    now = float(parse_instant(str(look["createdAt"].value)).seconds)
    deadline = math.ceil(now + SOON + 2 * (time.monotonic() - started))
    text = datetime.fromtimestamp(deadline, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = _body(bodies, tag, {"type": f"{tag}-a", "tags": [f"{tag}-red"], "expiresAt": text})
    reply = sessions.create(body)
    made = reply.succeeded and reply.is_object and isinstance(reply["id"].value, str)
    return (body, reply, started + deadline - now) if made else None


def _write(sessions: Sessions, members: Mapping[str, tuple[str, Body]]) -> None:
    """The update and the closes that lists must show; each is judged by checks of the core."""
    id_, body = members["updated"]
    sessions.update(id_, {"metadata": {"amended": False}})
    sessions.update(body["externalId"], {"metadata": AMENDED, "tags": [*body["tags"], "amended"]})
    sessions.update(members["closed"][0], {"metadata": AMENDED})
    sessions.close(members["closed"][1]["externalId"], {"reason": REASON})
    sessions.close(members["closed-nameless"][0])


def _shows(look: Reply, members: Mapping[str, tuple[str, Body]]) -> bool:
    """Whether a page shows every session, the update and the closes."""
    if not look.succeeded or not look.is_object or not isinstance(look.parsed.get("data"), list):
        return False
    rows = {row["id"]: row for row in look.parsed["data"] if isinstance(row, dict) and "id" in row}
    if {id_ for id_, _ in members.values()} - set(rows):
        return False
    closed = [rows[members[role][0]].get("closedAt") for role in ("closed", "closed-nameless")]
    return all(closed) and rows[members["updated"][0]].get("metadata") == AMENDED
