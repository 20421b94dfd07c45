"""Bodies of create, update and close: how large they may be, and that they must be JSON objects."""

import json
from collections.abc import Iterable

import pytest

from suites.trigger.support.addresses import sent_members
from suites.trigger.support.api import LiveSession, Sessions
from suites.trigger.support.bodies import Bodies
from suites.trigger.support.body_sizes import (
    CLOSE_BULKS,
    CLOSE_INSIDE,
    CLOSE_OUTSIDE,
    IN_BASE_PAYLOAD,
    IN_METADATA,
    IN_METADATA_WIDE,
    INSIDE,
    NO_OBJECT,
    OUTSIDE,
    UNPARSABLE,
    Bulk,
    OfSize,
    Spoil,
    close_in_escapes,
    every_close_bulk,
    spoilt,
    with_every_bulk,
)
from suites.trigger.support.chunks import judged_small, takes_chunks
from suites.trigger.support.close import REASON, is_closed
from suites.trigger.support.create import Creates, Writer
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.shared_sessions import SharedSessions, updated
from tck.checking import NULL, Check, encoded
from tck.run import Run

OVERSIZE = "create.oversize-body-answers-422"

# Create


@pytest.fixture
def plain_create(run: Run, check: Check, sessions: Sessions, bodies: Bodies) -> None:
    """The positive control of refused creates: the same body, whole and small; asked once a run."""

    def make() -> int:
        reply = sessions.create(with_every_bulk(bodies.minimal()))
        return check.control(reply, judged_by="create.new-session-answers-201").status

    run.once("bodies-plain-create", make)


def spoilt_creates(bodies: Bodies, ways: Iterable[pytest.ParameterSet]) -> dict[str, Writer]:
    """What writes a create body and spoils it, by each of these ways."""

    def spoiling(spoil: Spoil) -> Writer:
        return lambda name: spoil(encoded(with_every_bulk(bodies.minimal(externalId=name))))

    return {f"a body ({way.id})": spoiling(way.values[0]) for way in ways}  # type: ignore[arg-type]


@pytest.mark.requirement(
    "create.body-inside-limit-accepted", "create.body-over-limit-refused", "update.body-inside-limit-accepted"
)
@pytest.mark.parametrize(
    "bulk",
    [
        pytest.param(IN_METADATA, id="in metadata"),
        pytest.param(IN_BASE_PAYLOAD, id="in basePayload"),
        pytest.param(IN_METADATA_WIDE, id="in three-byte characters"),
    ],
)
def test_a_create_body_may_have_32_kilobytes(creates: Creates, bulk: Bulk) -> None:
    bodies, check, sessions = creates.bodies, creates.check, creates.sessions
    raw = bulk.fill(INSIDE, with_every_bulk(bodies.minimal()))
    inside = sessions.create(raw=raw)
    with check.judging("create.body-inside-limit-accepted"):
        check.accepted(inside)
        row, sent = LiveSession(inside, sessions).read(), json.loads(raw)
        assert row["metadata"] == sent["metadata"]
        assert sent_members(row["triggerConfig"], sent["triggerConfig"]) == sent["triggerConfig"]
    check.control(inside, judged_by="create.body-inside-limit-accepted")
    with check.judging("update.body-inside-limit-accepted"):
        more = IN_METADATA.fill(INSIDE, {"metadata": {}})
        check.accepted(sessions.update(str(inside["id"].value), raw=more))
    creates.all_refused({f"{OUTSIDE} bytes": too_large(bodies, bulk)}, deviation=OVERSIZE)


def too_large(bodies: Bodies, bulk: Bulk) -> Writer:
    """Writes a create body over its limit with this externalId."""
    return lambda name: bulk.fill(OUTSIDE, with_every_bulk(bodies.minimal(externalId=name)))


@pytest.mark.requirement("create.oversize-body-answers-422")
@pytest.mark.usefixtures("plain_create")
def test_a_create_body_over_32_kilobytes_is_answered_with_422(sessions: Sessions, bodies: Bodies) -> None:
    raw = IN_METADATA.fill(OUTSIDE, with_every_bulk(bodies.minimal()))
    assert sessions.create(raw=raw).status == 422


