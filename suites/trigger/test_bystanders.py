"""Every kind of write leaves other sessions of the same type and task as they were."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from suites.trigger.support.api import LiveSession, NewSession, Sessions
from suites.trigger.support.bodies import OMITTED, Bodies, Body
from suites.trigger.support.close import OTHER_REASON, is_closed
from suites.trigger.support.closed_rows import still_whole
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import FALSE, Check, Row


@dataclass(frozen=True)
class Scene:
    """Sessions to write to, with an externalId and without, made between others: one closed, two open."""

    named: LiveSession
    nameless: LiveSession
    bystanders: tuple[LiveSession, ...]

    def seen(self) -> list[Row]:
        """The bystanders' rows, the closed one's once a read shows that it is."""
        closed, *others = self.bystanders
        return [closed.eventually_shows(is_closed), *map(row_now, others)]

    def left(self, before: list[Row]) -> Iterator[tuple[Row, Row]]:
        """Each row before and now: a closed one whole, an open one without what may move by itself."""
        for bystander, was in zip(self.bystanders, before, strict=True):
            if is_closed(was):
                yield was, still_whole(bystander, was)
            else:
                yield was.without_volatile(), bystander.still(was).without_volatile()


@pytest.fixture
def scene(shared_sessions: SharedSessions, new_session: NewSession, bodies: Bodies) -> Scene:
    """New sessions and a closed one that is there."""
    closed, name = shared_sessions.closed(), bodies.new_name()
    elder = new_session(bodies.complete(externalId=f"{name}-beside"))
    named = new_session(bodies.complete(externalId=name))
    nameless = new_session(bodies.complete(externalId=OMITTED))
    return Scene(named, nameless, (closed, elder, new_session(bodies.complete(externalId=OMITTED))))


def naming(session: LiveSession) -> Body:
    """Members of a body by which a server may find this session instead of the one that the path names."""
    return {"id": session.id, "session": session.external_id, "externalId": session.external_id}


UPDATES: tuple[Body, ...] = ({"tags": ["moved"], "metadata": {"moved": True}}, {"tags": [], "metadata": None})


@pytest.mark.requirement(
    "create.session-ids-are-unique",
    "create.similar-external-ids-are-different",
    "bystanders.create-leaves-others",
    "bystanders.update-leaves-others",
    "bystanders.close-leaves-others",
)
def test_a_write_leaves_other_sessions_alone(
    check: Check, sessions: Sessions, bodies: Bodies, new_session: NewSession, scene: Scene
) -> None:
    another = _another(new_session, sessions, bodies, scene.bystanders[1])
    with check.judging("create.similar-external-ids-are-different"):
        assert another.created["isCached"] == FALSE
    with check.judging("create.session-ids-are-unique"):
        assert another.id not in [bystander.id for bystander in scene.bystanders]
    before = scene.seen()
    with check.judging("bystanders.create-leaves-others"):
        for bystander, row in zip(scene.bystanders[1:], before[1:], strict=True):
            assert row.without_volatile() == bystander.created.row.without_volatile()
        again = bodies.complete(externalId=scene.named.external_id, tags=["again"], metadata={"again": True})
        check.control(sessions.create(again), judged_by="create.same-external-id-answers-200")
        sessions.create(bodies.minimal(externalId=scene.bystanders[1].external_id, type=5))
        for was, now in scene.left(before):
            assert now == was
    before = scene.seen()
    with check.judging("bystanders.update-leaves-others"):
        for address in (*scene.named.addresses, *scene.nameless.addresses):
            for body in UPDATES:
                check.control(sessions.update(address, body), judged_by="update.answers-200")
            sessions.update(address, {"tags": ["meant for another"], **naming(scene.bystanders[1])})
        for was, now in scene.left(before):
            assert now == was
    before = scene.seen()
    with check.judging("bystanders.close-leaves-others"):
        for address in (scene.named.external_id, scene.nameless.id, *scene.named.addresses):
            reply = sessions.close(address, {"reason": OTHER_REASON})
            check.control(reply, judged_by="close.answers-200")
        sessions.close(scene.named.id, {"reason": OTHER_REASON, **naming(scene.bystanders[1])})
        for was, now in scene.left(before):
            assert now == was


def _another(new_session: NewSession, sessions: Sessions, bodies: Bodies, other: LiveSession) -> LiveSession:
    """A session whose create named another one's id beside its own externalId, unless that was refused.

    Its externalId is the other one's with another punctuation.
    """
    like = "_".join(other.external_id.rsplit("-", 1))
    body = bodies.minimal(externalId=like, tags=[bodies.run.tag, "another"])
    reply = sessions.create({**body, "id": other.id, "session": other.id})
    return LiveSession(reply, sessions) if reply.succeeded else new_session(body)
