"""What is found at an address and what is not: unknown ones, near misses, and percent-encoding."""

from urllib.parse import quote, unquote

import pytest

from suites.trigger.support.addresses import (
    Change,
    found,
    known_to_be_unknown,
    near_misses,
    ones_own_values,
    reached,
    unknown_id,
)
from suites.trigger.support.api import LiveSession, NewSession, Sessions
from suites.trigger.support.bodies import ID_PREFIX, Bodies, with_trigger
from suites.trigger.support.close import REASON, close_first, is_closed
from suites.trigger.support.create import id_at
from suites.trigger.support.known_sessions import row_now
from tck.checking import NULL, REFUSAL, Check, eventually


@pytest.fixture
def neighbour(
    shelf: dict[str, LiveSession], sessions: Sessions, new_session: NewSession, bodies: Bodies
) -> LiveSession:
    """An open session with letters in both cases in its externalId, shared by checks that leave it open."""
    name = f"{bodies.new_name()}-{ID_PREFIX}NearBy"
    kept = shelf.get("neighbour") or new_session(bodies.complete(externalId=name))
    shelf["neighbour"] = kept
    return kept.seen_by(sessions)


# Unknown addresses


@pytest.mark.requirement("retrieve.unknown-id-answers-404")
def test_an_unknown_id_finds_nothing(sessions: Sessions, workbench: LiveSession) -> None:
    reached(workbench, workbench.id)
    assert sessions.retrieve(unknown_id(workbench.id)).status == 404


@pytest.mark.requirement("retrieve.unknown-external-id-answers-404")
@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("", id="plain"),
        pytest.param("-a b+ü日", id="with characters to encode"),
        pytest.param("-" + "x" * 200, id="long"),
    ],
)
def test_an_unknown_external_id_finds_nothing(
    sessions: Sessions, bodies: Bodies, workbench: LiveSession, ending: str
) -> None:
    reached(workbench, workbench.external_id)
    assert sessions.retrieve(f"{bodies.new_name()}{ending}").status == 404


@pytest.mark.requirement("retrieve.session-prefix-is-id-only")
def test_an_address_with_the_prefix_of_ids_is_no_external_id(
    sessions: Sessions, workbench: LiveSession
) -> None:
    reached(workbench, workbench.external_id)
    reply = sessions.retrieve(f"{ID_PREFIX}{workbench.external_id}")
    assert reply.status in REFUSAL


@pytest.mark.requirement("retrieve.session-prefix-is-id-only")
def test_an_external_id_may_hold_the_prefix_of_ids_further_on(
    check: Check, sessions: Sessions, neighbour: LiveSession
) -> None:
    assert ID_PREFIX in neighbour.external_id
    row_now(neighbour)
    reply = check.last_look(lambda: sessions.retrieve(neighbour.external_id), found)
    assert reply.status == 200
    assert reply["id"] == neighbour.id


@pytest.mark.requirement("update.unknown-id-answers-404")
def test_an_update_of_an_unknown_id_answers_404(
    check: Check, sessions: Sessions, workbench: LiveSession
) -> None:
    body = {"tags": workbench.sent["tags"]}
    unknown = known_to_be_unknown(sessions, unknown_id(workbench.id))
    assert sessions.update(unknown, body).status == 404
    check.control(sessions.update(workbench.id, body), judged_by="update.by-id")


@pytest.mark.requirement("update.unknown-external-id-answers-404", "update.unknown-address-creates-nothing")
def test_an_update_of_an_unknown_external_id_answers_404_and_makes_nothing(
    check: Check, sessions: Sessions, bodies: Bodies, new_session: NewSession
) -> None:
    unknown = known_to_be_unknown(sessions, bodies.new_name())
    body = {"tags": [sessions.run.tag], "metadata": {"made": "by update"}}
    reply = sessions.update(unknown, body)
    after = sessions.retrieve(unknown)
    made = new_session(externalId=unknown)
    check.control(sessions.update(unknown, body), judged_by="update.by-external-id")
    with check.judging("update.unknown-external-id-answers-404"):
        assert reply.status == 404
    with check.judging("update.unknown-address-creates-nothing"):
        assert after.status == 404
        assert made.created["isCached"] != True  # noqa: E712 - compared as JSON


