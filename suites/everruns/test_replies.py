"""What holds for every reply: monitors see to it in all checks, this one goes where each rule could break."""

import pytest

from suites.everruns.conftest import NewSession
from suites.everruns.support.api import LiveSession
from suites.everruns.support.ids import PREFIX, unknown_id
from suites.everruns.support.monitors import ReplyMonitor
from tck.checking import ODD_VALUES, Check, NotTested, Reply, encoded, response_rules
from tck.run import Run

ALWAYS = ("replies.no-server-error", "replies.no-secret-in-body", "replies.hold-no-stack-trace")
ON_SUCCESS = ("update.success-is-json", "update.success-matches-schema")


def tour(session: LiveSession) -> list[Reply]:
    """Replies to updates of every kind, good and bad."""
    ask = session.sessions
    return [
        session.update({"title": "Touring", "tags": ["tour"]}),
        session.update({"tags": []}),
        session.update({"title": 'A "title" with \\ in it', "tags": ["<b>", "ü"]}),
        session.update({}),
        session.update({"title": None, "tags": None}),
        session.update({"title": 5}),
        session.update({"tags": [{}]}),
        session.update([]),
        session.update(raw=b'{"title": '),
        session.update(raw=b""),
        session.update(raw=b"\xff\xfe"),
        session.update(raw=encoded({"title": "x"}), content_type="text/html"),
        ask.update(unknown_id(session.id), {"title": "x"}),
        ask.update(f"{PREFIX}1", {"title": "x"}),
        ask.update("1", {"title": "x"}),
        ask.update("a/b", {"title": "x"}),
    ]


@pytest.mark.requirement("replies.no-server-error-at-odd-values")
def test_an_odd_value_breaks_nothing(new_session: NewSession) -> None:
    session = new_session()
    replies = [session.update(raw=b'{"title":%s}' % value) for value in ODD_VALUES]
    assert [reply.status for reply in replies if reply.status >= response_rules.SERVER_ERROR] == []


@pytest.mark.requirement(*ALWAYS, *ON_SUCCESS)
def test_every_reply_is_as_replies_are(check: Check, run: Run, session: LiveSession) -> None:
    replies = tour(session)
    monitor = ReplyMonitor(run.api, dict(run.target.credentials))
    told = [(reply, dict(monitor.judged(reply))) for reply in replies]
    for requirement in (*ALWAYS, *ON_SUCCESS):
        with check.judging(requirement):
            seen = [(reply, problems[requirement]) for reply, problems in told if requirement in problems]
            if not seen:
                raise NotTested("no update succeeded", judged_by="update.answers-200")
            for reply, problem in seen:
                check.held(problem, reply)
