"""Filters of lists: what each shows, and how they go together."""

import itertools

import pytest

from suites.trigger.support.lists.lists import Lists, fitting, rows_unless_refused
from suites.trigger.support.lists.population import WIDE
from tck.checking import Broken, Check

DAY = 86_400
STATUSES = ("ACTIVE", "CLOSED", "EXPIRED")


@pytest.mark.requirement("list.filter-type")
@pytest.mark.parametrize("word", ["a", "A", "ab"])
def test_the_type_shows_the_sessions_of_this_very_type(lists: Lists, word: str) -> None:
    wanted = lists.population.word(word)
    lists.judge_shows(
        {"filter[type]": wanted}, fitting(lists.population, lambda body: body["type"] == wanted)
    )


@pytest.mark.requirement("list.filter-type")
def test_a_type_that_nothing_has_shows_nothing(lists: Lists) -> None:
    for near in ("nothing", "_", "%"):
        lists.judge_empty({"filter[type]": lists.population.word(near)})


@pytest.mark.requirement("list.filter-tags")
@pytest.mark.parametrize("word", ["red", "Red", "blue", "reddish", pytest.param(WIDE, id="wide")])
def test_a_tag_shows_the_sessions_that_have_this_very_tag(lists: Lists, word: str) -> None:
    wanted = lists.population.word(word)
    lists.judge_shows(
        {"filter[tags]": wanted}, fitting(lists.population, lambda body: wanted in body["tags"])
    )


@pytest.mark.requirement("list.filter-tags")
def test_a_tag_that_nothing_has_shows_nothing(lists: Lists) -> None:
    for near in ("nothing", "re_", "re%"):
        lists.judge_empty({"filter[tags]": lists.population.word(near)})


@pytest.mark.requirement("list.filter-task")
def test_the_task_shows_the_sessions_of_this_very_task(lists: Lists) -> None:
    task = lists.task
    lists.judge_shows(lists.all({"filter[taskIdentifier]": task}), lists.population.certain)
    nearly = {f"{task}-of-nobody", f"{task}x", task[:-1], f"%{task[1:]}", task.swapcase()} - {task, ""}
    for near in sorted(nearly):
        lists.judge_shows(lists.all({"filter[taskIdentifier]": near}), [])


@pytest.mark.requirement("list.filter-external-id")
@pytest.mark.parametrize(
    "role", ["upper", "lower", "longer", "underscore", "percent", "odd", "closed", "updated", "rich"]
)
def test_the_external_id_shows_the_session_that_has_it(lists: Lists, role: str) -> None:
    name = lists.population.members[role].external_id or ""
    lists.judge_shows({"filter[externalId]": name}, [role])


@pytest.mark.requirement("list.filter-external-id")
@pytest.mark.parametrize("suffix", ["", "-", "-alph", "-alpha-", "-ALPHA", "-alpha ", "-al%", "-alph_", "*"])
def test_a_near_miss_of_an_external_id_shows_nothing(lists: Lists, suffix: str) -> None:
    lists.judge_shows({"filter[externalId]": lists.population.named("-alpha")}, ["lower"])
    lists.judge_empty({"filter[externalId]": lists.population.named(suffix)})


@pytest.mark.requirement("list.filter-status")
@pytest.mark.parametrize("status", ["ACTIVE", "CLOSED"])
def test_the_status_shows_the_sessions_in_this_state(lists: Lists, status: str) -> None:
    closed = {"closed", "closed-nameless"}
    wanted = closed if status == "CLOSED" else lists.population.certain - closed
    lists.judge_shows(lists.all({"filter[status]": status}), wanted)


@pytest.mark.requirement("list.filter-status")
@pytest.mark.parametrize(("status", "is_closed"), [("ACTIVE", False), ("CLOSED", True)])
def test_no_row_of_a_status_shows_another_one(lists: Lists, status: str, is_closed: bool) -> None:
    page = lists.page({"filter[status]": status, "page[size]": "100"})
    for row in page.rows:
        assert row["closedAt"].is_null is not is_closed


