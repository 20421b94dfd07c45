"""Bodies that are nearly JSON: every operation that takes a body refuses them, and nothing changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Body
from suites.trigger.support.create import Creates, Writer
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import FITS_A_BAD_BODY, Check, Reply, encoded, near_json

Send = Callable[[bytes], Reply]
DOCUMENTED = 422


@dataclass(frozen=True)
class Taker:
    """An operation that takes a body, about a session that no refused body may change."""

    send: Send
    session: LiveSession
    good: Body

    def refuses(self, faults: Mapping[str, near_json.Spoil]) -> None:
        """Raise Broken unless the good body is refused with each fault and the session stays as it is."""
        before = row_now(self.session).without_volatile()
        for about, spoil in faults.items():
            reply = self.send(spoil(encoded(self.good)))
            if reply.status != DOCUMENTED and reply.status not in FITS_A_BAD_BODY:
                raise broken(reply, f"a body with {about} was not refused", "422, or another refusal")
        assert self.session.read().without_volatile() == before

    def takes_the_good_one(self, check: Check, judged_by: str) -> None:
        """The positive control: the same body without a fault is accepted."""
        check.control(self.send(encoded(self.good)), judged_by)


def no_new_create_is_taken(creates: Creates, faults: Mapping[str, near_json.Spoil]) -> None:
    """Judge that creates of a session that is not there yet are refused with each fault."""

    def spoiling(spoil: near_json.Spoil) -> Writer:
        return lambda name: spoil(encoded(creates.bodies.minimal(externalId=name)))

    ways = {f"a body with {about}": spoiling(spoil) for about, spoil in faults.items()}
    creates.all_refused(ways, deviation="")
    creates.control()


@pytest.fixture
def known_create(sessions: Sessions, shared_sessions: SharedSessions) -> Taker:
    """Creates that find an open session."""
    session = shared_sessions.open()
    return Taker(lambda raw: sessions.create(raw=raw), session, dict(session.sent))


@pytest.fixture
def update(sessions: Sessions, shared_sessions: SharedSessions) -> Taker:
    """Updates of an open session."""
    session = shared_sessions.open()
    good = {name: session.sent[name] for name in ("tags", "metadata")}
    return Taker(lambda raw: sessions.update(session.id, raw=raw), session, good)


@pytest.fixture
def close(sessions: Sessions, shared_sessions: SharedSessions) -> Taker:
    """Closes of an open session; what is accepted is tried on a closed one."""
    session = shared_sessions.open()
    return Taker(lambda raw: sessions.close(session.id, raw=raw), session, {"reason": "in nearly JSON"})


# Not JSON


@pytest.mark.requirement("create.unparsable-body-refused")
def test_no_create_takes_what_is_nearly_json(creates: Creates) -> None:
    no_new_create_is_taken(creates, near_json.FAULTS)


@pytest.mark.requirement("create.unparsable-body-refused")
def test_no_create_of_a_known_external_id_takes_what_is_nearly_json(
    check: Check, known_create: Taker
) -> None:
    known_create.refuses(dict(list(near_json.FAULTS.items())[1::3]))
    known_create.takes_the_good_one(check, judged_by="create.same-external-id-answers-200")


@pytest.mark.requirement("update.unparsable-body-refused")
def test_no_update_takes_what_is_nearly_json(check: Check, update: Taker) -> None:
    update.refuses(near_json.FAULTS)
    updated(check, update.session, update.good)


@pytest.mark.requirement("close.unparsable-body-refused")
def test_no_close_takes_what_is_nearly_json(
    check: Check, close: Taker, shared_sessions: SharedSessions
) -> None:
    close.refuses(near_json.FAULTS)
    closed = shared_sessions.closed()
    check.control(closed.sessions.close(closed.id, close.good), judged_by="close.repeat-answers-200")


# Not UTF-8


@pytest.mark.requirement("create.body-not-in-utf8-refused")
def test_no_create_takes_what_is_not_utf8(creates: Creates) -> None:
    no_new_create_is_taken(creates, near_json.NO_UTF8)


@pytest.mark.requirement("update.body-not-in-utf8-refused")
def test_no_update_takes_what_is_not_utf8(check: Check, update: Taker) -> None:
    update.refuses(near_json.NO_UTF8)
    updated(check, update.session, update.good)


@pytest.mark.requirement("close.body-not-in-utf8-refused")
def test_no_close_takes_what_is_not_utf8(check: Check, close: Taker, shared_sessions: SharedSessions) -> None:
    close.refuses(near_json.NO_UTF8)
    closed = shared_sessions.closed()
    check.control(closed.sessions.close(closed.id, close.good), judged_by="close.repeat-answers-200")


# Nothing at all


@pytest.mark.requirement("create.unparsable-body-refused", "create.non-object-body-refused")
def test_no_create_takes_a_body_with_nothing_in_it(check: Check, creates: Creates) -> None:
    of_no_bytes, of_no_object = divided(near_json.NOTHING)
    with check.judging("create.unparsable-body-refused"):
        no_new_create_is_taken(creates, of_no_bytes)
    with check.judging("create.non-object-body-refused"):
        no_new_create_is_taken(creates, of_no_object)


@pytest.mark.requirement("update.unparsable-body-refused", "update.non-object-body-refused")
def test_no_update_takes_a_body_with_nothing_in_it(check: Check, update: Taker) -> None:
    of_no_bytes, of_no_object = divided(near_json.NOTHING)
    with check.judging("update.unparsable-body-refused"):
        update.refuses(of_no_bytes)
    with check.judging("update.non-object-body-refused"):
        update.refuses(of_no_object)
    updated(check, update.session, update.good)


def divided(bodies: Mapping[str, bytes]) -> tuple[dict[str, near_json.Spoil], dict[str, near_json.Spoil]]:
    """Those that are no JSON and those that are JSON, as ways to spoil a body."""
    ways: dict[str, near_json.Spoil] = {about: lambda _, raw=raw: raw for about, raw in bodies.items()}  # type: ignore[misc]
    blank = {about for about, raw in bodies.items() if not raw.strip()}
    return (
        {about: way for about, way in ways.items() if about in blank},
        {about: way for about, way in ways.items() if about not in blank},
    )
