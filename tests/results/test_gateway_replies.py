"""What is said of replies that something in front of the target gave in its place."""

import json
from dataclasses import replace

import pytest

from tck.recording.exchange import Exchange
from tck.results.gateway_replies import foreign_pages, remarks_on

AUTHORIZED = (("Authorization", "Bearer x"), ("Content-Type", "application/json"))


def sent(status, method="PATCH", operation="updateSession", body=None, media_type="application/json"):
    return Exchange(
        id="main-1", check="c", operation=operation, method=method, url="http://x/api/v1/sessions/a",
        request_headers=AUTHORIZED, request_body=b"" if body is None else json.dumps(body).encode(),
        status=status, http_version="HTTP/1.1", response_headers=(("content-type", media_type),),
        response_body=b"{}", error="", started_at=0.0, duration=0.1, retries=0,
    )  # fmt: skip


OTHERS = [sent(200, "GET", "retrieveSession"), sent(200, body={"metadata": {}})]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_request_that_is_lost_each_time_is_named_with_its_count(status):
    lost = [sent(status, body={"metadata": None})] * 12
    assert list(remarks_on([*OTHERS, *lost])) == [
        f"PATCH updateSession with metadata null: {status}, 12 of 12; what needs it is not known."
    ]


def test_an_operation_that_is_lost_each_time_is_named_once():
    lost = [sent(502, body={"metadata": None})] * 3 + [sent(503, body={"tags": []})] * 3
    assert list(remarks_on([OTHERS[0], *lost])) == [
        "PATCH updateSession: 502, 503, 6 of 6; what needs it is not known."
    ]


@pytest.mark.parametrize(
    "exchanges",
    [
        [],
        OTHERS,
        [*OTHERS, *[sent(502, body={"metadata": None})] * 2],
        [*OTHERS, *[sent(502, body={"metadata": None})] * 5, sent(200, body={"metadata": None})],
        [sent(502), sent(503), sent(504), sent(502)],
        [*OTHERS, *[sent(None)] * 9],
    ],
    ids=["nothing", "good", "too few", "once answered", "all", "no reply"],
)
def test_nothing_is_said_without_need(exchanges):
    assert list(remarks_on(exchanges)) == []


def pages(status, number=4, body=b"<h1>Blocked</h1> 17f3-a%d"):
    return [
        replace(sent(status, media_type="text/html; charset=utf-8"), id=f"main-{place}", response_body=body % place)
        for place in range(number)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "exchanges",
    [pages(403), [sent(422), *pages(403, 2)], [sent(422), *pages(404)], [sent(422), *pages(403, 1), *pages(400, 1)]],
    ids=["all refusals are pages", "few", "not found", "different ones"],
)  # fmt: skip
def test_pages_that_may_be_the_targets_own_are_not_foreign(exchanges):
    assert foreign_pages(exchanges) == {}


def test_a_page_that_differs_in_an_id_alone_is_one_page():
    other = pages(403, 1, b"<h1>Forbidden</h1> %d")
    assert foreign_pages([sent(422), *pages(403)]) == dict.fromkeys(
        [f"main-{place}" for place in range(4)], 403
    )
    assert foreign_pages([sent(422), *other]) == {}


def test_pages_of_a_firewall_are_one_sentence():
    assert list(remarks_on([*OTHERS, sent(422), *pages(403)])) == [
        "4 requests were answered 403 with an HTML page: a firewall or gateway seems to answer in place of the API."
    ]
    assert list(remarks_on([*OTHERS, sent(422), *pages(403, 2)])) == []


def test_a_target_that_limits_how_fast_it_is_asked_is_named_by_its_status():
    limited = [sent(429, body={"tags": []})] * 3
    (said,) = remarks_on([*OTHERS, *limited])
    assert said == (
        "3 requests were answered 429: the target limits how fast it may be asked, and the run waited for it; "
        "--rate-limit=N/s keeps below the limit."
    )
    assert list(remarks_on([*OTHERS, *limited[:2]])) == []
