"""Each monitor reports nothing for a good reply, and a failure for a bad one."""

import json
from dataclasses import replace
from typing import Any

import pytest

from suites.trigger.support.replies.texts import JWT
from tck.checking.check import Check
from tck.vocabulary import Outcome
from tests.support.fabricated import (
    CLOSED,
    INVALID,
    KEY,
    MADE,
    MONITOR,
    OTHER,
    ROW,
    TOKEN,
    problem,
    reply,
)

SUCCESSES = {
    "create": reply("createSession", 201, MADE),
    "cached create": reply("createSession", 200, {**MADE, "isCached": True}),
    "retrieve": reply("retrieveSession", 200, ROW),
    "update": reply("updateSession", 200, {name: ROW[name] for name in ROW if name != "triggerConfig"}),
    "close": reply("closeSession", 200, CLOSED),
}
REFUSALS = {
    "create": reply("createSession", 422, INVALID),
    "update": reply("updateSession", 422, {"error": "no"}),
    "close": reply("closeSession", 422, INVALID),
    "conflict": reply("createSession", 409, {"error": "taken"}),
    "bad request": reply("updateSession", 400, {"error": "no", "details": "more"}),
    "not found": reply("retrieveSession", 404, {"message": "no documented body"}),
    "unauthorized": reply("closeSession", 401, "nobody", media_type="text/plain"),
}
OPERATIONS = {
    "create": "createSession",
    "retrieve": "retrieveSession",
    "update": "updateSession",
    "close": "closeSession",
}


@pytest.mark.parametrize("good", [*SUCCESSES.values(), *REFUSALS.values()], ids=[*SUCCESSES, *REFUSALS])
def test_a_good_reply_breaks_nothing(good):
    assert {requirement: said for requirement, said in MONITOR.judged(good) if said} == {}


def test_a_reply_to_an_undocumented_request_is_not_judged():
    check = Check("a check", ())
    MONITOR(check, reply("", 500, "Traceback (most recent call last)", media_type="text/plain"))
    assert check.findings == []


def test_what_is_seen_is_told_to_the_check():
    check = Check("a check", ())
    MONITOR(check, reply("retrieveSession", 200, {**ROW, "createdAt": "yesterday"}))
    failed = {found.requirement for found in check.findings if found.outcome is Outcome.FAILED}
    passed = {found.requirement for found in check.findings if found.outcome is Outcome.PASSED}
    assert failed == {"retrieve.success-matches-schema", "replies.timestamps-are-rfc3339"}
    assert passed == {
        "replies.no-server-error",
        "replies.no-secret-in-body",
        "replies.no-secret-in-headers",
        "replies.hold-no-stack-trace",
        "retrieve.success-is-json",
        "replies.closed-fields-only-on-closed",
        "replies.created-before-updated",
    }
    assert all(found.exchanges == ("main-1",) for found in check.findings if found.outcome is Outcome.FAILED)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/problem+json", "text/html; charset=utf-8", None]
)
def test_a_success_that_is_not_application_json_is_seen(name, media_type):
    seen = reply(OPERATIONS[name], 200, json.dumps(ROW), media_type=media_type)
    assert "not application/json" in problem(f"{name}.success-is-json", seen)


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "Application/JSON", "application/json;v=1"]
)
def test_parameters_and_case_of_the_media_type_are_free(media_type):
    seen = reply("retrieveSession", 200, json.dumps(ROW), media_type=media_type)
    assert problem("retrieve.success-is-json", seen) is None


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(
    "change",
    [
        {"tags": None},
        {"id": 7},
        {"metadata": []},
        {"createdAt": "now"},
        {"type": None},
        {"triggerConfig": {}},
    ],
    ids=str,
)
def test_a_success_that_departs_from_the_schema_is_seen(name, change):
    seen = reply(OPERATIONS[name], 200, {**MADE, **change})
    assert next(iter(change)) in problem(f"{name}.success-matches-schema", seen)


@pytest.mark.parametrize("lacking", ["runId", "publicAccessToken", "isCached"])
def test_a_create_reply_without_its_own_members_is_seen(lacking):
    seen = reply("createSession", 201, {name: value for name, value in MADE.items() if name != lacking})
    assert lacking in problem("create.success-matches-schema", seen)
    assert problem("retrieve.success-matches-schema", reply("retrieveSession", 200, ROW)) is None


def test_a_success_under_an_undocumented_status_is_judged_by_its_body_alone():
    assert problem("update.success-matches-schema", reply("updateSession", 201, ROW)) is None
    empty = reply("closeSession", 204, "", media_type=None)
    assert "not JSON" in problem("close.success-matches-schema", empty)
    infinite = replace(reply("closeSession", 200, {}), body=b'{"id": Infinity}')
    assert "the body is not JSON: Infinity is not JSON: " in problem("close.success-matches-schema", infinite)


