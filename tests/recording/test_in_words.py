"""A request that is out of the ordinary is described in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tck.recording.in_words import body_in_words, request_in_words
from tests.support.result_samples import exchange

URL = "http://127.0.0.1:1/api/v1/sessions"
KEYED = (("Authorization", "Bearer [redacted TRIGGER_SECRET_KEY]"),)
TYPED = (*KEYED, ("Content-Type", "application/json"))


def words(body: bytes = b"", method: str = "GET", url: str = URL, headers=TYPED) -> str:
    return request_in_words(exchange(method=method, url=url, request_body=body, request_headers=headers))


def nested(depth: int) -> bytes:
    return b'{"metadata":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"tags":["t"]}', ""),
        (b"", "without a body"),
        (b"[1]", "with an array for a body"),
        (b"null", "with null for a body"),
        (b"true", "with a boolean for a body"),
        (b'"text"', "with a string for a body"),
        (b"7", "with a number for a body"),
        (b'{"tags":', 'with a body that is not JSON, "{\\"tags\\":"'),
        (b" \n", "with a body of white space alone"),
        (b"\xff\xfe", "with 2 bytes of no UTF-8 (ff fe)"),
        (b"\xff" * 9, "with 9 bytes of no UTF-8 (ff ff ff ff ff ff ff ff…)"),
        (b'{"a":"x\\u0000"}', "with NUL in its body"),
        (b'["\\u001b\\u0001"]', "with an array for a body, with ESC and U+0001 in it"),
        (b'{"a":"\\ud800"}', "with half of a surrogate pair in its body"),
        (nested(50), "with 51 levels of nesting in its body"),
        (nested(300), "with 301 levels of nesting in its body"),
        (json.dumps({"metadata": {"bulk": "x" * 32_739}}).encode(), "with 32,765 bytes in all"),
    ],
)  # fmt: skip
def test_a_body_is_described_by_what_is_odd_about_it(body, said):
    assert words(body, "POST") == said


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/session_1", ""),
        ("/a%00b", "at an address with NUL in it, percent-encoded"),
        ("/a%0D%0Ab", "at an address with a carriage return and a line feed in it, percent-encoded"),
        ("/na%C3%AFve%2Fb/close", 'at the address "naïve/b", percent-encoded'),
        ("/%FF%FE", "at an address whose percent-encoded bytes are not UTF-8"),
        ("/" + "x" * 400, "at an address of 417 characters"),
    ],
)
def test_an_address_is_described_by_what_its_encoding_stands_for(path, said):
    assert words(url=URL + path) == said


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (TYPED[1:], "without a credential"),
        (KEYED, "without a Content-Type"),
        ((*KEYED, ("content-type", "text/plain; charset=utf-8")), "with the Content-Type text/plain; charset=utf-8"),
        ((*TYPED, ("Transfer-Encoding", "chunked")), "sent in chunks, without its length"),
    ],
)  # fmt: skip
def test_what_is_odd_about_the_headers_is_said(headers, said):
    assert words(b"{}", "POST", headers=headers) == said


def test_all_that_is_odd_stands_in_one_phrase():
    assert words(b"[", "PATCH", f"{URL}/%00", headers=()) == (
        "at an address with NUL in it, percent-encoded, without a credential, "
        'with a body that is not JSON, "[", without a Content-Type'
    )


@given(st.binary(max_size=200))
def test_any_body_is_described_in_one_printable_line(body):
    assert body_in_words(body).isprintable()
    assert words(body, "POST").isprintable()


def test_an_ordinary_body_is_shown_as_it_is_and_an_odd_one_with_its_name():
    assert body_in_words(b'{"reason":"done"}') == '{"reason":"done"}'
    assert body_in_words(b"") == "no body"
    assert body_in_words(b"[7]") == "[7]"
    assert body_in_words(b"\xff") == "1 byte of no UTF-8 (ff)"
    assert body_in_words(b'{"a":"' + b"x" * 9000 + b'"}').endswith("… (9,008 bytes in all)")
