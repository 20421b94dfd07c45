"""What lives in one environment is out of reach of the key of another."""

import pytest

from suites.trigger.support.access.intruders import at_close, at_retrieve, at_update, intrusion, judge
from suites.trigger.support.access.two_environments import Environments
from suites.trigger.support.api import LiveSession
from suites.trigger.support.closed_rows import still_whole
from suites.trigger.support.shared_sessions import WITHOUT_NAME, SharedSessions, in_view, updated
from tck.checking import FALSE, NULL, SUCCESS, Check


@pytest.mark.requirement(
    "isolation.retrieve-crosses-no-environment",
    "isolation.update-crosses-no-environment",
    "isolation.close-crosses-no-environment",
)
def test_the_key_of_another_environment_reaches_nothing(
    check: Check, environments: Environments, shared_sessions: SharedSessions
) -> None:
    session, nameless = environments.at_home(), shared_sessions.open(WITHOUT_NAME)
    intruders = environments.intruders("isolation.retrieve-crosses-no-environment", session)
    retrieves = at_retrieve(intruders, session, shown=session.created.row)
    if environments.home.authorization == nameless.sessions.authorization:
        retrieves += at_retrieve(intruders[:1], nameless, (nameless.id,), nameless.created.row)
    updates = at_update(
        environments.intruders("isolation.update-crosses-no-environment", session),
        session,
        intrusion(environments.bodies),
    )
    closes = at_close(
        environments.intruders("isolation.close-crosses-no-environment", session),
        session,
        {"reason": "from abroad"},
    )
    made = environments.abroad.retrieve(session.external_id)
    updated(check, session, intrusion(environments.bodies))
    closed = check.control(session.sessions.close(session.id, {}), judged_by="close.answers-200")
    row = session.eventually_shows_written(closed)
    retrieves += at_retrieve(intruders, session, shown=row)
    updates += at_update(
        environments.intruders("isolation.update-crosses-no-environment", session),
        session,
        intrusion(environments.bodies),
    )
    closes += at_close(environments.intruders("isolation.close-crosses-no-environment", session), session, {})
    judge(check, [*retrieves, *updates, *closes])
    with check.judging("isolation.update-crosses-no-environment"):
        assert made.status not in SUCCESS or made["id"] == session.id, (
            "an update from abroad made a session there"
        )


@pytest.mark.requirement("isolation.external-id-is-unique-per-environment")
@pytest.mark.parametrize("environments", ["from-the-other-key"], indirect=True)
def test_one_external_id_lives_in_two_environments(check: Check, environments: Environments) -> None:
    session = environments.at_home()
    other = in_view(
        LiveSession(check.accepted(environments.abroad.create(dict(session.sent))), environments.abroad)
    )
    assert other.id != session.id
    assert other.created["isCached"] == FALSE
    finds_its_own(session)
    finds_its_own(other)
    check.control(
        environments.abroad.update(session.external_id, {"tags": ["abroad"]}), judged_by="update.answers-200"
    )
    check.control(
        environments.abroad.close(session.external_id, {"reason": "abroad"}), judged_by="close.answers-200"
    )
    other.eventually_shows(lambda row: not row["closedAt"].is_null)
    assert session.still(session.created.row).without_volatile() == session.created.row.without_volatile()
    again = session.sessions.create(dict(session.sent))
    assert again.status == 200
    assert again["id"] == session.id


@pytest.mark.requirement("isolation.external-id-is-unique-per-environment")
@pytest.mark.parametrize("environments", ["from-the-first-key"], indirect=True)
def test_a_closed_external_id_is_free_in_the_other_environment(
    check: Check, environments: Environments
) -> None:
    session = environments.at_home()
    closed = check.control(session.sessions.close(session.id, {}), judged_by="close.answers-200")
    reply = check.accepted(environments.abroad.create(dict(session.sent)))
    assert reply["id"] != session.id
    assert reply["closedAt"] == NULL
    session.eventually_shows_written(closed)
    assert still_whole(session, closed.row) == closed.row


def finds_its_own(session: LiveSession) -> None:
    reply = session.sessions.retrieve(session.external_id)
    assert reply["id"] == session.id