@pytest.mark.parametrize("name", ["create", "update"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error": 7},
        {"error": {"message": "no"}},
        {"error": "no", "details": [{"code": "c", "message": "m", "path": ["tags", 1]}]},
        {"error": "no", "details": [{"message": "m"}]},
        {"error": "no", "details": [{"code": "c"}]},
        {"error": "no", "details": {"code": "c", "message": "m"}},
        "no",
    ],
    ids=str,
)
def test_a_422_that_departs_from_the_schema_is_seen(name, body):
    assert problem(f"{name}.error-422-matches-schema", reply(OPERATIONS[name], 422, body))


def test_a_refusal_of_a_close_has_no_documented_form():
    seen = reply("closeSession", 422, {"detail": [{"loc": ["body"], "msg": "no"}]})
    assert not [name for name, wrong in MONITOR.judged(seen) if wrong]


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        ("updateSession", {"metadata": {"a": "\0"}}),
        (
            "createSession",
            {"taskIdentifier": "my-chat", "triggerConfig": {"basePayload": {}, "region": "mars"}},
        ),
        ("createSession", {"taskIdentifier": "another", "triggerConfig": {"basePayload": {}}}),
    ],
)
def test_a_server_error_at_something_odd_is_a_deviation(operation, sent):
    monitor = replace(MONITOR, task="my-chat")
    told = dict(monitor.judged(reply(operation, 500, {"error": "oops"}, sent=sent)))
    assert "500" in str(told["replies.no-server-error-at-odd-values"])
    assert "replies.no-server-error" not in told


def test_a_422_of_another_media_type_is_seen():
    seen = reply("updateSession", 422, json.dumps(INVALID), media_type="application/problem+json")
    assert "application/problem+json" in problem("update.error-422-matches-schema", seen)


def test_details_may_be_left_out_or_say_more():
    invalid: dict[str, Any] = dict(INVALID)
    more = {**invalid, "details": [{**invalid["details"][0], "received": 7}], "hint": "read the pages"}
    assert problem("create.error-422-matches-schema", reply("createSession", 422, more)) is None


@pytest.mark.parametrize("body", [{}, {"message": "taken"}, {"error": None}, "taken", ["taken"]], ids=str)
def test_a_409_without_an_error_is_seen(body):
    assert problem("create.error-409-matches-schema", reply("createSession", 409, body)) is not None


def test_a_refusal_under_another_status_should_carry_an_error_too():
    wrong = reply("createSession", 400, {"message": "no"})
    assert "no member error" in problem("replies.error-bodies-carry-error", wrong)
    html = reply("createSession", 413, "<html>too large</html>", media_type="text/html")
    assert "replies.error-bodies-carry-error" not in dict(MONITOR.judged(html))


@pytest.mark.parametrize("status", [500, 501, 505])
def test_a_server_error_is_seen(status):
    assert str(status) in problem("replies.no-server-error", reply("closeSession", status, {"error": "oops"}))


@pytest.mark.parametrize(
    "text",
    [
        f"bad key {KEY}",
        f"bad key {OTHER}",
        json.dumps({"error": {"headers": [f"Bearer {KEY}"]}}),
        '{"error": "bad key \\u0074r_dev_0123456789abcdef"}',
    ],
)
def test_a_secret_key_in_a_body_is_seen(text):
    seen = reply("retrieveSession", 404, text, media_type="text/plain")
    assert "secret key" in problem("replies.no-secret-in-body", seen)


def test_a_key_inside_an_issued_token_is_seen():
    claims = "eyJrZXkiOiJ0cl9kZXZfMDEyMzQ1Njc4OWFiY2RlZiJ9"
    told = reply("createSession", 201, {**MADE, "publicAccessToken": f"eyJhbGciOiJIUzI1NiJ9.{claims}.c2ln"})
    assert "secret key" in problem("replies.no-secret-in-body", told)


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        ("retrieveSession", 200, {**ROW, "token": TOKEN}),
        ("retrieveSession", 200, {**ROW, "publicAccessToken": "opaque"}),
        ("updateSession", 200, {**ROW, "publicAccessToken": TOKEN}),
        ("closeSession", 401, {"error": f"{TOKEN} will not do"}),
        ("createSession", 409, {"error": "taken", "publicAccessToken": TOKEN}),
        ("createSession", 201, {**MADE, "other": TOKEN}),
    ],
)
def test_a_token_where_none_belongs_is_seen(operation, status, body):
    assert JWT.search(TOKEN)
    assert problem("replies.no-secret-in-body", reply(operation, status, body))