@pytest.mark.requirement("list.no-closed-session-is-expired")
def test_sessions_that_are_open_or_closed_are_not_shown_as_expired(lists: Lists) -> None:
    lists.judge_shows(lists.all({"filter[status]": "EXPIRED"}), [])


@pytest.mark.last
@pytest.mark.requirement(
    "list.status-follows-expiry", "list.filters-combine", "list.further-filter-adds-no-rows"
)
def test_a_session_past_its_deadline_is_active_no_more(check: Check, lists: Lists) -> None:
    expired = lists.expired()
    pages = lists.settled_since(
        expired.due,
        lambda: {status: lists.of_status(status) for status in STATUSES},
        lambda pages: expired.shown_by(pages) in expired.allowed,
    )
    shown = expired.shown_by(pages)
    with check.judging("list.status-follows-expiry"):
        assert shown in expired.allowed, f"an expired session is shown as {' and '.join(shown) or 'nothing'}"
    with check.judging("list.filters-combine"):
        of_another_type = lists.of_status("EXPIRED", {"filter[type]": lists.population.word("ab")})
        assert expired.id not in of_another_type.ids, "beside a status the type of a session does not count"
    with check.judging("list.further-filter-adds-no-rows"):
        whole = lists.page(lists.all({"page[size]": "100"}))
        wanted = {expired.id} if shown else set[str]()
        assert wanted <= set(whole.ids), "an expired session is shown beside its status alone"


@pytest.mark.requirement("list.unknown-status-shows-nothing")
@pytest.mark.parametrize("status", ["OPEN", "active-ish", "0"])
def test_an_unknown_status_is_refused_or_shows_nothing(check: Check, lists: Lists, status: str) -> None:
    check.control(
        lists.sessions.list(lists.all({"filter[status]": "ACTIVE"})), judged_by="list.filter-status"
    )
    reply = lists.sessions.list(lists.all({"filter[status]": status}))
    assert rows_unless_refused(reply, breaks_otherwise=True) == [], (
        "a list by a status that there is not shows rows"
    )


@pytest.mark.requirement("list.filter-created-period")
@pytest.mark.parametrize("period", ["1d", "7d"])
def test_a_period_shows_what_was_made_lately(lists: Lists, period: str) -> None:
    lists.judge_shows(lists.all({"filter[createdAt][period]": period}), lists.population.certain)


@pytest.mark.requirement("list.filter-created-range")
@pytest.mark.parametrize(
    ("bounds", "fits"),
    [
        ({"from": -DAY, "to": DAY}, True), ({"from": DAY}, False), ({"to": -DAY}, False),
        ({"from": -DAY}, True), ({"to": DAY}, True), ({"from": DAY, "to": -DAY}, False),
    ],
)  # fmt: skip
def test_from_and_to_are_date_times(lists: Lists, bounds: dict[str, int], fits: bool) -> None:
    query = {f"filter[createdAt][{name}]": lists.moment(seconds) for name, seconds in bounds.items()}
    lists.judge_shows(lists.all(query), lists.population.certain if fits else [])


@pytest.mark.requirement("list.filters-combine")
@pytest.mark.parametrize(
    ("words", "roles"),
    [
        ({"type": "a", "tags": "red"}, ["upper", "nameless", "closed"]),
        ({"type": "ab", "tags": "red"}, ["longer", "rich"]),
        ({"type": "A", "tags": "red"}, []),
        ({"type": "a", "tags": "red", "status": "CLOSED"}, ["closed"]),
        ({"type": "ab", "tags": "blue", "status": "ACTIVE"}, ["longer", "rich"]),
        ({"type": "ab", "externalId": "-alpha-2"}, ["longer"]),
        ({"type": "a", "externalId": "-alpha-2"}, []),
        ({"tags": "blue", "externalId": "-Alpha"}, []),
        ({"status": "CLOSED", "externalId": "-closed"}, ["closed"]),
        ({"status": "ACTIVE", "externalId": "-closed"}, []),
        ({"type": "A", "taskIdentifier": "", "createdAt][period": "1d"}, ["lower"]),
        ({"type": "ab", "createdAt][period": "1d", "externalId": "-Alpha"}, []),
        ({"taskIdentifier": "", "status": "CLOSED", "tags": "red"}, ["closed"]),
    ],
)
def test_filters_must_all_hold(lists: Lists, words: dict[str, str], roles: list[str]) -> None:
    lists.judge_shows(lists.words(words), roles)


