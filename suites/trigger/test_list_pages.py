"""Pages of lists: their size, their cursors, and that they show each session once."""

from collections.abc import Sequence
from urllib.parse import quote

import pytest

from suites.trigger.support.lists.lists import Lists, page_of, rows_unless_refused
from suites.trigger.support.lists.order import last_of_order, order_of, steps_back
from tck.checking import Broken, Check, NotApplicable, NotTested

UNKNOWN = "session_00000000000000000000dead"
SOME = 5
"""A size for which the population has several pages."""


@pytest.mark.requirement("list.holds-at-most-size")
@pytest.mark.parametrize("size", [1, 2, SOME, 13])
def test_a_page_holds_at_most_as_many_rows_as_its_size(lists: Lists, size: int) -> None:
    page = lists.settled(
        lambda: lists.page(lists.all({"page[size]": str(size)})), lambda page: len(page.rows) == size
    )
    assert len(page.rows) in range(1, size + 1)


@pytest.mark.requirement("list.holds-at-most-size", "list.filter-type")
@pytest.mark.parametrize(
    "brackets", [pytest.param("[]", id="as-they-are"), pytest.param(("%5b", "%5d"), id="in-small-hex-digits")]
)
def test_the_brackets_of_a_name_may_be_written_otherwise(
    check: Check, lists: Lists, brackets: Sequence[str]
) -> None:
    begin, end = brackets
    wanted = lists.population.word("ab")
    reply = lists.sessions.list_by(f"page{begin}size{end}=2&filter{begin}type{end}={quote(wanted)}")
    if reply.refused and begin == "[":
        raise NotApplicable("the target takes no bracket in an address that is not percent-encoded")
    page = page_of(check.accepted(reply))
    with check.judging("list.holds-at-most-size"):
        assert len(page.rows) <= 2
    with check.judging("list.filter-type"):
        assert [row["type"] for row in page.rows] == [wanted] * len(page.rows)


@pytest.mark.requirement("list.sizes-within-bounds-accepted")
@pytest.mark.parametrize("size", ["1", "100"])
def test_the_smallest_and_the_largest_size_are_accepted(check: Check, lists: Lists, size: str) -> None:
    check.accepted(lists.sessions.list(lists.all({"page[size]": size})))


@pytest.mark.requirement("list.default-size")
def test_a_page_without_a_size_holds_twenty_rows(lists: Lists) -> None:
    page = lists.page({})
    assert len(page.rows) <= 20
    assert page.next is None or len(page.rows) == 20


@pytest.mark.requirement("list.walk-shows-each-session-once")
@pytest.mark.parametrize("size", [1, 4, SOME, 8])
def test_a_walk_from_page_to_page_shows_each_session_once(lists: Lists, size: int) -> None:
    walk = lists.settled(
        lambda: lists.walk(lists.all(), size),
        lambda walk: sorted(lists.ours(walk.rows)) == sorted(lists.population.certain),
    )
    lists.judge_whole(walk)


@pytest.mark.requirement("list.walk-shows-each-session-once")
def test_nothing_follows_the_last_row(lists: Lists) -> None:
    walk = lists.settled(
        lambda: lists.walk(lists.all()), lambda walk: set(lists.ours(walk.rows)) == lists.population.certain
    )
    if not walk.ids:
        raise NotTested("a list shows no rows", judged_by="list.shows-new-sessions")
    behind = lists.page(lists.all({"page[after]": str(walk.ids[-1])}))
    assert behind.ids == [], "a page after the last row shows rows"


@pytest.mark.requirement("list.page-size-does-not-change-the-set")
def test_small_pages_show_what_one_large_page_shows(lists: Lists) -> None:
    sizes = (100, 7, 3)
    walks = lists.settled(
        lambda: [lists.walk(lists.all(), size) for size in sizes],
        lambda walks: len({frozenset(lists.ours(walk.rows)) for walk in walks}) == 1,
    )
    large, *small = (frozenset(lists.ours(walk.rows)) for walk in walks)
    for size, shown in zip(sizes[1:], small, strict=True):
        assert sorted(shown) == sorted(large), f"pages of {size} rows show other sessions than one of 100"


@pytest.mark.requirement("list.previous-leads-back")
@pytest.mark.parametrize("page", [1, 2])
def test_the_previous_cursor_leads_back_to_the_same_rows(lists: Lists, page: int) -> None:
    steps = steps_back(lists, SOME, page)
    assert steps.back.ids == steps.before.ids


@pytest.mark.requirement("list.previous-leads-back")
@pytest.mark.parametrize("words", [{"type": "ab"}, {"type": "a", "status": "ACTIVE"}])
def test_the_previous_cursor_of_a_filtered_list_leads_back(lists: Lists, words: dict[str, str]) -> None:
    steps = steps_back(lists, 2, 1, lists.words(words))
    assert steps.back.ids == steps.before.ids


@pytest.mark.requirement("list.next-and-previous-are-inverse")
def test_the_next_cursor_of_a_page_that_was_led_back_to_leads_on(lists: Lists) -> None:
    steps = steps_back(lists, SOME, 1)
    assert steps.on_again.ids == steps.here.ids


@pytest.mark.last
@pytest.mark.requirement("list.newest-first")
def test_rows_are_shown_newest_first(lists: Lists) -> None:
    filtered = (
        {"filter[taskIdentifier]": lists.task},
        {"filter[status]": "CLOSED"},
    )
    for ordered in (last_of_order(lists), *(order_of(lists, query) for query in filtered)):
        for earlier, later in ordered.out_of_order:
            raise Broken(
                "a row stands before one that was made more than 5 seconds later",
                "the newest first", f"createdAt {earlier} before {later}", *ordered.exchanges,
            )  # fmt: skip


@pytest.mark.requirement("list.unknown-cursor-shows-nothing")
@pytest.mark.parametrize("name", ["page[after]", "page[before]"])
def test_an_unknown_cursor_is_refused_or_shows_nothing(check: Check, lists: Lists, name: str) -> None:
    known = lists.sessions.list(lists.all({name: lists.population.members["longer"].id}))
    check.control(known, judged_by="list.walk-shows-each-session-once")
    reply = lists.sessions.list(lists.all({name: UNKNOWN}))
    assert rows_unless_refused(reply, breaks_otherwise=True) == [], (
        "a list after or before a session that is not there shows rows"
    )


@pytest.mark.requirement("list.both-cursors-refused")
def test_both_cursors_at_once_are_refused(check: Check, lists: Lists) -> None:
    first, second = (lists.population.members[role].id for role in ("longer", "filler-1"))
    check.control(lists.sessions.list(lists.all({"page[after]": first})), judged_by="list.answers-200")
    check.control(lists.sessions.list(lists.all({"page[before]": second})), judged_by="list.answers-200")
    check.refused(lists.sessions.list(lists.all({"page[after]": first, "page[before]": second})), 400)
