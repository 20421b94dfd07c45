"""Methods that the pages do not have do not succeed on a session of the run's own, and show it to nobody."""

from itertools import product

import pytest

from suites.trigger.support.access.intruders import given_away
from suites.trigger.support.api import COLLECTION, LiveSession, path_of
from suites.trigger.support.close import REASON
from suites.trigger.support.known_sessions import row_now
from suites.trigger.support.replies.broken import broken
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import SUCCESS, encoded


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        pytest.param(
            "PUT",
            "",
            {"tags": ["put"]},
            marks=pytest.mark.requirement("methods.put-does-not-succeed"),
            id="PUT on a session",
        ),
        pytest.param(
            "POST",
            "",
            {"tags": ["posted"]},
            marks=pytest.mark.requirement("methods.undocumented-post-does-not-succeed"),
            id="POST on a session",
        ),
        pytest.param(
            "PATCH",
            "/close",
            {"reason": REASON},
            marks=pytest.mark.requirement("methods.undocumented-patch-does-not-succeed"),
            id="PATCH on the close path",
        ),
    ],
)
def test_a_method_with_a_body_that_no_page_has_does_not_succeed(
    workbench: LiveSession, method: str, suffix: str, body: object
) -> None:
    before = row_now(workbench).without_volatile()
    reply = workbench.sessions.ask(method, f"{path_of(workbench.id)}{suffix}", encoded(body))
    assert reply.status not in SUCCESS
    assert workbench.still(before).without_volatile() == before


@pytest.mark.requirement("methods.get-does-not-close")
def test_get_on_the_close_path_does_not_succeed(workbench: LiveSession) -> None:
    before = row_now(workbench).without_volatile()
    reply = workbench.sessions.ask("GET", f"{path_of(workbench.id)}/close")
    assert reply.status not in SUCCESS
    assert workbench.still(before).without_volatile() == before


@pytest.mark.requirement("methods.delete-does-not-succeed")
def test_delete_does_not_succeed(session: LiveSession) -> None:
    before = row_now(session).without_volatile()
    reply = session.sessions.ask("DELETE", path_of(session.id))
    assert reply.status not in SUCCESS
    assert session.still(before).without_volatile() == before


@pytest.mark.requirement("credentials.head-and-options-show-nothing")
def test_methods_that_only_ask_about_a_path_show_no_session(shared_sessions: SharedSessions) -> None:
    session = shared_sessions.open()
    before = row_now(session)
    paths = [path_of(address) for address in session.addresses]
    nobody = [session.sessions.using(None), session.sessions.bearing("tr_dev_nobody")]
    asked_by = [*zip(nobody, paths, strict=True), (nobody[0], COLLECTION), (nobody[0], f"{paths[1]}/close")]
    for method, (someone, path) in product(("HEAD", "OPTIONS"), asked_by):
        reply = someone.ask(method, path)
        shown = given_away(reply, before, session.created.row)
        if shown:
            asked = f"{method} {path} without a good credential"
            raise broken(reply, f"{asked} shows {', '.join(shown)}", "nothing of the session")
    assert session.still(before.without_volatile()).without_volatile() == before.without_volatile()