@pytest.mark.requirement("close.unknown-id-answers-404")
def test_a_close_of_an_unknown_id_answers_404(
    check: Check, sessions: Sessions, to_close: LiveSession
) -> None:
    unknown = known_to_be_unknown(sessions, unknown_id(to_close.id))
    assert sessions.close(unknown, {"reason": REASON}).status == 404
    check.control(sessions.close(to_close.id, {"reason": REASON}), judged_by="close.by-id")


@pytest.mark.requirement("close.unknown-external-id-answers-404", "close.unknown-address-creates-nothing")
def test_a_close_of_an_unknown_external_id_answers_404_and_makes_nothing(
    check: Check, sessions: Sessions, bodies: Bodies
) -> None:
    unknown = known_to_be_unknown(sessions, bodies.new_name())
    reply = sessions.close(unknown, {"reason": REASON})
    after = sessions.retrieve(unknown)
    made = sessions.create(bodies.minimal(externalId=unknown))
    control = sessions.close(unknown, {"reason": REASON})
    with check.judging("close.unknown-address-creates-nothing"):
        assert after.status == 404
        assert made.status != 409
        check.control(made, judged_by="create.new-session-answers-201")
        assert made["isCached"] != True  # noqa: E712 - compared as JSON
    with check.judging("close.unknown-external-id-answers-404"):
        check.control(control, judged_by="close.by-external-id")
        assert reply.status == 404


# Near misses


@pytest.mark.requirement("retrieve.near-miss-is-not-found")
def test_a_near_miss_of_an_external_id_finds_nothing(sessions: Sessions, neighbour: LiveSession) -> None:
    reached(neighbour, neighbour.external_id)
    for address in near_misses(neighbour.external_id):
        assert sessions.retrieve(address).status == 404


@pytest.mark.requirement("retrieve.near-miss-is-not-found")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda known: known[:-1], id="its beginning"),
        pytest.param(lambda known: f"{known}0", id="one character more"),
    ],
)
def test_a_near_miss_of_an_id_does_not_find_the_session(
    sessions: Sessions, neighbour: LiveSession, change: Change
) -> None:
    reached(neighbour, neighbour.id)
    assert id_at(sessions, change(neighbour.id)) != neighbour.id


@pytest.mark.requirement("update.near-miss-is-not-found")
def test_an_update_of_a_near_miss_changes_nothing(
    check: Check, sessions: Sessions, neighbour: LiveSession
) -> None:
    before = row_now(neighbour).without_volatile()
    for address in near_misses(neighbour.external_id):
        assert sessions.update(address, {"metadata": {"meant": f"for {address}"}}).status == 404
    assert neighbour.still(before).without_volatile() == before
    same = {"metadata": neighbour.sent["metadata"]}
    check.control(sessions.update(neighbour.external_id, same), judged_by="update.by-external-id")


@pytest.mark.requirement("close.near-miss-is-not-found")
def test_a_close_of_a_near_miss_closes_nothing(
    check: Check, sessions: Sessions, bodies: Bodies, new_session: NewSession
) -> None:
    session = new_session(externalId=f"{bodies.new_name()}-NearBy")
    before = row_now(session).without_volatile()
    for address in near_misses(session.external_id):
        assert sessions.close(address, {"reason": REASON}).status == 404
    assert session.still(before).without_volatile() == before
    check.control(sessions.close(session.external_id, {}), judged_by="close.by-external-id")


# Other values of the row


@pytest.fixture
def singular(new_session: NewSession, bodies: Bodies) -> LiveSession:
    """A session of which every text is its own alone."""
    name = bodies.new_name()
    body = bodies.complete(
        type=f"{name}-type"[:64],
        tags=[bodies.run.tag, f"{name}-tag"],
        metadata={"chatId": f"{name}-metadata"},
    )
    own = {"basePayload": {"chatId": f"{name}-payload"}, "tags": [f"{name}-trigger"]}
    return new_session(with_trigger(body, **own))


