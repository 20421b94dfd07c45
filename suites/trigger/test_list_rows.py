"""The rows of lists: their form, that they agree with retrieve, and that they follow writes."""

import time

import pytest

from suites.trigger.support.lists.lists import ANSWERS, Lists, page_of
from suites.trigger.support.lists.population import AMENDED, REASON
from suites.trigger.support.lists.rows import agrees, row_of, shown_by_retrieve
from tck.checking import NULL, Broken, Check, reading, response_rules

NOT_MODIFIED = 304


@pytest.mark.requirement("list.answers-200", "list.success-is-json", "list.success-matches-schema")
@pytest.mark.parametrize("query", ["all", "none", "one"])
def test_a_list_is_answered_with_200_and_the_documented_json(check: Check, lists: Lists, query: str) -> None:
    queries = {
        "all": lists.all({"page[size]": "100"}), "none": {},
        "one": {"filter[externalId]": lists.population.named("-Alpha")},
    }  # fmt: skip
    reply = lists.sessions.list(queries[query])
    with check.judging("list.answers-200"):
        assert reply.status == 200
    with check.judging("list.success-is-json"):
        check.control(reply, ANSWERS)
        check.held(response_rules.is_json(reply), reply)
    with check.judging("list.success-matches-schema"):
        check.control(reply, ANSWERS)
        check.held(response_rules.matches(lists.sessions.run.api, "SessionList", reply), reply)


@pytest.mark.requirement("list.answers-200", "list.success-is-json")
def test_a_list_is_json_whatever_the_client_says_it_takes(check: Check, lists: Lists) -> None:
    forms = [
        {"accept": accept, "coding": coding}
        for accept, coding in (("absent", "gzip"), ("anything", "identity"), ("list", "gzip"))
    ]
    replies = [lists.sessions.list(lists.all(), **reading(form)) for form in forms]
    with check.judging("list.answers-200"):
        for reply in replies:
            assert reply.status == 200
    with check.judging("list.success-is-json"):
        for reply in replies:
            check.held(response_rules.is_json(reply), reply)


@pytest.mark.requirement("list.rows-omit-trigger-config", "list.rows-omit-current-run")
def test_rows_show_neither_trigger_options_nor_run(check: Check, lists: Lists) -> None:
    page = lists.settled(lambda: lists.page(lists.all({"page[size]": "100"})), lambda page: bool(page.rows))
    for requirement, member in (
        ("list.rows-omit-trigger-config", "triggerConfig"), ("list.rows-omit-current-run", "currentRunId")
    ):  # fmt: skip
        with check.judging(requirement):
            assert [row.values["id"] for row in page.rows if row.values.get(member) is not None] == []


@pytest.mark.requirement("list.rows-agree-with-retrieve")
@pytest.mark.parametrize(
    "role",
    ["upper", "longer", "nameless", "plain", "odd", "closed", "closed-nameless", "updated", "rich"],
)
def test_a_row_agrees_with_a_retrieve_in_all_that_it_shows(lists: Lists, role: str) -> None:
    read = shown_by_retrieve(lists, role)
    row = lists.settled(lambda: row_of(lists, role), lambda row: row is not None and agrees(row, read))
    assert row is not None, f"no list shows the session {role}"
    for member in row.values:
        assert row[member] == read[member] or member not in read.values, member


@pytest.mark.requirement("list.shows-new-sessions")
def test_new_sessions_are_shown(lists: Lists) -> None:
    lists.judge_shows(lists.all(), lists.population.certain)


@pytest.mark.requirement("list.shows-updates")
def test_a_client_with_an_older_list_is_shown_the_update(lists: Lists) -> None:
    lists.settled(
        lambda: row_of(lists, "updated"), lambda row: row is not None and row["metadata"] == AMENDED
    )
    given = {"If-None-Match": lists.population.validator}
    reply = lists.sessions.list(lists.all({"page[size]": "100"}), headers=given)
    if reply.status == NOT_MODIFIED:
        said = "a client with the list of before is told that nothing has changed"
        raise Broken(said, "200 and the list as it is now", reply.told, reply.exchange)
    row = lists.member(page_of(reply).rows, "updated")
    assert row is not None
    assert row["metadata"] == AMENDED


@pytest.mark.requirement("list.shows-updates")
def test_a_row_shows_the_last_update(lists: Lists) -> None:
    row = lists.settled(
        lambda: row_of(lists, "updated"), lambda row: row is not None and row["metadata"] == AMENDED
    )
    assert row is not None
    assert row["metadata"] == AMENDED
    assert "amended" in row["tags"].value


@pytest.mark.requirement("list.shows-closes")
@pytest.mark.parametrize(("role", "reason"), [("closed", REASON), ("closed-nameless", None)])
def test_a_row_shows_the_close(lists: Lists, role: str, reason: str | None) -> None:
    row = lists.settled(
        lambda: row_of(lists, role), lambda row: row is not None and not row["closedAt"].is_null
    )
    assert row is not None
    assert row["closedAt"] != NULL
    assert row["closedReason"] == reason


@pytest.mark.requirement("list.seen-at-once")
def test_lists_show_writes_at_once(lists: Lists) -> None:
    """The look right after the writes decides; a later one shows how long they were hidden at most."""
    asked = lists.population
    lists.settled(lambda: lists.shown(lists.all()), lambda shown: shown == sorted(asked.certain))
    if not asked.at_once:
        hidden = time.monotonic() - asked.written
        seen = f"not right after the writes, and {hidden:.0f} s after them at the latest"
        raise Broken("lists lag behind writes", "all sessions as written, at once", seen, asked.exchange)


@pytest.mark.requirement("list.changes-nothing")
def test_a_list_changes_nothing(lists: Lists) -> None:
    before = [shown_by_retrieve(lists, role) for role in ("closed", "closed-nameless")]
    for query in (lists.all(), {"filter[externalId]": lists.population.named("-closed")}, {}):
        lists.page(query)
    after = [shown_by_retrieve(lists, role) for role in ("closed", "closed-nameless")]
    assert after == before