@pytest.mark.requirement("create.chunked-body-over-limit-refused", "create.chunked-body-accepted")
@pytest.mark.usefixtures("plain_create")
def test_a_chunked_create_body_over_32_kilobytes_is_refused(
    creates: Creates, shared_sessions: SharedSessions
) -> None:
    small = creates.sessions.create(raw=encoded(dict(shared_sessions.open().sent)), chunked=True)
    judged_small(creates.check, small, "create.chunked-body-accepted")
    takes_chunks(small, "create.chunked-body-accepted")
    oversize = {f"{OUTSIDE} bytes in chunks": too_large(creates.bodies, IN_METADATA)}
    creates.all_refused(oversize, deviation="", chunked=True)


@pytest.mark.requirement("create.unparsable-body-refused")
@pytest.mark.usefixtures("plain_create")
def test_a_create_body_that_is_not_json_is_refused(creates: Creates) -> None:
    creates.all_refused(
        spoilt_creates(creates.bodies, [*UNPARSABLE, pytest.param(lambda raw: raw[:0], id="empty")])
    )


@pytest.mark.requirement("create.non-object-body-refused")
@pytest.mark.usefixtures("plain_create")
def test_a_create_body_that_is_no_object_is_refused(creates: Creates) -> None:
    creates.all_refused(spoilt_creates(creates.bodies, NO_OBJECT))


# Update


@pytest.mark.requirement("update.body-inside-limit-accepted", "update.body-over-limit-refused")
@pytest.mark.parametrize(
    "bulk",
    [
        pytest.param(IN_METADATA, id="in metadata"),
        pytest.param(IN_METADATA_WIDE, id="in three-byte characters"),
    ],
)
def test_an_update_body_may_have_32_kilobytes(
    check: Check, sessions: Sessions, workbench: LiveSession, bulk: Bulk
) -> None:
    tags = workbench.sent["tags"]
    raw = bulk.fill(INSIDE, {"tags": tags})
    inside = sessions.update(workbench.id, raw=raw)
    with check.judging("update.body-inside-limit-accepted"):
        check.accepted(inside)
        sent = json.loads(raw)["metadata"]
        assert workbench.eventually_shows(lambda row: row["metadata"] == sent)["metadata"] == sent
    check.control(inside, judged_by="update.body-inside-limit-accepted")
    before = workbench.eventually_shows_written(inside).without_volatile()
    over = sessions.update(workbench.id, raw=bulk.fill(OUTSIDE, {"tags": [*tags, "too much"]}))
    check.refused(over, documented=422, deviation="update.oversize-body-answers-422")
    assert workbench.still(before).without_volatile() == before


@pytest.mark.requirement("update.oversize-body-answers-422")
def test_an_update_body_over_32_kilobytes_is_answered_with_422(
    check: Check, sessions: Sessions, workbench: LiveSession
) -> None:
    small = sessions.update(workbench.id, {"metadata": {"filling": ""}})
    workbench.eventually_shows_written(check.control(small, judged_by="update.answers-200"))
    assert sessions.update(workbench.id, raw=IN_METADATA.fill(OUTSIDE, {})).status == 422


