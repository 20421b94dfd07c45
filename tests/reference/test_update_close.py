"""Update and close, rule by rule."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.trigger_server import at, fresh, row_of

pytest_plugins = ["tests.support.trigger_fixtures"]


def without(row, *names):
    return {name: value for name, value in row.items() if name not in names}


@pytest.mark.parametrize("form", ["id", "externalId"])
def test_an_update_replaces_what_it_names_and_keeps_the_rest(main, form):
    created = main.made(
        externalId=fresh(), tags=["a"], metadata={"a": {"b": 1, "c": 2}}, expiresAt="2099-01-01T00:00:00Z"
    )
    reply = main.update(created[form], tags=["b"])
    assert reply.status_code == 200
    assert reply.json() == {**row_of(created), "tags": ["b"], "updatedAt": reply.json()["updatedAt"]}
    second = main.update(created[form], metadata={"a": {"b": 3}}).json()
    assert second == {**reply.json(), "metadata": {"a": {"b": 3}}, "updatedAt": second["updatedAt"]}
    assert created["updatedAt"] < reply.json()["updatedAt"] < second["updatedAt"]
    assert main.row(created["id"]) == second


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, None),
        (None, {}),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": 1.5}),
        ({"a": 0}, {"a": False}),
    ],
)
def test_metadata_becomes_what_was_sent(main, before, after):
    created = main.made() if before is None else main.made(metadata=before)
    assert repr(main.update(created["id"], metadata=after).json()["metadata"]) == repr(after)
    assert repr(main.row(created["id"])["metadata"]) == repr(after)


def test_an_empty_list_takes_all_tags_away(main):
    created = main.made(tags=["a"])
    assert main.update(created["id"], tags=[]).json()["tags"] == []


def test_an_empty_update_changes_nothing_at_all(main):
    created = main.made(tags=["a"], metadata={"a": 1})
    assert main.update(created["id"]).json() == row_of(created)


def test_members_that_update_does_not_know_are_ignored(main):
    created = main.made(externalId=fresh())
    named = {
        "type": "x",
        "id": "session_x",
        "createdAt": None,
        "expiresAt": "2001-01-01T00:00:00Z",
        "closedAt": None,
    }
    assert main.update(created["id"], **named).json() == row_of(created)


def test_the_own_external_id_is_accepted_and_what_is_sent_along_takes_effect(main):
    created = main.made(externalId=fresh())
    assert main.update(created["id"], externalId=created["externalId"], tags=["x"]).json()["tags"] == ["x"]


def test_null_is_accepted_where_there_is_no_external_id(main):
    assert main.update(main.made()["id"], externalId=None, tags=["x"]).json()["tags"] == ["x"]


@pytest.mark.parametrize(
    "change", [lambda name: name + "x", str.upper, lambda _: None, lambda _: "", lambda _: 5]
)
def test_another_external_id_is_refused_and_nothing_is_applied(main, change):
    created = main.made(externalId=fresh())
    reply = main.update(created["id"], externalId=change(created["externalId"]), tags=["x"])
    assert reply.status_code == 422
    assert reply.json()["details"][0]["path"] == ["externalId"]
    assert main.row(created["id"]) == row_of(created)


def test_an_external_id_cannot_be_set_later(main):
    created = main.made()
    assert main.update(created["id"], externalId=fresh()).status_code == 422
    assert main.row(created["id"]) == row_of(created)


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"tags": ["x"] * 11}, "tags"),
        ({"tags": ["x" * 129]}, "tags.0"),
        ({"tags": None}, "tags"),
        ({"tags": [1]}, "tags.0"),
        ({"metadata": []}, "metadata"),
        ({"metadata": "x"}, "metadata"),
        ({"externalId": "x" * 257}, "externalId"),
    ],
)
def test_a_bad_update_is_refused_and_changes_nothing(main, members, path):
    created = main.made(tags=["a"])
    reply = main.update(created["id"], **{"metadata": {"new": 1}, **members})
    assert reply.status_code == 422
    assert reply.json()["details"][0]["path"] == path.split(".")
    assert main.row(created["id"]) == row_of(created)


@pytest.mark.parametrize("address", ["session_unknown", "unknown"])
def test_writing_to_an_unknown_address_is_404_and_makes_nothing(main, address):
    name = address if address.startswith("session_") else fresh(address)
    assert main.update(name, tags=["x"]).status_code == 404
    assert main.close(name).status_code == 404
    assert main.retrieve(name).status_code == 404


def test_a_closed_session_may_be_updated_and_stays_closed(main):
    created = main.made()
    closed = main.close(created["id"], reason="done").json()
    updated = main.update(created["id"], tags=["x"]).json()
    assert updated == {**closed, "tags": ["x"], "updatedAt": updated["updatedAt"]}
    assert updated["updatedAt"] > closed["updatedAt"]


def test_updates_at_once_lose_nothing(main):
    created = main.made()
    with ThreadPoolExecutor(8) as pool:
        changes = [{"tags": ["x"]} if turn % 2 else {"metadata": {"a": 1}} for turn in range(16)]
        list(pool.map(lambda members: main.update(created["id"], **members), changes))
    row = main.row(created["id"])
    assert (row["tags"], row["metadata"]) == (["x"], {"a": 1})


@pytest.mark.parametrize("form", ["id", "externalId"])
def test_a_close_sets_the_instant_and_the_reason_and_nothing_else(main, form):
    created = main.made(externalId=fresh(), tags=["a"], metadata={"a": 1})
    reply = main.close(created[form], reason="  user signed out ")
    body = reply.json()
    assert reply.status_code == 200
    assert body["closedReason"] == "  user signed out "
    assert created["createdAt"] <= body["closedAt"] <= body["updatedAt"]
    assert body["updatedAt"] > created["updatedAt"]
    moved = ("closedAt", "closedReason", "updatedAt")
    assert without(body, *moved) == without(row_of(created), *moved)
    assert main.row(created["id"]) == body


def test_a_close_may_do_without_reason_or_body(main):
    empty = {"content": b"", "headers": {"content-type": "application/json"}}
    for content in ({}, empty, {"json": {}}, {"json": {"unknown": 1}}):
        reply = main.send("POST", at(main.made()["id"]) + "/close", **content)
        assert reply.status_code == 200
        assert reply.json()["closedAt"] is not None
        assert reply.json()["closedReason"] is None


@pytest.mark.parametrize("first", [{}, {"reason": "done"}])
@pytest.mark.parametrize("later", [{}, {"reason": "other"}])
@pytest.mark.parametrize("form", ["id", "externalId"])
def test_closing_again_returns_the_row_unchanged(main, first, later, form):
    created = main.made(externalId=fresh())
    closed = main.close(created["id"], **first).json()
    for _ in range(3):
        again = main.close(created[form], **later)
        assert again.status_code == 200
        assert again.json() == closed
    assert main.send("POST", at(created[form]) + "/close").json() == closed
    assert main.row(created["id"]) == closed


def test_a_reason_has_at_most_256_characters(main):
    created = main.made()
    refused = main.close(created["id"], reason="é" * 257)
    assert refused.status_code == 422
    assert refused.json()["details"][0]["path"] == ["reason"]
    assert main.row(created["id"]) == row_of(created)
    assert main.close(created["id"], reason="é" * 256).json()["closedReason"] == "é" * 256


@pytest.mark.parametrize("reason", [1, None, [], {}])
def test_a_reason_that_is_no_string_is_refused_and_the_session_stays_open(main, reason):
    created = main.made()
    assert main.close(created["id"], reason=reason).status_code == 422
    assert main.row(created["id"]) == row_of(created)


def test_an_expired_session_may_be_closed(main):
    created = main.made(expiresAt="2001-01-01T00:00:00Z")
    assert main.close(created["id"]).json()["closedAt"] is not None


def test_writes_leave_a_bystander_alone(main):
    bystander = main.made(externalId=fresh())
    target = main.made(externalId=fresh())
    main.update(target["id"], tags=["x"], metadata={"a": 1})
    main.close(target["id"], reason="x")
    assert main.row(bystander["id"]) == row_of(bystander)
