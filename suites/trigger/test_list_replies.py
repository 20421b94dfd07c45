"""What holds for every reply to a list; the monitor judges all checks, this tries each kind of reply."""

import pytest

from suites.trigger.support.access.wrong_credentials import wrong_credentials
from suites.trigger.support.lists.lists import Lists
from suites.trigger.support.replies.group_replies import shows_no_secret
from suites.trigger.support.replies.rules import shows_no_stack_trace
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check, Reply
from tck.run import Run

REFUSED = ("0", "words")


@pytest.mark.requirement("list.no-secret-in-replies", "list.hold-no-stack-trace")
def test_no_list_shows_what_is_inside_the_server(
    run: Run, check: Check, lists: Lists, shared_sessions: SharedSessions
) -> None:
    replies = every_kind_of_list(run, lists, shared_sessions.open().token)
    with check.judging("list.no-secret-in-replies"):
        for reply in replies:
            check.held(shows_no_secret(run.target.credentials, reply), reply)
    with check.judging("list.hold-no-stack-trace"):
        for reply in replies:
            check.held(shows_no_stack_trace(reply), reply)


def every_kind_of_list(run: Run, lists: Lists, token: str) -> list[Reply]:
    """Lists with rows and without, that are refused, and by those who may not list or see little."""
    sessions = lists.sessions
    intruders = [sessions.using(None), *(sessions.using(one.authorization) for one in wrong_credentials(run))]
    return [
        sessions.list(lists.all()),
        sessions.list(lists.all({"page[size]": "2"})),
        sessions.list({"filter[type]": lists.population.word("nothing")}),
        *(sessions.list({"page[size]": size}) for size in REFUSED),
        sessions.list({"page[after]": f"{lists.population.members['upper'].id}x"}),
        sessions.bearing(token).list(lists.all()),
        *(intruder.list(lists.all()) for intruder in intruders),
    ]
