"""Sizes, encodings and shapes of request bodies."""

import json

import pytest

from tests.support.trigger_server import at, create_body, row_of

pytest_plugins = ["tests.support.trigger_fixtures"]


def sized(size, text="x", **members):
    """A create body of exactly `size` bytes with its bulk in metadata."""
    empty = len(json.dumps(create_body(metadata={"bulk": ""}, **members), ensure_ascii=False).encode())
    count, rest = divmod(size - empty, len(text.encode()))
    bulk = text * count + "x" * rest
    return json.dumps(create_body(metadata={"bulk": bulk}, **members), ensure_ascii=False).encode()


def sized_close(size):
    return json.dumps(
        {"reason": "x", "pad": "x" * (size - len(json.dumps({"reason": "x", "pad": ""})))}
    ).encode()


def chunked(raw):
    yield raw[:500]
    yield raw[500:]


@pytest.mark.parametrize("text", ["x", "€", "\U0001f600"])
@pytest.mark.parametrize("wrap", [bytes, chunked])
def test_a_body_of_32768_bytes_is_accepted_and_one_more_is_refused(main, text, wrap):
    assert len(sized(32768, text)) == 32768
    assert main.send("POST", "", content=wrap(sized(32768, text))).status_code == 201
    reply = main.send("POST", "", content=wrap(sized(32769, text)))
    assert reply.status_code == 422
    assert reply.json()["details"][0]["code"] == "too_big"


@pytest.mark.parametrize("wrap", [bytes, chunked])
def test_the_same_limit_holds_for_update(main, wrap):
    created = main.made()
    empty = len(json.dumps({"metadata": {"bulk": ""}}))
    for size, status in ((32769, 422), (32768, 200)):
        raw = json.dumps({"metadata": {"bulk": "x" * (size - empty)}}).encode()
        assert main.send("PATCH", at(created["id"]), content=wrap(raw)).status_code == status


@pytest.mark.parametrize("wrap", [bytes, chunked])
def test_a_close_body_may_have_1024_bytes(main, wrap):
    created = main.made()
    path = at(created["id"]) + "/close"
    assert main.send("POST", path, content=wrap(sized_close(1025))).status_code == 422
    assert main.row(created["id"]) == row_of(created)
    assert main.send("POST", path, content=wrap(sized_close(1024))).status_code == 200


def test_a_body_of_megabytes_is_refused_and_the_connection_goes_on(main):
    assert main.send("POST", "", content=b"x" * 3_000_000).status_code == 422
    assert main.create().status_code == 201


UNREADABLE = {
    "no JSON": b"{",
    "nothing": b"",
    "not UTF-8": b'{"type": "\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"metadata": {"a": NaN}}',
    "Infinity": b'{"metadata": {"a": -Infinity}}',
    "a float beyond range": b'{"metadata": {"a": 1e999}}',
    "an integer of 5000 digits": b'{"metadata": {"a": ' + b"9" * 5000 + b"}}",
    "too deep for any parser": b"[" * 30000,
    "too deep to keep": b'{"metadata": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}",
    "an array": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "NUL": b'{"metadata": {"a": ["x\\u0000"]}}',
    "NUL in a key": b'{"metadata": {"\\u0000": 1}}',
    "half a surrogate pair": b'{"metadata": {"a": "\\ud800"}}',
    "half a pair as a key": b'{"metadata": {"\\udfff": {"b": "\\udfff"}}}',
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_cannot_be_kept_is_refused_everywhere_and_changes_nothing(main, raw):
    created = main.made()
    merged = json.dumps(create_body()).encode()[:-1] + b", " + raw[1:] if raw.startswith(b'{"') else raw
    attempts = [main.send("POST", "", content=merged), main.send("PATCH", at(created["id"]), content=raw)]
    attempts += [main.send("POST", at(created["id"]) + "/close", content=raw)] if raw else []
    for reply in attempts:
        assert reply.status_code == 422
        assert isinstance(reply.json()["error"], str)
        assert all(
            isinstance(step, str) for detail in reply.json()["details"] for step in detail.get("path", [])
        )
    assert main.row(created["id"]) == row_of(created)


def test_a_nesting_of_380_is_kept(main):
    value = {}
    for _ in range(380):
        value = {"a": value}
    created = main.made(metadata=value)
    assert main.row(created["id"])["metadata"] == value


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", None])
def test_json_or_no_media_type_is_read_as_json(main, kind):
    headers = {} if kind is None else {"content-type": kind}
    assert main.send("POST", "", content=json.dumps(create_body()), headers=headers).status_code == 201


def test_another_media_type_is_refused(main):
    reply = main.send("POST", "", content=json.dumps(create_body()), headers={"content-type": "text/plain"})
    assert reply.status_code == 422


def test_surrogate_pairs_and_escapes_are_ordinary_text(main):
    raw = json.dumps(create_body(metadata={"a": "\U0001f600\x01\x7f\u2028"})).encode()
    assert main.send("POST", "", content=raw).json()["metadata"] == {"a": "\U0001f600\x01\x7f\u2028"}