@pytest.mark.requirement(
    "retrieve.other-field-is-no-address", "update.near-miss-is-not-found", "close.near-miss-is-not-found"
)
def test_the_value_of_another_field_is_no_address(
    check: Check, sessions: Sessions, singular: LiveSession
) -> None:
    before = row_now(singular).without_volatile()
    values = ones_own_values(singular)
    task, reason = str(singular.sent["taskIdentifier"]), f"{singular.external_id}-reason"
    with check.judging("update.near-miss-is-not-found"):
        for value in values:
            known_to_be_unknown(sessions, value)
            assert sessions.update(value, {"tags": []}).status == 404
        assert singular.still(before).without_volatile() == before
    before = row_now(singular).without_volatile()
    with check.judging("close.near-miss-is-not-found"):
        for value in values:
            assert sessions.close(value, {"reason": REASON}).status == 404
        assert singular.still(before).without_volatile() == before
    close_first(singular, {"reason": reason})
    for value in (*values, reason):
        assert sessions.retrieve(value).status == 404
    by_task = sessions.retrieve(task)
    assert by_task.status == 404 or by_task["externalId"] == task


# Percent-encoding


@pytest.mark.requirement(
    "retrieve.encoded-external-id-found",
    "retrieve.external-id-decoded-once",
    "update.encoded-external-id-found",
    "close.encoded-external-id-found",
)
@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("a b+c?d=e&f#g", id="space, plus and what a query is made of"),
        pytest.param("100% of it: a;b=c@d naïve-日本語-😀", id="percent, further delimiters and unicode"),
        pytest.param("a%20b", id="looks like an encoded space"),
        pytest.param("50%25off", id="looks like an encoded percent"),
    ],
)
def test_an_external_id_of_any_characters_is_an_address(
    check: Check, sessions: Sessions, bodies: Bodies, new_session: NewSession, ending: str
) -> None:
    session = new_session(externalId=f"{bodies.new_name()}-{ending}")
    name = session.external_id
    session.read()
    reply = eventually(lambda: sessions.retrieve(name), found).value
    with check.judging("retrieve.encoded-external-id-found"):
        assert reply.status == 200
        assert reply["externalId"] == name
        assert reply["id"] == session.id
    with check.judging("retrieve.external-id-decoded-once"):
        check.control(reply, judged_by="retrieve.encoded-external-id-found")
        for other in {quote(name, safe=""), unquote(name)} - {name}:
            assert sessions.retrieve(other).status == 404
    with check.judging("update.encoded-external-id-found"):
        tags = [bodies.run.tag, "updated by its name"]
        check.accepted(sessions.update(name, {"tags": tags}))
        assert session.eventually_shows(lambda row: row["tags"] == tags)["tags"] == tags
    with check.judging("close.encoded-external-id-found"):
        check.accepted(sessions.close(name, {"reason": REASON}))
        assert session.eventually_shows(is_closed)["closedAt"] != NULL


@pytest.mark.requirement("retrieve.encoded-slash-found")
def test_a_slash_is_part_of_an_external_id(check: Check, bodies: Bodies, new_session: NewSession) -> None:
    is_an_address(check, new_session(externalId=f"{bodies.new_name()}-a/b/close"))


@pytest.mark.requirement("retrieve.literal-percent-2f-found")
def test_a_text_that_looks_like_an_encoded_slash_is_part_of_an_external_id(
    check: Check, bodies: Bodies, new_session: NewSession
) -> None:
    is_an_address(check, new_session(externalId=f"{bodies.new_name()}-a%2Fb"))


def is_an_address(check: Check, session: LiveSession) -> None:
    """Assert that a session is found, updated and closed by its externalId."""
    sessions = session.sessions
    name, tags = session.external_id, [sessions.run.tag, "updated by its name"]
    session.read()
    reply = eventually(lambda: sessions.retrieve(name), found).value
    assert reply.status == 200
    assert reply["id"] == session.id
    check.accepted(sessions.update(name, {"tags": tags}))
    assert session.eventually_shows(lambda row: row["tags"] == tags)["tags"] == tags
    check.accepted(sessions.close(name, {"reason": REASON}))
    assert session.eventually_shows(is_closed)["closedAt"] != NULL