@pytest.mark.requirement("update.chunked-body-over-limit-refused", "update.chunked-body-accepted")
def test_a_chunked_update_body_over_32_kilobytes_is_refused(
    check: Check, sessions: Sessions, workbench: LiveSession
) -> None:
    tags = workbench.sent["tags"]
    body = {"tags": tags, "metadata": {"filling": ""}}
    plain = check.control(sessions.update(workbench.id, body), judged_by="update.answers-200")
    before = workbench.eventually_shows_written(plain).without_volatile()
    small = sessions.update(workbench.id, raw=encoded(body), chunked=True)
    judged_small(check, small, "update.chunked-body-accepted")
    takes_chunks(small, "update.chunked-body-accepted")
    raw = IN_METADATA.fill(OUTSIDE, {"tags": [*tags, "too much"]})
    reply = sessions.update(workbench.id, raw=raw, chunked=True)
    check.refused(reply, documented=422)
    assert workbench.still(before).without_volatile() == before


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param(
            UNPARSABLE, marks=pytest.mark.requirement("update.unparsable-body-refused"), id="not JSON"
        ),
        pytest.param(
            NO_OBJECT, marks=pytest.mark.requirement("update.non-object-body-refused"), id="no object"
        ),
    ],
)
def test_an_update_body_that_is_no_json_object_is_refused(
    check: Check, sessions: Sessions, workbench: LiveSession, ways: Iterable[pytest.ParameterSet]
) -> None:
    before = row_now(workbench).without_volatile()
    for raw in spoilt(ways, encoded({"tags": [*workbench.sent["tags"], "spoilt"]})):
        reply = sessions.update(workbench.id, raw=raw)
        check.refused(reply, documented=422, deviation="update.invalid-body-answers-422")
    assert workbench.still(before).without_volatile() == before
    updated(check, workbench, {"tags": workbench.sent["tags"]})


# Close


@pytest.mark.requirement("close.body-inside-limit-accepted")
@pytest.mark.parametrize("of_size", CLOSE_BULKS)
def test_a_close_body_may_have_one_kilobyte(
    check: Check, sessions: Sessions, to_close: LiveSession, of_size: OfSize
) -> None:
    check.accepted(sessions.close(to_close.id, raw=of_size(CLOSE_INSIDE)))
    assert to_close.eventually_shows(is_closed)["closedAt"] != NULL


@pytest.mark.requirement("close.body-over-limit-refused")
def test_a_close_body_over_one_kilobyte_is_refused(
    check: Check, sessions: Sessions, to_close: LiveSession
) -> None:
    before = row_now(to_close).without_volatile()
    for raw in every_close_bulk(CLOSE_OUTSIDE):
        check.refused(sessions.close(to_close.id, raw=raw), documented=422)
    assert to_close.still(before).without_volatile() == before
    inside = sessions.close(to_close.id, raw=close_in_escapes(CLOSE_INSIDE))
    check.control(inside, judged_by="close.body-inside-limit-accepted")


@pytest.mark.requirement("close.chunked-body-over-limit-refused", "close.chunked-body-accepted")
def test_a_chunked_close_body_over_one_kilobyte_is_refused(
    check: Check, sessions: Sessions, to_close: LiveSession
) -> None:
    before = row_now(to_close).without_volatile()
    reply = sessions.close(to_close.id, raw=close_in_escapes(CLOSE_OUTSIDE), chunked=True)
    after = to_close.still(before).without_volatile()
    small = sessions.close(to_close.id, raw=encoded({"reason": REASON}), chunked=True)
    judged_small(check, small, "close.chunked-body-accepted")
    takes_chunks(small, "close.chunked-body-accepted")
    check.refused(reply, documented=422)
    assert after == before


@pytest.mark.requirement("close.unparsable-body-refused", "close.non-object-body-refused")
def test_a_close_body_that_is_no_json_object_is_refused(
    check: Check, sessions: Sessions, to_close: LiveSession
) -> None:
    before = row_now(to_close).without_volatile()
    whole = encoded({"reason": REASON})
    no_json = [sessions.close(to_close.id, raw=raw) for raw in spoilt(UNPARSABLE, whole)]
    after = to_close.still(before).without_volatile()
    with check.judging("close.unparsable-body-refused"):
        assert after == before
    no_object = [sessions.close(to_close.id, raw=raw) for raw in spoilt(NO_OBJECT, whole)]
    with check.judging("close.non-object-body-refused"):
        assert to_close.still(after).without_volatile() == after
    control = sessions.close(to_close.id, {"reason": REASON})
    with check.judging("close.unparsable-body-refused"):
        check.control(control, judged_by="close.answers-200")
        for reply in no_json:
            check.refused(reply, documented=422)
    with check.judging("close.non-object-body-refused"):
        check.control(control, judged_by="close.answers-200")
        for reply in no_object:
            check.refused(reply, documented=422)
