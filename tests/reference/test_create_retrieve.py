"""Create and retrieve, rule by rule."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.support.trigger_server import create_body, fresh, row_of

pytest_plugins = ["tests.support.trigger_fixtures"]

FULL_CONFIG = {
    "basePayload": {"a": [1, 2.5, None, True, {"b": {}}]},
    "machine": "small-1x",
    "queue": "q" * 128,
    "tags": ["t" * 128] * 5,
    "maxAttempts": 10,
    "maxDuration": 10**12,
    "lockToVersion": "20240523.1",
    "region": "eu",
    "idleTimeoutInSeconds": 3600,
}


def test_a_new_session_answers_201_with_all_defaults(main):
    reply = main.create()
    body = reply.json()
    assert reply.status_code == 201
    assert reply.headers["content-type"] == "application/json"
    assert body["id"].startswith("session_")
    assert body["runId"].startswith("run_")
    assert body["currentRunId"] == body["runId"]
    assert body["isCached"] is False
    assert body["tags"] == []
    nothing = [body[name] for name in ("externalId", "metadata", "closedAt", "closedReason", "expiresAt")]
    assert nothing == [None] * 5
    assert body["createdAt"] == body["updatedAt"]
    assert body["createdAt"].endswith("Z")
    assert len(body["createdAt"]) == len("2026-01-01T00:00:00.000Z")


def test_everything_sent_comes_back_and_is_read_by_both_addresses(main):
    sent = {
        "type": "t" * 64,
        "taskIdentifier": "k" * 128,
        "externalId": fresh("é" * 200),
        "tags": [" a ", "", "x" * 128, *("\U0001f600" * 128,) * 7],
        "metadata": {"": {"n": None, "f": False}, "A\u030a": "Å \U0001f600 <&>"},
        "expiresAt": "2099-06-30T12:00:00.000Z",
        "triggerConfig": FULL_CONFIG,
    }
    created = main.made(**sent)
    assert {name: created[name] for name in sent} == sent
    assert main.row(created["id"]) == row_of(created)
    assert main.row(created["externalId"]) == row_of(created)


def test_without_external_id_every_create_makes_a_session(main):
    assert main.made()["id"] != main.made()["id"]


def test_numbers_and_texts_of_metadata_come_back_as_the_very_same_json(main):
    text = '{"big":9007199254740991,"huge":123456789012345678901234567890,"whole":1.0,"small":-0.1,"e":1e-7}'
    reply = main.send(
        "POST",
        "",
        content=json.dumps(create_body(metadata=0)).replace('"metadata": 0', f'"metadata": {text}'),
    )
    assert reply.status_code == 201
    assert text.replace("1e-7", "1e-07") in reply.text


def test_the_last_of_equal_keys_wins(main):
    body = json.dumps(create_body())[:-1] + ', "metadata": {"a": 1, "a": 2}}'
    assert main.send("POST", "", content=body).json()["metadata"] == {"a": 2}


def test_an_open_session_is_found_again_unchanged(main):
    name = fresh()
    first = main.made(externalId=name, tags=["a"], metadata={"a": 1}, expiresAt="2099-01-01T00:00:00Z")
    again = main.create(externalId=name, type="other", taskIdentifier="x", tags=["b"], metadata={"b": 2})
    assert again.status_code == 200
    assert again.json()["isCached"] is True
    assert again.json()["runId"] == first["runId"]
    assert row_of(again.json()) == row_of(first)
    assert main.row(name) == row_of(first)


def test_a_closed_external_id_is_a_conflict(main):
    name = fresh()
    main.made(externalId=name)
    closed = main.close(name).json()
    reply = main.create(externalId=name)
    assert reply.status_code == 409
    assert isinstance(reply.json()["error"], str)
    assert main.row(name) == closed


def test_an_expired_external_id_is_a_conflict(main):
    name = fresh()
    main.made(externalId=name, expiresAt="2001-01-01T00:00:00Z")
    assert main.create(externalId=name).status_code == 409


@pytest.mark.parametrize("rest", ["", "X", "1", "!", "é"])
def test_the_reserved_prefix_is_refused(main, rest):
    reply = main.create(externalId=f"session_{rest}")
    assert reply.status_code == 422
    assert reply.json()["details"][0]["path"] == ["externalId"]


@pytest.mark.parametrize("text", ["Session_1", "session", "xsession_"])
def test_other_beginnings_are_not_reserved(main, text):
    assert main.create(externalId=fresh(text)).status_code == 201


GOOD = {
    "one character": {"type": "x", "taskIdentifier": "x"},
    "ten tags": {"tags": ["x"] * 10},
    "lowest numbers": {
        "triggerConfig": {"basePayload": {}, "maxAttempts": 1, "maxDuration": 1, "idleTimeoutInSeconds": 1}
    },
    "whole floats": {"triggerConfig": {"basePayload": {}, "maxAttempts": 1.0}},
    "unknown members": {"colour": "red", "id": "session_1", "closedAt": 3},
    "empty texts": {"triggerConfig": {"basePayload": {}, "queue": "", "machine": "", "tags": [""]}},
    "leap second": {"expiresAt": "2016-12-31T23:59:60Z"},
    "year nought": {"expiresAt": "0000-02-29T00:00:00.5z"},
}


@pytest.mark.parametrize("members", GOOD.values(), ids=GOOD.keys())
def test_what_the_limits_permit_is_accepted(main, members):
    assert main.create(**members).status_code == 201


def config(**members):
    return {"triggerConfig": {"basePayload": {}, **members}}


BAD = [
    ({"type": ""}, "type"),
    ({"type": "x" * 65}, "type"),
    ({"type": 1}, "type"),
    ({"type": None}, "type"),
    ({"taskIdentifier": ""}, "taskIdentifier"),
    ({"taskIdentifier": "x" * 129}, "taskIdentifier"),
    ({"taskIdentifier": []}, "taskIdentifier"),
    ({"externalId": ""}, "externalId"),
    ({"externalId": "x" * 257}, "externalId"),
    ({"externalId": 7}, "externalId"),
    ({"externalId": None}, "externalId"),
    ({"tags": ["x"] * 11}, "tags"),
    ({"tags": ["y", "x" * 129]}, "tags.1"),
    ({"tags": "x"}, "tags"),
    ({"tags": [1]}, "tags.0"),
    ({"tags": None}, "tags"),
    ({"metadata": []}, "metadata"),
    ({"metadata": None}, "metadata"),
    ({"expiresAt": "soon"}, "expiresAt"),
    ({"expiresAt": 5}, "expiresAt"),
    ({"expiresAt": "2099-02-30T00:00:00Z"}, "expiresAt"),
    ({"expiresAt": "2099-01-01T00:00:00"}, "expiresAt"),
    ({"expiresAt": "9999-12-31T23:59:59-01:00"}, "expiresAt"),
    ({"triggerConfig": None}, "triggerConfig"),
    ({"triggerConfig": []}, "triggerConfig"),
    ({"triggerConfig": {}}, "triggerConfig.basePayload"),
    (config(basePayload=[]), "triggerConfig.basePayload"),
    (config(machine=1), "triggerConfig.machine"),
    (config(queue="x" * 129), "triggerConfig.queue"),
    (config(queue=1), "triggerConfig.queue"),
    (config(tags=["x"] * 6), "triggerConfig.tags"),
    (config(tags=["x" * 129]), "triggerConfig.tags.0"),
    (config(tags=[None]), "triggerConfig.tags.0"),
    (config(maxAttempts=0), "triggerConfig.maxAttempts"),
    (config(maxAttempts=11), "triggerConfig.maxAttempts"),
    (config(maxAttempts=2.5), "triggerConfig.maxAttempts"),
    (config(maxAttempts=True), "triggerConfig.maxAttempts"),
    (config(maxAttempts="2"), "triggerConfig.maxAttempts"),
    (config(maxDuration=0), "triggerConfig.maxDuration"),
    (config(maxDuration=None), "triggerConfig.maxDuration"),
    (config(lockToVersion=1), "triggerConfig.lockToVersion"),
    (config(region={}), "triggerConfig.region"),
    (config(idleTimeoutInSeconds=0), "triggerConfig.idleTimeoutInSeconds"),
    (config(idleTimeoutInSeconds=3601), "triggerConfig.idleTimeoutInSeconds"),
]


@pytest.mark.parametrize(("members", "path"), BAD)
def test_what_the_schema_forbids_is_refused_with_its_path_and_leaves_no_row(main, members, path):
    name = fresh()
    reply = main.create(**{"externalId": name, **members})
    assert reply.status_code == 422
    detail = reply.json()["details"][0]
    assert detail["path"] == path.split(".")
    assert {type(detail["code"]), type(detail["message"])} == {str}
    assert main.retrieve(name).status_code == 404


@pytest.mark.parametrize("missing", ["type", "taskIdentifier", "triggerConfig"])
def test_a_required_member_left_out_is_refused(main, missing):
    body = create_body()
    del body[missing]
    reply = main.send("POST", "", json=body)
    assert reply.status_code == 422
    assert reply.json()["details"] == [{"code": "required", "message": "It is required.", "path": [missing]}]


def test_all_faults_are_told_at_once(main):
    details = main.create(type="", tags=[1], triggerConfig={}).json()["details"]
    assert [".".join(detail["path"]) for detail in details] == ["type", "triggerConfig.basePayload", "tags.0"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2099-01-01T01:30:00+01:30", "2099-01-01T00:00:00.000Z"),
        ("2099-01-01t00:00:00.123456z", "2099-01-01T00:00:00.123Z"),
        ("1969-12-31T23:59:59.999-00:00", "1969-12-31T23:59:59.999Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_an_expiry_is_shown_as_the_same_instant_in_utc(main, sent, shown):
    assert main.made(expiresAt=sent)["expiresAt"] == shown


def test_eight_creates_at_once_with_one_external_id_make_one_session(main):
    name = fresh()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: main.create(externalId=name).json(), range(8)))
    assert len({reply["id"] for reply in replies}) == 1
    assert sorted(reply["isCached"] for reply in replies) == [False] + [True] * 7


def test_the_same_external_id_lives_in_both_environments(main, other):
    name = fresh()
    here, there = main.made(externalId=name), other.made(externalId=name)
    assert here["id"] != there["id"]
    assert other.close(name).status_code == 200
    assert main.row(name) == row_of(here)
    assert other.retrieve(here["id"]).status_code == 404
    assert other.update(here["id"], tags=["x"]).status_code == 404
    assert other.close(here["id"]).status_code == 404
    assert main.row(name) == row_of(here)


@pytest.mark.parametrize(
    "text",
    [
        "a b",
        "a+b",
        "a?b",
        "a#b",
        "a&b",
        "a/b",
        "/",
        "a%b",
        "a%20b",
        "50%25off",
        "ü\U0001f600",
        "../",
        "'",
        "a\nb",
        "%zz",
    ],
)
def test_a_session_is_found_by_any_external_id(main, text):
    name = fresh(text)
    created = main.made(externalId=name)
    assert main.row(name) == row_of(created)
    assert main.update(name, tags=["x"]).json()["id"] == created["id"]
    assert main.close(name).json()["id"] == created["id"]


def test_an_address_is_decoded_exactly_once(main):
    name = fresh("a%20b")
    main.made(externalId=name)
    assert main.retrieve(name.replace("%20", " ")).status_code == 404


@pytest.mark.parametrize(
    "change", [str.upper, lambda name: name[:-1], lambda name: name + "x", lambda name: f" {name}"]
)
def test_a_near_miss_of_an_address_finds_nothing(main, change):
    name = fresh()
    main.made(externalId=name)
    assert main.retrieve(change(name)).status_code == 404


@pytest.mark.parametrize("address", ["session_unknown", "unknown", "%FF", "\0"])
def test_an_unknown_address_is_404_with_an_error(main, address):
    path = address if address == "%FF" else None
    reply = main.send("GET", f"/{path}") if path else main.retrieve(address)
    assert reply.status_code == 404
    assert reply.json() == {"error": "Session not found"}


def test_only_the_own_address_of_a_row_finds_it(main):
    created = main.made(type=fresh("t"), taskIdentifier=fresh("k"), tags=[fresh("g")])
    for value in (created["type"], created["taskIdentifier"], created["tags"][0], created["runId"]):
        assert main.retrieve(value).status_code == 404


def test_reading_changes_nothing(main):
    created = main.made()
    assert [main.row(created["id"]) for _ in range(3)] == [row_of(created)] * 3


def test_created_at_lies_within_the_call(main):
    before = time.time() - 0.002
    created = datetime.fromisoformat(main.made()["createdAt"]).astimezone(UTC).timestamp()
    assert before <= created <= time.time()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/x"),
        ("DELETE", "/x"),
        ("POST", "/x"),
        ("PATCH", "/x/close"),
        ("GET", "/x/close"),
    ],
)
def test_an_undocumented_method_is_405(main, method, path):
    reply = main.send(method, path)
    assert reply.status_code == 405
    assert isinstance(reply.json()["error"], str)


@pytest.mark.parametrize("path", ["/", "/x/", "/x/close/", "/x/open", "//close"])
def test_another_path_is_404(main, path):
    reply = main.send("POST", path)
    assert reply.status_code in {404, 405}
    assert isinstance(reply.json()["error"], str)
