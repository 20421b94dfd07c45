"""Queries that lists must refuse, and odd ones that they must survive."""

import pytest

from suites.trigger.support.lists.lists import Lists
from tck.checking import Check, response_rules

SERVER_ERROR = 500


@pytest.mark.requirement("list.size-out-of-range-refused", "list.refusals-answer-400")
@pytest.mark.parametrize("size", ["0", "101", "-1", "1000", "-100", "99999999999999999999"])
def test_a_size_out_of_range_is_refused(check: Check, lists: Lists, size: str) -> None:
    check.control(lists.sessions.list(lists.all({"page[size]": "10"})), "list.sizes-within-bounds-accepted")
    check.refused(lists.sessions.list(lists.all({"page[size]": size})), 400, "list.refusals-answer-400")


@pytest.mark.requirement("list.size-no-number-refused", "list.refusals-answer-400")
@pytest.mark.parametrize("size", ["ten", "5abc", "1.5", "NaN", "5,6"])
def test_a_size_that_is_no_whole_number_is_refused(check: Check, lists: Lists, size: str) -> None:
    check.control(lists.sessions.list(lists.all({"page[size]": "5"})), "list.sizes-within-bounds-accepted")
    check.refused(lists.sessions.list(lists.all({"page[size]": size})), 400, "list.refusals-answer-400")


@pytest.mark.requirement("list.refusals-carry-error")
def test_a_refused_query_carries_an_error(check: Check, lists: Lists) -> None:
    reply = lists.sessions.list({"page[size]": "101"})
    check.refused(reply, 400)
    check.held(response_rules.carries_error(reply), reply)


@pytest.mark.requirement("list.odd-queries-no-server-error")
@pytest.mark.parametrize(
    "query",
    [
        "page%5Bsize%5D=", "page%5Bafter%5D=", "page%5Bafter%5D=x", "unknown=1",
        "page%5Bsize%5D=5&page%5Bsize%5D=6",
        "filter%5Btags%5D=", "filter%5Bstatus%5D=", "filter%5BexternalId%5D=", "filter%5Btype%5D=,", "page=5",
        "filter%5BcreatedAt%5D%5Bfrom%5D=yesterday", "filter%5BcreatedAt%5D%5Bperiod%5D=soon", "&&",
        "filter%5Btags%5D%5B%5D=a&filter%5Btags%5D%5B%5D=b", "filter%5Btags%5D=%27%3B--", "filter=x",
        "page%5Bbefore%5D=%25",
    ],
)  # fmt: skip
def test_no_query_is_answered_with_a_server_error(lists: Lists, query: str) -> None:
    assert lists.sessions.list_by(query).status < SERVER_ERROR


@pytest.mark.requirement("list.odd-bytes-no-server-error")
@pytest.mark.parametrize(
    "query",
    [
        "filter%5BexternalId%5D=%00", "filter%5Btags%5D=%FF%FE", "filter%5Btype%5D=%",
        "page%5Bafter%5D=%ED%A0%80",
        "filter%5Btags%5D=" + "x," * 1000 + "x", "filter%5BexternalId%5D=" + "%F0%9F%98%80" * 200,
    ],
)  # fmt: skip
def test_no_odd_bytes_are_answered_with_a_server_error(lists: Lists, query: str) -> None:
    assert lists.sessions.list_by(query).status < SERVER_ERROR
