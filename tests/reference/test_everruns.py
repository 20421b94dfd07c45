"""The everruns reference, rule by rule."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from reference.everruns import EverrunsReference, from_environment
from tests.support.everruns_server import KEY, Client, at, running

LOOKED_UP = {"features", "active_schedule_count"}


@pytest.fixture(scope="module")
def main(tmp_path_factory):
    with running(EverrunsReference(tmp_path_factory.mktemp("everruns") / "rows.sqlite", KEY)) as client:
        yield client


def stored(row):
    return {name: value for name, value in row.items() if name not in LOOKED_UP}


def digits(session_id):
    return session_id.removeprefix("session_")


def test_a_new_session_has_ids_of_32_digits_and_no_members_without_a_value(main):
    row = main.made()
    for name, prefix in (("id", "session_"), ("organization_id", "org_"), ("harness_id", "harness_")):
        assert row[name].startswith(prefix)
        assert len(row[name].removeprefix(prefix)) == 32
    assert row["status"] == "started"
    assert row["tags"] == []
    assert not {"title", "agent_id", "model_id", "tools", "capabilities"} & row.keys()


def test_a_new_session_keeps_what_was_sent(main):
    sent = {
        "harness_id": f"harness_{5:032x}",
        "agent_id": f"agent_{6:032x}",
        "model_id": f"model_{7:032x}",
        "title": "T",
        "tags": ["b", "a", "b"],
        "capabilities": [{"ref": "x", "config": None}],
    }
    row = main.made(**sent)
    assert {name: row[name] for name in sent} == sent
    assert main.row(row["id"]) == row


@pytest.mark.parametrize(
    ("body", "title", "tags"),
    [
        ({"title": "new"}, "new", ["old"]),
        ({"title": ""}, "", ["old"]),
        ({"tags": ["new", "new", "a"]}, "old", ["new", "new", "a"]),
        ({"tags": []}, "old", []),
        ({"title": "new", "tags": ["x"]}, "new", ["x"]),
        ({"title": None, "tags": None}, "old", ["old"]),
        ({"id": "x", "status": "idle", "created_at": 1, "tags": ["x"]}, "old", ["x"]),
        ({}, "old", ["old"]),
    ],
)
def test_an_update_writes_what_it_names_and_keeps_the_rest(main, body, title, tags):
    before = main.made(title="old", tags=["old"])
    reply = main.update(before["id"], **body)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    told = reply.json()
    assert told == {**stored(before), "title": title, "tags": tags, "updated_at": told["updated_at"]}
    assert told["updated_at"] > before["updated_at"]
    assert stored(main.row(before["id"])) == told


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda known: known, 200),
        (digits, 400),
        (lambda known: f"agent_{digits(known)}", 400),
        (lambda known: known[:-1], 400),
        (lambda known: f"{known}0", 400),
        (lambda known: f"{known[:-1]}g", 400),
        (lambda known: known.upper(), 400),
        (lambda known: "session_" + digits(known).upper(), 400),
        (lambda known: f"{known}/", 400),
        (lambda known: known[:-1] + "٣", 400),
        (lambda known: "session_" + digits(known)[::-1], 404),
        (lambda known: f"\xff{known}", 400),
    ],
)
def test_ids_are_what_they_are(main, spoil, status):
    known = main.made(title="kept")["id"]
    reply = main.update(spoil(known), title="changed")
    assert reply.status_code == status
    if status != 200:
        assert isinstance(reply.json()["error"], str)
        assert main.row(known)["title"] == "kept"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {"title": 5}}, 422),
        ({"json": {"title": "x", "tags": "y"}}, 422),
        ({"json": {"title": "x", "tags": ["y", None]}}, 422),
        ({"json": {"title": "NUL \0"}}, 422),
        ({"json": []}, 422),
        ({"json": None}, 415),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"\xff", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b'{"title": "\\ud800"}', "headers": {"content-type": "application/json"}}, 422),
        ({"content": b"[" * 5000, "headers": {"content-type": "application/json"}}, 400),
        ({"content": b'{"title": "x"}'}, 415),
        ({"content": b'{"title": "x"}', "headers": {"content-type": "text/plain"}}, 415),
    ],
)
def test_a_bad_body_is_refused_and_changes_nothing(main, sent, status):
    before = main.made(title="kept", tags=["kept"])
    reply = main.send("PATCH", at(before["id"]), **sent)
    assert reply.status_code == status
    assert isinstance(reply.json()["error"], str)
    assert main.row(before["id"]) == before


@pytest.mark.parametrize("form", ["{}", "ApiKey {}", "Bearer {}", "apikey {}"])
def test_the_key_is_taken_bare_and_under_two_schemes(main, form):
    known = main.made()["id"]
    assert Client(main.http, form.format(KEY)).update(known, title="x").status_code == 200


@pytest.mark.parametrize(
    "wrong", [None, "", KEY[:-1], f"{KEY}0", KEY.upper(), f"Basic {KEY}", "Bearer", "ApiKey x"]
)
def test_without_the_key_every_operation_is_401_and_does_nothing(main, wrong):
    before = main.made(title="kept")
    stranger = Client(main.http, wrong)
    for method, path, body in (
        ("POST", "", {}), ("GET", "", None), ("GET", at(before["id"]), None),
        ("PATCH", at(before["id"]), {"title": "x"}), ("DELETE", at(before["id"]), None),
    ):  # fmt: skip
        reply = stranger.send(method, path, **({} if body is None else {"json": body}))
        assert reply.status_code == 401
        assert before["id"] not in reply.text
    assert main.row(before["id"]) == before


def test_a_server_without_a_key_asks_nobody_for_one(tmp_path):
    server, said = from_environment(tmp_path / "rows.sqlite", {})
    assert said == ["EVERRUNS_API_KEY is not set, so nobody is asked for a key."]
    with running(server, None) as client:
        assert client.update(client.made()["id"], title="x").status_code == 200


def test_the_key_comes_from_the_environment_and_must_be_usable(tmp_path):
    server, said = from_environment(tmp_path / "rows.sqlite", {"EVERRUNS_API_KEY": KEY})
    assert (server.key, said) == (KEY, [])
    with pytest.raises(
        ValueError, match=r"^EVERRUNS_API_KEY must be visible ASCII characters without spaces$"
    ):
        from_environment(tmp_path / "other.sqlite", {"EVERRUNS_API_KEY": "evr_ x"})


def test_a_deleted_session_is_gone(main):
    known = main.made()["id"]
    reply = main.send("DELETE", at(known))
    assert (reply.status_code, reply.content) == (204, b"")
    assert main.send("DELETE", at(known)).status_code == 404
    assert main.send("GET", at(known)).status_code == 404
    assert main.update(known, title="x").status_code == 404


def test_sessions_are_listed_by_page_the_newest_first(tmp_path):
    with running(EverrunsReference(tmp_path / "rows.sqlite", KEY)) as client:
        made = [client.made(title=str(number))["id"] for number in range(3)]
        page = client.send("GET", "?offset=1&limit=1").json()
        assert (page["total"], page["offset"], page["limit"]) == (3, 1, 1)
        assert page["data"][0]["id"] in made
        assert {row["id"] for row in client.send("GET").json()["data"]} == set(made)


def test_rows_survive_a_restart(tmp_path):
    with running(EverrunsReference(tmp_path / "rows.sqlite", KEY)) as client:
        row = client.update(client.made()["id"], title="kept", tags=["x"]).json()
    with running(EverrunsReference(tmp_path / "rows.sqlite", KEY)) as client:
        assert stored(client.row(row["id"])) == row


def test_concurrent_updates_of_title_and_tags_lose_neither(main):
    known = main.made()["id"]
    with ThreadPoolExecutor(8) as pool:
        for number in range(10):
            title, tags = f"title {number}", [f"tag {number}"]
            replies = [
                pool.submit(main.update, known, **({"title": title} if turn % 2 else {"tags": tags}))
                for turn in range(8)
            ]
            assert {reply.result().status_code for reply in replies} == {200}
            row = main.row(known)
            assert (row["title"], row["tags"]) == (title, tags)