def test_what_the_request_held_is_no_leak():
    address = f"/api/v1/sessions/{TOKEN.replace('.', '%2E')}"
    told = reply("retrieveSession", 404, {"error": f"no session {TOKEN}"}, path=address)
    assert problem("replies.no-secret-in-body", told) is None
    stored = {**ROW, "metadata": {"token": TOKEN}}
    assert problem("replies.no-secret-in-body", reply("retrieveSession", 200, stored)) is None
    echoed = reply("createSession", 422, {"error": f"no type {KEY}"}, sent={"type": KEY})
    assert problem("replies.no-secret-in-body", echoed) is None


def test_a_wrong_key_that_is_quoted_back_is_no_leak():
    seen = reply("retrieveSession", 401, {"error": f"{KEY}x is no key"}, key=f"{KEY}x")
    assert problem("replies.no-secret-in-body", seen) is None
    worse = reply("retrieveSession", 401, {"error": f"{KEY}x is no key, {KEY} is"}, key=f"{KEY}x")
    assert "secret key" in problem("replies.no-secret-in-body", worse)


def test_a_key_that_is_an_everyday_word_is_not_looked_for():
    short = type(MONITOR)(MONITOR.api, {"key": "done"})
    assert dict(short.judged(reply("closeSession", 200, CLOSED)))["replies.no-secret-in-body"] is None


@pytest.mark.parametrize("name", ["createdAt", "updatedAt", "closedAt", "expiresAt"])
@pytest.mark.parametrize(
    "value", ["2026-11-21 10:00:00", "2026-11-21T10:00:00", 1_700_000_000, "2026-11-21", True]
)
def test_a_timestamp_that_is_not_rfc3339_is_seen(name, value):
    assert name in problem(
        "replies.timestamps-are-rfc3339", reply("closeSession", 200, {**CLOSED, name: value})
    )


@pytest.mark.parametrize(
    "value", ["2026-11-21T10:00:00Z", "2026-11-21t10:00:00.123456z", "2026-11-21T12:00:00+02:00"]
)
def test_offsets_and_fractions_are_free(value):
    seen = reply("retrieveSession", 200, {**ROW, "createdAt": value, "updatedAt": value})
    assert problem("replies.timestamps-are-rfc3339", seen) is None
    assert problem("replies.created-before-updated", seen) is None


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("createSession", {"closedAt": "2026-11-21T11:00:00Z"}),
        ("createSession", {"closedReason": "done"}),
        ("retrieveSession", {"closedReason": "done"}),
        ("updateSession", {"closedReason": ""}),
    ],
)
def test_an_open_row_that_looks_closed_is_seen(operation, change):
    assert problem("replies.closed-fields-only-on-closed", reply(operation, 200, {**MADE, **change}))


def test_a_closed_row_may_lack_a_reason():
    seen = reply("closeSession", 200, {**CLOSED, "closedReason": None})
    assert problem("replies.closed-fields-only-on-closed", seen) is None


def test_a_row_updated_before_it_was_created_is_seen():
    early = {**ROW, "updatedAt": "2026-11-21T09:59:00Z"}
    assert "before createdAt" in problem("replies.created-before-updated", reply("updateSession", 200, early))


def test_two_clocks_of_one_target_may_differ_by_seconds():
    near = {**ROW, "updatedAt": "2026-11-21T09:59:58.500Z"}
    assert problem("replies.created-before-updated", reply("updateSession", 200, near)) is None


@pytest.mark.parametrize("name", ["WWW-Authenticate", "x-debug", "location"])
def test_a_secret_key_in_a_header_is_seen(name):
    told = reply("retrieveSession", 401, {"error": "no"})
    bad = replace(told, headers=((name, f"realm={KEY}"),))
    assert name in problem("replies.no-secret-in-headers", bad)
    assert (
        problem("replies.no-secret-in-headers", replace(told, headers=(("set-cookie", f"k={KEY}"),))) is None
    )


def test_a_create_whose_body_is_no_json_leaks_no_token_of_its_own():
    text = json.dumps(MADE)
    broken = replace(reply("createSession", 201, MADE), body=f'{text[:-1]}, "odd": Infinity}}'.encode())
    said = {requirement for requirement, problem in MONITOR.judged(broken) if problem}
    assert said == {"create.success-matches-schema"}
    stray = reply("createSession", 201, {**MADE, "odd": TOKEN[:-1] + "x"})
    assert "replies.no-secret-in-body" in {name for name, problem in MONITOR.judged(stray) if problem}
