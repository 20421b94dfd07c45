"""Who may list: the secret key of the environment, and nobody sees another environment's sessions."""

import pytest

from suites.trigger.support.access.wrong_credentials import wrong_credentials
from suites.trigger.support.api import Sessions
from suites.trigger.support.lists.lists import Lists, page_of, rows_unless_refused
from suites.trigger.support.lists.population import OTHER_ROWS, namesake
from suites.trigger.support.shared_sessions import SharedSessions
from tck.checking import Check
from tck.run import Run

UNAUTHORIZED = 401
WRONG_KEYS = ("credentials.unknown-key-answers-401", "credentials.near-miss-key-answers-401")


@pytest.mark.requirement("list.without-key-answers-401")
@pytest.mark.parametrize("query", ["", "page%5Bsize%5D=5", "filter%5Bstatus%5D=ACTIVE"])
def test_a_list_without_a_key_is_refused(check: Check, lists: Lists, query: str) -> None:
    check.control(lists.sessions.list_by(query), judged_by="list.answers-200")
    assert lists.sessions.using(None).list_by(query).status == UNAUTHORIZED


@pytest.mark.requirement("list.wrong-key-answers-401")
def test_a_list_with_a_wrong_key_is_refused(check: Check, run: Run, lists: Lists) -> None:
    check.control(lists.sessions.list(lists.all()), judged_by="list.answers-200")
    for intruder in (one for one in wrong_credentials(run) if one.requirement in WRONG_KEYS):
        reply = lists.sessions.using(intruder.authorization).list(lists.all())
        assert reply.status in intruder.answers, intruder.about


@pytest.mark.requirement("list.token-shows-no-other-session")
@pytest.mark.parametrize("query", ["all", "none", "one", "type-and-status", "after-a-row", "closed"])
def test_a_token_of_one_session_shows_no_other(
    check: Check, lists: Lists, shared_sessions: SharedSessions, query: str
) -> None:
    session = shared_sessions.open()
    queries = {
        "all": lists.all(),
        "none": {},
        "one": {"filter[externalId]": lists.population.named("-Alpha")},
        "type-and-status": lists.words({"type": "a", "status": "ACTIVE"}),
        "closed": {"filter[status]": "CLOSED"},
        "after-a-row": {"page[after]": lists.population.members[OTHER_ROWS[-1]].id},
    }
    check.control(lists.sessions.list(queries[query]), judged_by="list.answers-200")
    reply = lists.sessions.bearing(session.token).list(queries[query])
    assert {row.values["id"] for row in rows_unless_refused(reply)} <= {session.id}, (
        "a token shows another session's row"
    )


@pytest.mark.requirement("list.other-environment-not-shown")
@pytest.mark.parametrize("query", ["all", "none", "type", "name", "closed", "task"])
def test_the_key_of_another_environment_shows_none_of_the_sessions(
    lists: Lists, other_sessions: Sessions, query: str
) -> None:
    asked = lists.population
    queries = {
        "all": lists.all(), "none": {"page[size]": "100"}, "type": {"filter[type]": asked.word("a")},
        "name": {"filter[externalId]": asked.named("-Alpha")},
        "closed": {"filter[status]": "CLOSED", "page[size]": "100"},
        "task": {"filter[taskIdentifier]": lists.task, "page[size]": "100"},
    }  # fmt: skip
    lists.judge_shows(lists.all(), asked.certain)
    page = page_of(other_sessions.list(queries[query]))
    assert lists.ours(page.rows) == []


@pytest.mark.requirement("list.other-environments-session-stays-apart")
def test_a_session_of_another_environment_with_the_same_names_is_shown_there_alone(
    run: Run, lists: Lists, other_sessions: Sessions
) -> None:
    theirs, written = namesake(run, other_sessions, lists.population)
    there = lists.settled_since(
        written, lambda: page_of(other_sessions.list(lists.all())), lambda page: page.ids == [theirs]
    )
    assert there.ids == [theirs]
    assert theirs not in lists.page(lists.all({"page[size]": "100"})).ids
    assert theirs not in lists.page({"filter[externalId]": lists.population.named("-Alpha")}).ids


@pytest.mark.requirement("list.foreign-cursor-shows-nothing-of-ours")
@pytest.mark.parametrize("name", ["page[after]", "page[before]"])
def test_a_cursor_of_another_environment_shows_nothing_of_it(
    check: Check, lists: Lists, other_sessions: Sessions, name: str
) -> None:
    own = {name: lists.population.members["longer"].id}
    check.control(lists.sessions.list(lists.all(own)), judged_by="list.walk-shows-each-session-once")
    reply = other_sessions.list(own)
    assert lists.ours(rows_unless_refused(reply)) == []