@pytest.mark.requirement("list.filters-commute")
def test_the_order_of_filters_does_not_matter(lists: Lists) -> None:
    query = lists.words({"type": "a", "tags": "red", "status": "ACTIVE"})
    orders = [dict(order) for order in itertools.permutations(query.items())]
    shown = lists.settled(
        lambda: [lists.shown(order) for order in orders], lambda shown: len(set(map(tuple, shown))) == 1
    )
    for order, roles in zip(orders, shown, strict=True):
        assert roles == shown[0], f"the order {', '.join(order)} shows other sessions"


@pytest.mark.requirement("list.further-filter-adds-no-rows")
@pytest.mark.parametrize(
    "words",
    [
        {"tags": "red", "type": "a", "status": "ACTIVE", "externalId": "-Alpha"},
        {"type": "ab", "status": "CLOSED", "tags": "blue", "externalId": "-Alpha"},
        {"externalId": "-closed", "status": "ACTIVE", "type": "ab", "tags": "red"},
    ],
)
def test_a_further_filter_adds_no_rows(lists: Lists, words: dict[str, str]) -> None:
    names = list(words)
    queries = [
        lists.words({name: words[name] for name in names[:number]}) for number in range(1, len(names) + 1)
    ]

    def grows(shown: list[list[str]]) -> list[str]:
        return [role for less, more in itertools.pairwise(shown) for role in more if role not in less]

    shown = lists.settled(lambda: [lists.shown(query) for query in queries], lambda shown: not grows(shown))
    assert grows(shown) == [], "a further filter shows sessions that were not there before"


@pytest.mark.requirement("list.filters-hold-on-every-page")
@pytest.mark.parametrize(
    ("words", "size"), [({"tags": "red"}, 2), ({"type": "ab"}, 3), ({"status": "ACTIVE"}, 4)]
)
def test_filters_hold_on_every_page(lists: Lists, words: dict[str, str], size: int) -> None:
    query = lists.all(lists.words(words)) if "tags" not in words else lists.words(words)
    wanted = lists.settled(lambda: lists.shown(query), bool)
    walk = lists.settled(
        lambda: lists.walk(query, size), lambda walk: sorted(lists.ours(walk.rows)) == wanted
    )
    if sorted(lists.ours(walk.rows)) != wanted:
        seen = ", ".join(lists.ours(walk.rows))
        raise Broken(
            "pages of a filtered list show other sessions than one page",
            ", ".join(wanted),
            seen,
            *walk.exchanges,
        )


@pytest.mark.requirement("list.comma-lists")
@pytest.mark.parametrize(
    ("words", "roles"),
    [
        ({"type": "a,A"}, ["upper", "nameless", "odd", "closed", "underscore", "percent", "lower"]),
        ({"tags": "Red,reddish"}, ["lower", "odd"]),
    ],
)
def test_a_list_between_commas_shows_what_fits_any_of_it(
    lists: Lists, words: dict[str, str], roles: list[str]
) -> None:
    lists.judge_shows(lists.words(words), roles)


@pytest.mark.requirement("list.comma-lists-of-status")
def test_several_statuses_show_the_sessions_in_any_of_them(lists: Lists) -> None:
    lists.judge_shows(lists.all({"filter[status]": "ACTIVE,CLOSED"}), lists.population.certain)
