"""What stands in the headers of a reply, whatever it is a reply to."""

import pytest

from suites.everruns.support.api import LiveSession
from suites.everruns.support.ids import PREFIX, unknown_id
from tck.checking import Check, encoded, response_rules
from tck.run import Run


@pytest.mark.requirement("replies.no-secret-in-headers")
def test_no_header_holds_the_key(check: Check, run: Run, session: LiveSession) -> None:
    ask = session.sessions
    replies = [
        session.update({"title": "Looked at", "tags": ["headers"]}),
        session.update({"title": 5}),
        session.update(raw=b'{"title": '),
        session.update(raw=encoded({"title": "x"}), content_type="text/plain"),
        ask.update(unknown_id(session.id), {"title": "x"}),
        ask.update(f"{PREFIX}1", {"title": "x"}),
        ask.using(None).update(session.id, {"title": "x"}),
    ]
    with check.judging("replies.no-secret-in-headers"):
        for reply in replies:
            check.held(response_rules.holds_no_secret(run.target.credentials, reply), reply)


@pytest.mark.requirement("update.refusals-of-ids-are-json")
def test_the_refusal_of_an_id_is_announced_as_json(check: Check, session: LiveSession) -> None:
    body = {"title": "Meant for another"}
    for wrong in (unknown_id(session.id), f"{PREFIX}1", session.id.removeprefix(PREFIX)):
        reply = session.sessions.update(wrong, body)
        check.held(response_rules.is_json(reply), reply)
    check.control(session.update(body), judged_by="update.answers-200")
