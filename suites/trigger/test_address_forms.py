"""Names of every form are addresses, however the path is written; other paths lead nobody in."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from suites.trigger.support.access.intruders import leaked
from suites.trigger.support.addresses import found
from suites.trigger.support.api import COLLECTION, LiveSession, Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.doors.array_sessions import Array, ArraySession
from suites.trigger.support.doors.arrays import combinations
from suites.trigger.support.doors.names import FORMS
from suites.trigger.support.doors.paths import EQUIVALENT, asked_at, path_to, unescaped, variants
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, Reply, encoded, eventually

EMPTY = encoded({})


def formed(array: Array) -> list[ArraySession]:
    """The sessions whose names have a form of their own."""
    return [one for one in array.accepted("name") if one.words["name"] in FORMS]


def shows(reply: Reply, session: LiveSession, about: str) -> None:
    """Raise Broken unless a reply shows the session."""
    if not reply.succeeded or reply["id"] != session.id:
        raise broken(reply, f"{about} does not show its session", f"the row of {session.id}")


@pytest.mark.requirement(
    "retrieve.encoded-external-id-found",
    "update.encoded-external-id-found",
    "close.encoded-external-id-found",
    "create.same-external-id-returns-same-id",
)
def test_a_name_of_any_form_is_an_address(check: Check, sessions: Sessions, array: Array) -> None:
    names = formed(array)
    with check.judging("retrieve.encoded-external-id-found"):
        for one in names:
            name = one.session.external_id
            reply = eventually(lambda name=name: sessions.retrieve(name), found).value  # type: ignore[misc]
            shows(reply, one.session, f"a retrieve by a name like {one.words['name']}")
    with check.judging("update.encoded-external-id-found"):
        for one in (one for one in names if not one.closed):
            reply = sessions.update(one.session.external_id, {})
            shows(reply, one.session, f"an update by a name like {one.words['name']}")
    with check.judging("close.encoded-external-id-found"):
        for one in (one for one in names if one.closed):
            reply = sessions.close(one.session.external_id, {})
            shows(reply, one.session, f"a close by a name like {one.words['name']}")
    with check.judging("create.same-external-id-returns-same-id"):
        for one in (one for one in names if not one.closed):
            reply = sessions.create(one.body)
            shows(reply, one.session, f"a create with a name like {one.words['name']}")


# However the path is written


@pytest.mark.requirement("retrieve.equivalent-paths-find-the-same")
@pytest.mark.parametrize("operation", ["retrieveSession", "updateSession", "closeSession"])
def test_equivalent_paths_lead_to_the_same_session(sessions: Sessions, array: Array, operation: str) -> None:
    closing = operation == "closeSession"
    wanted = ("dots-at-either-end",) if closing else ("punctuation", "composed")
    for one in (array.named(form) for form in wanted):
        for address in one.session.addresses:
            for way, encode in EQUIVALENT.items():
                path = path_to(encode(address), operation)
                reply = asked_at(sessions, operation, path, None if operation == "retrieveSession" else EMPTY)
                shows(reply, one.session, f"{operation} at a path with {way}")


@pytest.mark.requirement("retrieve.escaped-dots-found")
@pytest.mark.parametrize("operation", ["retrieveSession", "closeSession"])
def test_dots_may_be_escaped(sessions: Sessions, array: Array, operation: str) -> None:
    one = array.named("dots-at-either-end")
    path = path_to(unescaped(one.session.external_id).replace(".", "%2E"), operation)
    reply = asked_at(sessions, operation, path, None if operation == "retrieveSession" else EMPTY)
    shows(reply, one.session, f"{operation} at a path with its dots escaped")


@pytest.mark.requirement("retrieve.unescaped-punctuation-found")
@pytest.mark.parametrize("operation", ["retrieveSession", "updateSession"])
def test_punctuation_may_stand_in_the_path_as_it_is(sessions: Sessions, array: Array, operation: str) -> None:
    for one in (array.named(form) for form in ("punctuation", "e-mail")):
        path = path_to(unescaped(one.session.external_id), operation)
        reply = asked_at(sessions, operation, path, None if operation == "retrieveSession" else EMPTY)
        shows(reply, one.session, f"{operation} at a path with its punctuation unescaped")


# Paths that no page has


NOBODY: Mapping[str, Callable[[Sessions], Sessions]] = {
    "absent": lambda sessions: sessions.using(None),
    "made-up": lambda sessions: sessions.bearing("tr_dev_nobody"),
}
INTRUSIONS = {"updateSession": {"tags": ["nobody"]}, "closeSession": {"reason": "nobody"}}


@pytest.mark.requirement("credentials.path-variants-show-nothing")
def test_no_variant_of_a_path_lets_anybody_in(shared_sessions: SharedSessions, bodies: Bodies) -> None:
    session, replies = shared_sessions.open(), []
    before = row_now(session)
    for one in combinations("path-variants"):
        segment = EQUIVALENT["small hex digits"](session.addresses[one["address"] != "id"])
        body, operation = INTRUSIONS.get(one["operation"]), one["operation"]
        path = variants(segment, operation)[one["variant"]]
        nobody = NOBODY[one["credential"]](session.sessions)
        replies.append(asked_at(nobody, operation, path, None if body is None else encoded(body)))
    made = bodies.minimal()
    create = partial(session.sessions.using(None).send, "createSession", "POST", body=encoded(made))
    replies += map(create, (f"{COLLECTION}/", f"/{COLLECTION}", f"{COLLECTION}?key=1"))
    for reply in replies:
        if reply.succeeded or leaked(reply, before):
            raise broken(reply, f"{reply.call.method} {reply.call.path} let nobody in", "no 2xx")
    assert session.read().without_volatile() == before.without_volatile()
    assert session.sessions.retrieve(made["externalId"]).status == 404
